"""Scores of any kind by resampling: how sure their mean is, and whether two models' differ.

For right and wrong answers the permutation test is McNemar's (statistics_paired.py), which needs no
resampling.
"""

from collections.abc import Sequence

import numpy as np

from gleanery.tasks.evaluation.statistics_accuracy import Interval, accuracy

Array = np.ndarray[tuple[int, ...], np.dtype[np.float64]]
Ends = tuple[float, float]
"""The least and the most that an item can come to."""
_EXACT_ITEMS = 16
_CHUNK = 2_000_000  # numbers held at a time


def permutation_test(
    first: Sequence[float], second: Sequence[float], seed: int = 0, resamples: int = 10_000
) -> float:
    """Return the two-sided p-value that swapping the models within items makes no difference.

    Exact for at most 16 items that differ; else from random swaps, never below 1 / (resamples + 1).
    Raises ValueError for scores of different items.
    """
    difference = np.asarray(second, dtype=float) - np.asarray(first, dtype=float)
    if len(first) != len(second) or not len(first):
        raise ValueError("compare two models by their scores on the same items")
    difference = difference[difference != 0]
    if not len(difference):
        return 1.0
    scale = float(np.abs(difference).sum())
    observed = abs(float(difference.sum())) - 1e-12 * scale  # equal sums may differ by rounding
    if len(difference) <= _EXACT_ITEMS:
        numbers = np.arange(2 ** len(difference))[:, None]
        signs = 1 - 2 * ((numbers >> np.arange(len(difference))) & 1)
        return float((np.abs(signs @ difference) >= observed).mean())
    random = np.random.default_rng(seed)
    reached = done = 0
    while done < resamples:
        count = min(resamples - done, max(1, _CHUNK // len(difference)))
        signs = random.integers(0, 2, (count, len(difference)), dtype=np.int8) * 2 - 1
        reached += int((np.abs(signs @ difference) >= observed).sum())
        done += count
    return (reached + 1) / (resamples + 1)


def bootstrap_mean(
    totals: Sequence[float] | Array,
    weights: Sequence[float] | Array,
    ends: Ends,
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Return a weighted mean, sum(totals) / sum(weights), with a percentile interval.

    There is one total and one weight per item, and items are drawn anew. Where all came out alike
    there is nothing to draw: then as many as Wilson's interval for none of them leaves open are
    taken to come out at one of the `ends`. Raises ValueError without items.
    """
    over, under = np.asarray(totals, dtype=float), np.asarray(weights, dtype=float)
    if len(over) != len(under) or not len(over) or under.min() <= 0:
        raise ValueError("a mean needs items, each with a total and a weight above 0")
    mean, values = float(over.sum() / under.sum()), over / under
    if np.ptp(values) < 1e-12 * max(1.0, float(np.abs(values).max())):
        unseen = accuracy(0, len(values), confidence).high
        low, high = (mean + unseen * (end - mean) for end in ends)
        return Interval(estimate=mean, low=low, high=high)
    random = np.random.default_rng(seed)
    means, rows = [], max(1, _CHUNK // len(values))
    for start in range(0, resamples, rows):
        drawn = random.integers(0, len(values), (min(rows, resamples - start), len(values)))
        means.append(over[drawn].sum(axis=1) / under[drawn].sum(axis=1))
    tail = (1 - confidence) / 2
    low, high = np.quantile(np.concatenate(means), [tail, 1 - tail])
    return Interval(estimate=mean, low=float(low), high=float(high))
