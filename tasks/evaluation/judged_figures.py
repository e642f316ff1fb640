"""What all verdicts come to: figures of each suite, model and judge, and the tests they make."""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from gleanery.tasks.evaluation.judged_grades import POINTS, point_item, point_score
from gleanery.tasks.evaluation.judged_groups import Group, V, groups_of
from gleanery.tasks.evaluation.judged_items import Item, Items, difference
from gleanery.tasks.evaluation.judged_records import (
    JudgedDifference,
    NoFigure,
    PairVerdict,
    PointScore,
    PointVerdict,
    WinRate,
)
from gleanery.tasks.evaluation.judged_wins import SHARES, pair_item, win_rate
from gleanery.tasks.evaluation.statistics_holm import holm
from gleanery.tasks.evaluation.statistics_resampling import Ends

F = TypeVar("F", WinRate, PointScore)


def judged_figures(
    pairs: Sequence[PairVerdict], points: Sequence[PointVerdict], first: str
) -> tuple[list[WinRate], list[PointScore], list[NoFigure]]:
    """Return win rates, points, and which suite, model and judge have none.

    They are in the order in which they come first, several judges also together (`PANEL`). `first`
    is the model that the others are compared with. The p-values of one model are adjusted (Holm)
    for all that judges' figures of it make, over suites and judges: a family of its own beside that
    of the benchmarks.
    """
    rates, no_rates = _figures(pairs, first, SHARES, pair_item, win_rate)
    scores, no_scores = _figures(points, first, POINTS, point_item, point_score)
    figures: list[WinRate | PointScore] = [*rates, *scores]
    tests: dict[str, list[float]] = {}
    for one in figures:
        tests.setdefault(one.label, []).extend(_p_values(one))
    adjusted = {label: iter(holm(p_values)) for label, p_values in tests.items()}
    return (
        [_adjusted(one, adjusted[one.label]) for one in rates],
        [_adjusted(one, adjusted[one.label]) for one in scores],
        [*no_rates, *no_scores],
    )


def _figures(
    verdicts: Sequence[V],
    first: str,
    ends: Ends,
    item_of: Callable[[Sequence[V], int], Item[V] | None],
    figure: Callable[[Group[V], Items[V], JudgedDifference | None], F],
) -> tuple[list[F], list[NoFigure]]:
    found: list[tuple[Group[V], dict[str, Item[V]]]] = []
    for group in groups_of(verdicts):
        of_group = group.questions.items()
        made = ((name, item_of(rows, group.judges)) for name, rows in of_group)
        found.append((group, {name: item for name, item in made if item}))
    bases = {(group.suite, group.judge): each for group, each in found if group.label == first}
    figures = []
    for group, items in found:
        base = bases.get((group.suite, group.judge)) if group.label != first else None
        if items:
            figures.append(figure(group, items, difference(base, items, ends) if base else None))
    return figures, [group.without_figure() for group, items in found if not items]


def _p_values(one: WinRate | PointScore) -> list[float]:
    own = [one.p_value] if isinstance(one, WinRate) else []
    return [*own, *([one.against.p_value] if one.against else [])]


def _adjusted(one: F, p_values: Iterator[float]) -> F:
    """Return a figure with the next of these p-values, in the order of `_p_values`."""
    changes: dict[str, object] = {}
    if isinstance(one, WinRate):
        changes["p_adjusted"] = next(p_values)
    if one.against:
        changes["against"] = one.against.model_copy(update={"p_adjusted": next(p_values)})
    return one.model_copy(update=changes)
