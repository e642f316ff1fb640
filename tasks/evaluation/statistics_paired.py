"""Two models on the same items: is one better, and by how much?

Only the items on which the two differ say anything (McNemar 1947). "Won" are those that the second
model alone has right, "lost" those that the first alone has right.
"""

import math
from collections.abc import Sequence

import numpy as np

from gleanery.tasks.evaluation.statistics_accuracy import Interval, accuracy
from gleanery.tasks.evaluation.statistics_binomial import at_most
from gleanery.tasks.records import Record


class Comparison(Record):
    """What a second model (tuned) does next to a first one (base), on the same items.

    `difference` is its accuracy less the first's, with a confidence interval; `p_value` is that of
    the two-sided exact test that won and lost are equally likely, `p_better` of the one-sided one.
    """

    items: int
    both: int
    won: int
    lost: int
    difference: Interval
    p_value: float
    p_better: float


def compare(first: Sequence[bool], second: Sequence[bool], confidence: float = 0.95) -> Comparison:
    """Return how the second model does next to the first, item by item.

    Raises ValueError when they were not asked the same number of items, or none.
    """
    if len(first) != len(second) or not len(first):
        raise ValueError(
            f"{len(first)} and {len(second)} answers: compare two models on the same items"
        )
    base, tuned = np.asarray(first, dtype=bool), np.asarray(second, dtype=bool)
    won, lost = int((tuned & ~base).sum()), int((base & ~tuned).sum())
    return Comparison(
        items=len(base),
        both=int((base & tuned).sum()),
        won=won,
        lost=lost,
        difference=paired_difference(int((base & tuned).sum()), won, lost, len(base), confidence),
        p_value=mcnemar(won, lost),
        p_better=better(won, lost),
    )


def mean_difference(compared: Sequence[Comparison]) -> Interval:
    """Return the mean of several comparisons' differences, each of which counts the same.

    The items of each are drawn apart from those of the others, so that the distances to their
    bounds add up as standard errors do (MOVER: Zou and Donner 2008). Raises ValueError for none.
    """
    if not compared:
        raise ValueError("a mean of differences needs at least one of them")
    parts = [one.difference for one in compared]
    mean = math.fsum(part.estimate for part in parts) / len(parts)
    below = math.hypot(*(part.estimate - part.low for part in parts)) / len(parts)
    above = math.hypot(*(part.high - part.estimate for part in parts)) / len(parts)
    return Interval(estimate=mean, low=max(-1.0, mean - below), high=min(1.0, mean + above))


def mcnemar(won: int, lost: int) -> float:
    """Return the two-sided p-value of the exact test on discordant pairs; 1 without any."""
    if won + lost == 0:
        return 1.0
    return min(1.0, 2 * at_most(min(won, lost), won + lost, 0.5))


def better(won: int, lost: int) -> float:
    """Return the one-sided p-value of the exact test that the second model is no better."""
    if won + lost == 0:
        return 1.0
    return at_most(lost, won + lost, 0.5)


def paired_difference(
    both: int, won: int, lost: int, items: int, confidence: float = 0.95
) -> Interval:
    """Return the difference of two accuracies on the same items with a confidence interval.

    Newcombe's (1998, method 10): made of the Wilson intervals of the two accuracies and of how
    their errors go together; it holds for few items and for shares near 0 and 1.
    """
    neither = items - both - won - lost
    if min(both, won, lost, neither) < 0 or items == 0:
        raise ValueError(f"{both}, {won} and {lost} of {items} items are no comparison")
    low_second, high_second = _wilson(both + won, items, confidence)
    low_first, high_first = _wilson(both + lost, items, confidence)
    second, first = (both + won) / items, (both + lost) / items
    together = _correlation(both, won, lost, neither)
    estimate = (won - lost) / items
    below = _spread(second - low_second, high_first - first, together)
    above = _spread(high_second - second, first - low_first, together)
    return Interval(
        estimate=estimate, low=max(-1.0, estimate - below), high=min(1.0, estimate + above)
    )


def _wilson(correct: int, items: int, confidence: float) -> tuple[float, float]:
    interval = accuracy(correct, items, confidence)
    return interval.low, interval.high


def _spread(one: float, other: float, together: float) -> float:
    return math.sqrt(max(0.0, one * one - 2 * together * one * other + other * other))


def _correlation(both: int, won: int, lost: int, neither: int) -> float:
    """Return how the two models' answers go together, from -1 to 1 (phi, a little shrunk)."""
    margins = (both + won, lost + neither, both + lost, won + neither)
    if not all(margins):
        return 0.0
    product = both * neither - won * lost
    items = both + won + lost + neither
    lessened = max(product - items / 2, 0) if product > 0 else product
    return lessened / math.sqrt(math.prod(margins))
