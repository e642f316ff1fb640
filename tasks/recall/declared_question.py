"""A question that a page declares, before its HTML is rendered."""

from dataclasses import dataclass, field


@dataclass(slots=True)
class DeclaredQuestion:
    """A question as the markup has it, in HTML; answers are (votes, HTML) in their order."""

    name: str
    text: str
    accepted: list[tuple[float, str]] = field(default_factory=list)
    suggested: list[tuple[float, str]] = field(default_factory=list)
    is_quiz: bool = False


def votes_of(value: object) -> float:
    """Return a number of votes; 0 for what is none."""
    try:
        votes = float(str(value).replace(",", ""))
    except ValueError:
        return 0.0
    return votes if votes == votes else 0.0  # not a number
