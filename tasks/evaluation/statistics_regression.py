"""Is a second model at most so much worse than a first one, on the same items?

"No significant loss" would be granted by too few items. Here the burden is the other way round:
that the loss stays within a bound must be shown (a test of non-inferiority).
"""

import math
from statistics import NormalDist

import numpy as np

from gleanery.tasks.records import Record

_EXACT_ITEMS = 100
_NUISANCE_STEPS = 300

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]


class NoRegression(Record):
    """Whether a loss beyond `bound` is ruled out at level `alpha`; `p_value` is what was found.

    `exact` says that the p-value is that of the exact test and no approximation.
    """

    bound: float
    alpha: float
    p_value: float
    exact: bool

    @property
    def shown(self) -> bool:
        """Return whether a larger loss is ruled out."""
        return self.p_value <= self.alpha


def no_regression(
    won: int, lost: int, items: int, bound: float, alpha: float = 0.05
) -> NoRegression:
    """Return whether the second model's accuracy is at most `bound` below the first's.

    `won` and `lost` are the items that only the second, only the first has right; `bound` is a
    difference of accuracies, 0.01 for a point. Tango's score test (1998) for more than 100 items;
    up to there the exact unconditional test that orders outcomes by it (Liu et al. 2002).
    """
    if min(won, lost) < 0 or won + lost > items or items == 0:
        raise ValueError(f"{won} won and {lost} lost of {items} items are no comparison")
    if not 0 < bound < 1:
        raise ValueError(f"a bound of {bound}: it is a difference of accuracies, such as 0.01")
    exact = items <= _EXACT_ITEMS
    p_value = (
        _exact(won, lost, items, bound)
        if exact
        else NormalDist().cdf(-float(_score(np.array(won), np.array(lost), items, bound)))
    )
    return NoRegression(bound=bound, alpha=alpha, p_value=p_value, exact=exact)


def _score(won: Array, lost: Array, items: int, bound: float) -> Array:
    """Return Tango's statistic for a true difference of just `-bound`, in standard deviations."""
    linear = -won - lost + (2 * items - won + lost) * -bound
    constant = -lost * -bound * (1 + bound)
    root = np.sqrt(np.maximum(linear * linear - 8 * items * constant, 0))
    chance_lost = (root - linear) / (4 * items)
    variance = items * np.maximum(2 * chance_lost - bound * (1 + bound), 1e-12)
    return np.asarray((won - lost + items * bound) / np.sqrt(variance))


def _exact(won: int, lost: int, items: int, bound: float) -> float:
    """Return the highest chance, over all ways to be just `bound` worse, of such an outcome."""
    wins, losses = np.meshgrid(np.arange(items + 1.0), np.arange(items + 1.0), indexing="ij")
    possible = wins + losses <= items
    wins, losses = wins[possible], losses[possible]
    scores = _score(wins, losses, items, bound)
    observed = _score(np.array(float(won)), np.array(float(lost)), items, bound)
    reached = scores >= observed - 1e-9
    wins, losses = wins[reached], losses[reached]
    factorials = np.array([math.lgamma(count + 1) for count in range(items + 1)])
    ties = items - wins - losses
    ways = factorials[items] - sum(factorials[each.astype(int)] for each in (wins, losses, ties))
    highest = 0.0
    for chance_lost in np.linspace(bound, (1 + bound) / 2, _NUISANCE_STEPS):
        chances = (chance_lost - bound, chance_lost, 1 - 2 * chance_lost + bound)
        terms = ways + sum(
            count * math.log(max(chance, 1e-300))  # 0 at the ends of the range
            for count, chance in zip((wins, losses, ties), chances, strict=True)
        )
        highest = max(highest, float(np.exp(terms).sum()))
    return min(1.0, highest)
