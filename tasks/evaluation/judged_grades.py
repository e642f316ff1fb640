"""What points come to: means by question, turn and category."""

from collections.abc import Iterable, Sequence
from statistics import fmean

from gleanery.tasks.evaluation.judge_points import HIGHEST, LOWEST
from gleanery.tasks.evaluation.judged_groups import Group, count_outcomes
from gleanery.tasks.evaluation.judged_items import Item, Items, category_means
from gleanery.tasks.evaluation.judged_records import (
    JudgedDifference,
    PointScore,
    PointVerdict,
    TurnMean,
)
from gleanery.tasks.evaluation.statistics_resampling import bootstrap_mean

POINTS = (float(LOWEST), float(HIGHEST))


def point_item(rows: Sequence[PointVerdict], judges: int) -> Item[PointVerdict] | None:
    """Return a question with its mean points; None where so many judges have not given all."""
    points = _points(rows)
    if len(points) < rows[0].turns * judges:
        return None
    return Item(rows, fmean(points), 1, sum(len(row.answer) for row in rows) // judges)


def point_score(
    group: Group[PointVerdict], items: Items[PointVerdict], against: JudgedDifference | None
) -> PointScore:
    """Return what a group's points come to; `items` are its questions that have all of them."""
    means = [item.value for item in items.values()]
    lacking = [rows for name, rows in group.questions.items() if name not in items]
    questions = len(items) + len(lacking)
    if_lowest, if_highest = (
        (sum(means) + sum(_at(rows, end, group.judges) for rows in lacking)) / questions
        for end in POINTS
    )
    turns: dict[int, list[PointVerdict]] = {}
    for item in items.values():
        for row in item.rows:
            turns.setdefault(row.turn, []).append(row)
    return PointScore(
        suite=group.suite,
        label=group.label,
        judge=group.judge,
        items=len(items),
        points=bootstrap_mean(means, [1] * len(means), POINTS),
        left_out=len(lacking),
        if_lowest=if_lowest,
        if_highest=if_highest,
        cut_off=sum(any(row.cut_off for row in item.rows) for item in items.values()),
        counts=count_outcomes(group.rows),
        turns=[
            TurnMean(turn=turn, items=len({row.id for row in each}), mean=fmean(_points(each)))
            for turn, each in sorted(turns.items())
        ],
        categories=category_means(items.values()),
        against=against,
    )


def _points(rows: Iterable[PointVerdict]) -> list[int]:
    return [row.points for row in rows if row.points is not None]


def _at(rows: Sequence[PointVerdict], missing: float, judges: int) -> float:
    """Return a question's mean if each of its points that is missing were this."""
    given, asked = _points(rows), rows[0].turns * judges
    return (sum(given) + missing * (asked - len(given))) / asked
