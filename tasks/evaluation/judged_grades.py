"""What points come to: means by question, turn and category."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from gleanery.tasks.evaluation.judge_points import HIGHEST, LOWEST
from gleanery.tasks.evaluation.judged_groups import (
    Group,
    Worth,
    count_outcomes,
    difference,
    groups_of,
)
from gleanery.tasks.evaluation.judged_records import (
    CategoryMean,
    JudgedDifference,
    NoFigure,
    PointScore,
    PointVerdict,
    TurnMean,
)
from gleanery.tasks.evaluation.statistics_resampling import bootstrap_mean


def point_scores(verdicts: Sequence[PointVerdict]) -> tuple[list[PointScore], list[NoFigure]]:
    """Return the points of each suite, model and judge, and which of them have none.

    They are in the order in which they come first, several judges also together (`PANEL`). The
    model that comes first is the one that the others are compared with.
    """
    scores: list[PointScore] = []
    without: list[NoFigure] = []
    bases: dict[tuple[str, str], Mapping[str, Worth]] = {}
    for group in groups_of(verdicts):
        items = _items(group)
        if not items:
            without.append(group.without_figure())
            continue
        values = {
            name: Worth(fmean(_points(rows)), sum(len(row.answer) for row in rows) // group.judges)
            for name, rows in items.items()
        }
        base = bases.setdefault((group.suite, group.judge), values)
        against = None if base is values else difference(base, values)
        scores.append(_score(group, items, values, against))
    return scores, without


def _items(group: Group[PointVerdict]) -> dict[str, list[PointVerdict]]:
    """Return the questions that have all their points."""
    return {
        name: rows
        for name, rows in group.questions.items()
        if len(_points(rows)) == rows[0].turns * group.judges
    }


def _points(rows: Iterable[PointVerdict]) -> list[int]:
    return [row.points for row in rows if row.points is not None]


def _score(
    group: Group[PointVerdict],
    items: Mapping[str, Sequence[PointVerdict]],
    values: Mapping[str, Worth],
    against: JudgedDifference | None,
) -> PointScore:
    counted = [row for each in items.values() for row in each]
    lacking = [row for row in group.rows if row.id not in items]
    everything = len(group.questions)
    means = [one.value for one in values.values()]
    turns: dict[int, list[PointVerdict]] = {}
    categories: dict[str, list[float]] = {}
    for row in counted:
        turns.setdefault(row.turn, []).append(row)
    for name, each in items.items():
        categories.setdefault(each[0].category, []).append(values[name].value)
    return PointScore(
        suite=group.suite,
        label=group.label,
        judge=group.judge,
        items=len(items),
        points=bootstrap_mean([means]),
        left_out=everything - len(items),
        if_lowest=(sum(means) + _at(lacking, LOWEST)) / everything,
        if_highest=(sum(means) + _at(lacking, HIGHEST)) / everything,
        cut_off=len({row.id for row in counted if row.cut_off}),
        counts=count_outcomes(group.rows),
        turns=[
            TurnMean(turn=turn, items=len({row.id for row in each}), mean=fmean(_points(each)))
            for turn, each in sorted(turns.items())
        ],
        categories=[
            CategoryMean(category=name, items=len(each), mean=fmean(each))
            for name, each in sorted(categories.items())
        ],
        against=against,
    )


def _at(rows: Sequence[PointVerdict], points: int) -> float:
    """Return the sum of the questions' points if each that is missing were this."""
    grouped: dict[str, list[int]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(points if row.points is None else row.points)
    return sum(fmean(each) for each in grouped.values())
