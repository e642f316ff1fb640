"""Tails of the binomial distribution and the normal quantile, without a statistics package."""

import math
from statistics import NormalDist

import numpy as np


def log_binomial(trials: int, share: float) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    """Return the log of the probability of 0, 1, … `trials` successes, each with chance `share`.

    In logarithms, so that nothing underflows with 100,000 trials.
    """
    if trials < 0 or not 0 < share < 1:
        raise ValueError(f"{trials} trials with a chance of {share}: need >= 0 and 0 < chance < 1")
    factorials = np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, trials + 1)))])
    choose = factorials[-1] - factorials - factorials[::-1]
    successes = np.arange(trials + 1)
    result = choose + successes * math.log(share) + (trials - successes) * math.log1p(-share)
    return np.asarray(result, dtype=np.float64)


def at_most(successes: int, trials: int, share: float) -> float:
    """Return the probability of at most so many successes."""
    if successes < 0:
        return 0.0
    terms = log_binomial(trials, share)[: successes + 1]
    highest = terms.max()
    return min(1.0, float(np.exp(terms - highest).sum() * math.exp(highest)))


def normal_quantile(confidence: float) -> float:
    """Return how many standard deviations hold a share `confidence`, on both sides of the mean."""
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence of {confidence}: it lies between 0 and 1, as 0.95 does")
    return NormalDist().inv_cdf((1 + confidence) / 2)
