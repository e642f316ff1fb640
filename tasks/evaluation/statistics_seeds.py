"""How sure a figure is: over repetitions with other seeds, and for a ratio of sums over rows."""

import math
from collections.abc import Sequence

import numpy as np

from gleanery.tasks.evaluation.statistics_binomial import normal_quantile
from gleanery.tasks.records import Record

_STEPS = 200_001


class Estimate(Record):
    """A figure with its confidence interval; `seeds` is of how many repetitions it is the mean."""

    value: float
    low: float
    high: float
    seeds: int = 1


def over_seeds(values: Sequence[float], confidence: float = 0.95) -> Estimate:
    """Return the mean of repetitions with Student's interval: where another seed's mean may lie.

    Raises ValueError for fewer than two: one run says nothing of how much runs differ.
    """
    if len(values) < 2:
        raise ValueError(f"{len(values)} repetitions: how much they differ takes two or more")
    mean = math.fsum(values) / len(values)
    error = float(np.std(values, ddof=1)) / math.sqrt(len(values))
    half = student_quantile(confidence, len(values) - 1) * error
    return Estimate(value=mean, low=mean - half, high=mean + half, seeds=len(values))


def ratio_of_sums(
    above: Sequence[float], below: Sequence[float], confidence: float = 0.95
) -> Estimate:
    """Return sum(above) / sum(below) with an interval for rows that are drawn at random.

    By linearisation (Cochran, Sampling Techniques, 1977, section 6.4). Raises ValueError for fewer
    than two rows, or where the sum below is not above 0.
    """
    over, under = np.asarray(above, dtype=float), np.asarray(below, dtype=float)
    if len(over) != len(under) or len(over) < 2 or under.sum() <= 0:
        raise ValueError(f"{len(over)} over {len(under)} rows is no ratio: it takes two or more")
    value = float(over.sum() / under.sum())
    error = float(np.std(over - value * under, ddof=1)) / (math.sqrt(len(over)) * under.mean())
    half = normal_quantile(confidence) * error
    return Estimate(value=value, low=value - half, high=value + half)


def student_quantile(confidence: float, freedom: int) -> float:
    """Return how many standard errors hold a share `confidence` on both sides, after Student.

    With T = sqrt(freedom) tan(a), the density of a is cos(a) ** (freedom - 1): integrated on a
    fine grid, right to six digits up to a confidence of 0.999.
    """
    if not 0 < confidence < 1 or freedom < 1:
        raise ValueError(f"a confidence of {confidence} with {freedom} degrees of freedom")
    angles = np.linspace(0, math.pi / 2, _STEPS)
    density = np.cos(angles) ** (freedom - 1)
    share = np.concatenate([[0.0], np.cumsum(density[1:] + density[:-1])])
    angle = float(np.interp(confidence, share / share[-1], angles))
    return math.sqrt(freedom) * math.tan(angle)
