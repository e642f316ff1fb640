"""Paired comparisons of scores of any kind by resampling: points of a judge, means over subjects.

For right and wrong answers the permutation test is McNemar's (statistics_paired.py), which needs no
resampling.
"""

from collections.abc import Sequence

import numpy as np

from gleanery.tasks.evaluation.statistics_accuracy import Interval

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
    subjects: Sequence[Sequence[float]],
    confidence: float = 0.95,
    seed: int = 0,
    resamples: int = 2000,
) -> Interval:
    """Return the mean over subjects of the means of their values, with a percentile interval.

    Values are one per item: scores of any kind, or differences of two models' scores on it.
    Items are drawn anew within each subject, as the subjects are the benchmark's own. Raises
    ValueError for a subject without items.
    """
    if not subjects or not all(len(values) for values in subjects):
        raise ValueError("a mean over subjects needs subjects, and each of them items")
    random = np.random.default_rng(seed)
    means = np.zeros(resamples)
    for values in subjects:
        means += _resampled_means(np.asarray(values, dtype=float), random, resamples)
    estimate = float(np.mean([np.mean(values) for values in subjects]))
    tail = (1 - confidence) / 2
    low, high = np.quantile(means / len(subjects), [tail, 1 - tail])
    return Interval(estimate=estimate, low=float(low), high=float(high))


def _resampled_means(
    values: "np.ndarray[tuple[int], np.dtype[np.float64]]",
    random: np.random.Generator,
    resamples: int,
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the mean of each resample; few distinct values are drawn by their counts."""
    distinct, counts = np.unique(values, return_counts=True)
    if len(distinct) <= 50:
        drawn = random.multinomial(len(values), counts / len(values), size=resamples)
        return np.asarray(drawn @ distinct / len(values))
    rows = max(1, _CHUNK // len(values))
    parts = [
        values[random.integers(0, len(values), (min(rows, resamples - start), len(values)))]
        for start in range(0, resamples, rows)
    ]
    return np.concatenate([part.mean(axis=1) for part in parts])
