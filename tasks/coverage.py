"""What examples cover of what they could be about: shares, evenness, and counts in a grid."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean, pstdev

from gleanery.tasks.records import Record


class Reached(Record):
    """How many of the possible things have at least one example; `missing` names the first ones."""

    what: str
    reached: int
    possible: int
    missing: list[str]


class Evenness(Record):
    """How evenly the examples spread over things: the fewest, most and mean that one has.

    `variation` is the standard deviation in shares of the mean: 0 is perfectly even.
    """

    over: str
    things: int
    fewest: int
    most: int
    mean: float
    variation: float


class Grid(Record):
    """Counts of examples by row and column, and of plans that came to none (`lost`, or empty).

    `note` says what is left out. In a symmetric grid, rows and columns are the same things and
    each pair is counted once, below the diagonal.
    """

    title: str
    of_rows: str
    of_columns: str
    rows: list[str]
    columns: list[str]
    made: list[list[int]]
    lost: list[list[int]]
    symmetric: bool
    note: str


class Coverage(Record):
    """What the examples that were read cover; `read` of `examples`."""

    examples: int
    read: int
    reached: list[Reached]
    evenness: list[Evenness]
    grids: list[Grid]


_NAMED = 20  # of what is missing


def reached(what: str, made: Mapping[str, int], names: Mapping[str, str]) -> Reached:
    """Return how many of the ids in `names` have an example."""
    missing = [name for id_, name in names.items() if not made.get(id_)]
    return Reached(
        what=what,
        reached=len(names) - len(missing),
        possible=len(names),
        missing=missing[:_NAMED],
    )


def evenness(over: str, counts: Iterable[int]) -> list[Evenness]:
    """Return how evenly the counts are spread, as a list of one; of none if there are none."""
    values = list(counts)
    if not values:
        return []
    mean = fmean(values)
    return [
        Evenness(
            over=over,
            things=len(values),
            fewest=min(values),
            most=max(values),
            mean=round(mean, 2),
            variation=round(pstdev(values) / mean, 3) if mean else 0.0,
        )
    ]


def counts_of(
    cells: Mapping[tuple[str, str], int], rows: Sequence[str], columns: Sequence[str]
) -> list[list[int]]:
    """Return the counts as a list of rows."""
    return [[cells.get((row, column), 0) for column in columns] for row in rows]
