"""What points come to: means by question, turn and category."""

from collections.abc import Iterable, Mapping, Sequence
from statistics import fmean

from gleanery.tasks.evaluation.judge_points import HIGHEST, LOWEST
from gleanery.tasks.evaluation.judged_records import (
    CategoryMean,
    JudgedDifference,
    PointScore,
    PointVerdict,
    TurnMean,
)
from gleanery.tasks.evaluation.judged_wins import PANEL, count_outcomes, difference
from gleanery.tasks.evaluation.statistics_resampling import bootstrap_mean


def point_scores(verdicts: Sequence[PointVerdict]) -> list[PointScore]:
    """Return the points of each suite, model and judge, in the order in which they come first.

    Several judges also come to one figure together, under `PANEL`. The model that comes first is
    the one that the others are compared with.
    """
    grouped: dict[tuple[str, str], dict[str, list[PointVerdict]]] = {}
    for row in verdicts:
        judges = grouped.setdefault((row.suite, row.label), {})
        judges.setdefault(row.judge, []).append(row)
    scores: list[PointScore] = []
    bases: dict[tuple[str, str], Mapping[str, float]] = {}
    for (suite, _), judges in grouped.items():
        if len(judges) > 1:
            judges = judges | {PANEL: [row for rows in judges.values() for row in rows]}
        for judge, rows in judges.items():
            items = _items(rows, len(judges) - 1 if judge == PANEL else 1)
            values = {name: fmean(_points(each)) for name, each in items.items()}
            base = bases.setdefault((suite, judge), values)
            against = None if base is values else difference(base, values)
            if items:
                scores.append(_score(rows, judge, items, values, against))
    return scores


def _items(rows: Sequence[PointVerdict], judges: int) -> dict[str, list[PointVerdict]]:
    """Return the questions that have all their points."""
    grouped: dict[str, list[PointVerdict]] = {}
    for row in rows:
        grouped.setdefault(row.id, []).append(row)
    return {
        name: each for name, each in grouped.items() if len(_points(each)) == each[0].turns * judges
    }


def _points(rows: Iterable[PointVerdict]) -> list[int]:
    return [row.points for row in rows if row.points is not None]


def _score(
    rows: Sequence[PointVerdict],
    judge: str,
    items: Mapping[str, Sequence[PointVerdict]],
    values: Mapping[str, float],
    against: JudgedDifference | None,
) -> PointScore:
    counted = [row for each in items.values() for row in each]
    lacking = [row for row in rows if row.id not in items]
    everything = len(items) + len({row.id for row in lacking})
    turns: dict[int, list[PointVerdict]] = {}
    categories: dict[str, list[float]] = {}
    for row in counted:
        turns.setdefault(row.turn, []).append(row)
    for name, each in items.items():
        categories.setdefault(each[0].category, []).append(values[name])
    return PointScore(
        suite=rows[0].suite,
        label=rows[0].label,
        judge=judge,
        items=len(items),
        points=bootstrap_mean([list(values.values())]),
        left_out=everything - len(items),
        if_lowest=(sum(values.values()) + _at(lacking, LOWEST)) / everything,
        if_highest=(sum(values.values()) + _at(lacking, HIGHEST)) / everything,
        cut_off=len({row.id for row in counted if row.cut_off}),
        counts=count_outcomes(rows),
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
