"""Questions that have all their verdicts: their mean, and how two models do on the same ones."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic

import numpy as np

from gleanery.tasks.evaluation.judged_groups import V
from gleanery.tasks.evaluation.judged_records import CategoryMean, JudgedDifference
from gleanery.tasks.evaluation.length_control import Array, controlled_difference
from gleanery.tasks.evaluation.statistics_resampling import (
    Ends,
    bootstrap_mean,
    permutation_test,
)


@dataclass(frozen=True, slots=True)
class Item(Generic[V]):
    """A question with its verdicts: what they sum to, of which weight, and the answer's length."""

    rows: Sequence[V]
    total: float
    weight: float
    characters: int

    @property
    def value(self) -> float:
        """Return what the question came to."""
        return self.total / self.weight


Items = Mapping[str, Item[V]]


def category_means(items: Collection[Item[V]]) -> list[CategoryMean]:
    """Return the weighted mean of each category, by name."""
    grouped: dict[str, list[Item[V]]] = {}
    for item in items:
        grouped.setdefault(item.rows[0].category, []).append(item)
    return [
        CategoryMean(
            category=name,
            items=len(each),
            mean=sum(item.total for item in each) / sum(item.weight for item in each),
        )
        for name, each in sorted(grouped.items())
    ]


def difference(first: Items[V], other: Items[V], ends: Ends) -> JudgedDifference | None:
    """Return how a model does next to the first on the questions of both; None without any."""
    pairs = [(item, other[name]) for name, item in first.items() if name in other]
    if not pairs:
        return None
    steps, span = _steps(pairs), ends[1] - ends[0]
    mean = bootstrap_mean(steps, np.ones(len(steps)), (-span, span))
    longer = np.array([after.characters - before.characters for before, after in pairs], float)
    p_value = permutation_test([0.0] * len(steps), list(steps))
    return JudgedDifference(
        items=len(pairs),
        won=sum(after.value > before.value for before, after in pairs),
        lost=sum(after.value < before.value for before, after in pairs),
        difference=mean,
        controlled=controlled_difference(list(steps), longer) if np.ptp(steps) else mean,
        p_value=p_value,
        p_adjusted=p_value,
    )


def _steps(pairs: Sequence[tuple[Item[V], Item[V]]]) -> Array:
    """Return what each question adds to the difference of the two weighted means: its mean.

    Where verdicts weigh differently, a question counts from the mean of both models together.
    Swapping the two on any question leaves that mean as it is, so that the permutation test holds.
    """
    totals = np.array([[before.total, after.total] for before, after in pairs])
    weights = np.array([[before.weight, after.weight] for before, after in pairs])
    of_first, of_other = weights.sum(axis=0)
    level = totals.sum() / weights.sum()
    steps = np.diff(totals) - level * np.diff(weights)
    scale = len(pairs) * (of_first + of_other) / (2 * of_first * of_other)
    return np.asarray(scale * steps[:, 0])
