"""How many rows each source gives: counts, weights, and the largest mix in proportion."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Taken:
    """What a source had after all filters, caps and balance, and what it gave."""

    source: str
    available: int
    taken: int
    weight: float | None = None
    count: int | None = None
