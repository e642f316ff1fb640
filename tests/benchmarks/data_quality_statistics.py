"""How far a difference between two arms can be trusted: over seeds."""

import math
import statistics
from collections.abc import Sequence

from scipy.stats import t

from gleanery.tasks.evaluation.statistics_accuracy import Interval

Losses = Sequence[Sequence[float]]  # of an example: nats, those of the first token, tokens


def over_seeds(values: Sequence[float], confidence: float = 0.95) -> Interval:
    """Return the mean with Student's interval. Raises ValueError for fewer than two values."""
    if len(values) < 2:
        raise ValueError("an interval over seeds needs two seeds at least")
    mean = statistics.fmean(values)
    half = float(t.ppf((1 + confidence) / 2, len(values) - 1)) * statistics.stdev(values)
    half /= math.sqrt(len(values))
    return Interval(estimate=mean, low=mean - half, high=mean + half)


def per_token(losses: Losses) -> float:
    """Return the loss per learnt token, in nats."""
    return sum(one[0] for one in losses) / sum(one[2] for one in losses)


def first_token(losses: Losses) -> float:
    """Return the mean loss of the answers' first tokens, in nats."""
    return statistics.fmean(one[1] for one in losses)
