"""How sure an accuracy is: intervals for a share of items, and for a mean over subjects."""

import math
from collections.abc import Mapping, Sequence

from gleanery.tasks.evaluation.statistics_binomial import normal_quantile
from gleanery.tasks.records import Record


class Interval(Record):
    """An estimate with the bounds of its confidence interval, in the unit of what is estimated."""

    estimate: float
    low: float
    high: float


def accuracy(correct: int, items: int, confidence: float = 0.95) -> Interval:
    """Return the share of correct items with Wilson's score interval.

    It never leaves 0 to 1 and stays open where all items are right or all wrong (Wilson 1927).
    Raises ValueError without items.
    """
    if not 0 <= correct <= items or items == 0:
        raise ValueError(f"{correct} correct of {items} items is no accuracy")
    z = normal_quantile(confidence)
    share = correct / items
    spread = z * z / items
    centre = (share + spread / 2) / (1 + spread)
    half = math.sqrt(spread * (share * (1 - share) + spread / 4)) / (1 + spread)
    low = 0.0 if correct == 0 else max(0.0, centre - half)
    high = 1.0 if correct == items else min(1.0, centre + half)
    return Interval(estimate=share, low=low, high=high)


def subject_accuracy(subjects: Mapping[str, Sequence[bool]], confidence: float = 0.95) -> Interval:
    """Return the mean of the subjects' accuracies with its interval, for the benchmark's subjects.

    The subjects are those of the benchmark and no sample of subjects; their items are drawn. The
    mean's variance is that of its parts, each subject's kept above 0 by adding two right and two
    wrong items (Agresti and Coull 1998) where it is computed; the estimate stays what it is. One
    subject gets Wilson's interval. Raises ValueError for a subject without items.
    """
    if not subjects or not all(subjects.values()):
        raise ValueError("a mean over subjects needs subjects, and each of them items")
    if len(subjects) == 1:
        (answers,) = subjects.values()
        return accuracy(sum(answers), len(answers), confidence)
    estimate = math.fsum(sum(each) / len(each) for each in subjects.values()) / len(subjects)
    variance = 0.0
    for answers in subjects.values():
        count = len(answers) + 4
        share = (sum(answers) + 2) / count
        variance += share * (1 - share) / count
    half = normal_quantile(confidence) * math.sqrt(variance) / len(subjects)
    return Interval(
        estimate=estimate, low=max(0.0, estimate - half), high=min(1.0, estimate + half)
    )
