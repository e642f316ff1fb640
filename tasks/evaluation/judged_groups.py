"""Verdicts by suite, model and judge, and how many requests to judges came to what."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from gleanery.tasks.evaluation.judged_records import (
    NoFigure,
    PairVerdict,
    PointVerdict,
    VerdictCounts,
)

V = TypeVar("V", PairVerdict, PointVerdict)
PANEL = "all judges"
"""What stands in the place of a judge where several ones' verdicts are taken together."""


@dataclass(frozen=True, slots=True)
class Group(Generic[V]):
    """What one judge said of one model's answers to a suite, or what so many `judges` did."""

    suite: str
    label: str
    judge: str
    judges: int
    rows: Sequence[V]

    @property
    def questions(self) -> dict[str, list[V]]:
        """Return the verdicts by question."""
        grouped: dict[str, list[V]] = {}
        for row in self.rows:
            grouped.setdefault(row.id, []).append(row)
        return grouped

    def without_figure(self) -> NoFigure:
        """Return that there is no figure, and why."""
        return NoFigure(
            suite=self.suite,
            label=self.label,
            judge=self.judge,
            questions=len(self.questions),
            counts=count_outcomes(self.rows),
        )


def groups_of(verdicts: Sequence[V]) -> Iterator[Group[V]]:
    """Yield the verdicts by suite, model and judge, in the order in which they come first.

    Several judges come once more together, under `PANEL`.
    """
    grouped: dict[tuple[str, str], dict[str, list[V]]] = {}
    for row in verdicts:
        grouped.setdefault((row.suite, row.label), {}).setdefault(row.judge, []).append(row)
    for (suite, label), judges in grouped.items():
        for judge, rows in judges.items():
            yield Group(suite, label, judge, 1, rows)
        if len(judges) > 1:
            everything = [row for rows in judges.values() for row in rows]
            yield Group(suite, label, PANEL, len(judges), everything)


def count_outcomes(rows: Iterable[PairVerdict | PointVerdict]) -> VerdictCounts:
    """Return how many requests to judges came to what."""
    outcomes = Counter(row.outcome for row in rows)
    return VerdictCounts(
        verdicts=outcomes["judged"],
        no_answer=outcomes["no_answer"],
        unparseable=outcomes["unparseable"],
        truncated=outcomes["truncated"],
        declined=outcomes["declined"],
        content_filter=outcomes["content_filter"],
        refused_request=outcomes["refused_request"],
    )
