"""Choosing the threshold: precision and recall on held-out sites, with intervals."""

import math
import zlib
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
import numpy.typing as npt
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.records import Record

_RESAMPLES = 1000
_CURVE_POINTS = 101

Floats = npt.NDArray[np.float64]


class ThresholdConfig(Config):
    """What the threshold has to reach, and on which part of the examples it is measured."""

    target_precision: float = Field(
        0.9, gt=0, lt=1, description="Share of kept pages that should be positive."
    )
    expected_share: float = Field(
        0.0,
        ge=0,
        lt=1,
        description="Share of positive pages expected in the corpus; precision is computed for "
        "it. 0 takes the share among the held-out examples.",
    )
    most_others_kept: float = Field(
        0.03,
        gt=0,
        le=1,
        description="Largest share of other pages that may be kept; the threshold meets this and "
        "the target precision.",
    )
    held_out_share: float = Field(
        0.2, gt=0, lt=1, description="Share of the sites that is kept out of training."
    )
    confidence: float = Field(0.95, gt=0.5, lt=1, description="Width of the intervals given.")


class ScoredPage(Record):
    """A held-out page: its score, what it is, and the site that training has not seen."""

    score: float
    positive: bool
    site: str


class Interval(Record):
    """An estimate with its lower and upper bound."""

    value: float
    low: float
    high: float


class CurvePoint(Record):
    """What a threshold keeps: precision, recall, and the share of other pages."""

    threshold: float
    precision: float
    recall: float
    kept_others: float


class Evaluation(Record):
    """How the classifier does on held-out sites, and the threshold that follows.

    When no threshold reaches the targets, `meets_target` is false and the threshold is the one of
    the highest precision.
    """

    threshold: float
    meets_target: bool
    target_precision: float
    expected_share: float
    precision: Interval
    recall: Interval
    kept_others: Interval
    positives: int
    negatives: int
    sites: int
    curve: list[CurvePoint]


def is_held_out(site: str, share: float) -> bool:
    """Tell whether all pages of a site are kept out of training; the same answer everywhere."""
    return zlib.crc32(site.encode()) / 2**32 < share


def wilson_interval(successes: int, trials: int, confidence: float = 0.95) -> Interval:
    """Return a share with its Wilson score interval; (0, 0, 1) when nothing was tried."""
    if not trials:
        return Interval(value=0.0, low=0.0, high=1.0)
    z = NormalDist().inv_cdf(0.5 + confidence / 2)
    share = successes / trials
    centre = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    spread = share * (1 - share) / trials + z * z / (4 * trials * trials)
    half = z * math.sqrt(spread) / (1 + z * z / trials)
    return Interval(value=share, low=max(0.0, centre - half), high=min(1.0, centre + half))


def evaluate(pages: Sequence[ScoredPage], config: ThresholdConfig) -> Evaluation:
    """Return precision, recall and the lowest threshold that meets the targets.

    Intervals come from resampling whole sites, since pages of one site resemble each other.
    Raises `ValueError` when the pages are all of one kind.
    """
    positives = sum(page.positive for page in pages)
    negatives = len(pages) - positives
    if not positives or not negatives:
        raise ValueError(
            f"the held-out part has {positives} positives and {negatives} negatives: "
            "give examples of both kinds from more sites, or raise held_out_share"
        )
    share = config.expected_share or positives / len(pages)
    thresholds = np.unique([page.score for page in pages])
    precision, recall, kept = _rates(pages, thresholds, share)
    meets = (precision >= config.target_precision - 1e-9) & (kept <= config.most_others_kept)
    reached = np.flatnonzero(meets)
    best = int(reached[0]) if len(reached) else int(np.argmax(precision))
    threshold = float(thresholds[best])
    intervals = _intervals(pages, threshold, share, config.confidence)
    shown = np.unique(np.linspace(0, len(thresholds) - 1, _CURVE_POINTS).astype(int))
    return Evaluation(
        threshold=threshold,
        meets_target=bool(len(reached)),
        target_precision=config.target_precision,
        expected_share=share,
        precision=intervals[0],
        recall=intervals[1],
        kept_others=intervals[2],
        positives=positives,
        negatives=negatives,
        sites=len({page.site for page in pages}),
        curve=[
            CurvePoint(
                threshold=float(thresholds[i]),
                precision=float(precision[i]),
                recall=float(recall[i]),
                kept_others=float(kept[i]),
            )
            for i in shown
        ],
    )


def _rates(
    pages: Sequence[ScoredPage], thresholds: Floats, share: float
) -> tuple[Floats, Floats, Floats]:
    """Return precision, recall and share of kept others at each of the ascending thresholds."""
    positive = np.sort([page.score for page in pages if page.positive])
    other = np.sort([page.score for page in pages if not page.positive])
    recall = (len(positive) - np.searchsorted(positive, thresholds)) / len(positive)
    kept = (len(other) - np.searchsorted(other, thresholds)) / len(other)
    return _precision(recall, kept, share), recall, kept


def _precision(recall: Floats, kept: Floats, share: float) -> Floats:
    found, mistaken = share * recall, (1 - share) * kept
    return np.divide(found, found + mistaken, out=np.ones_like(found), where=found + mistaken > 0)


def _intervals(
    pages: Sequence[ScoredPage], threshold: float, share: float, confidence: float
) -> tuple[Interval, Interval, Interval]:
    """Return precision, recall and kept others at the threshold, resampled by site."""
    index = {site: row for row, site in enumerate(sorted({page.site for page in pages}))}
    counts = np.zeros((len(index), 4))  # kept positives, positives, kept others, others
    for page in pages:
        column = 0 if page.positive else 2
        counts[index[page.site], column] += page.score >= threshold
        counts[index[page.site], column + 1] += 1
    weights = np.random.default_rng(0).multinomial(
        len(index), np.full(len(index), 1 / len(index)), size=_RESAMPLES
    )
    drawn = weights @ counts
    drawn = drawn[(drawn[:, 1] > 0) & (drawn[:, 3] > 0)]
    samples = np.vstack([counts.sum(axis=0), drawn])
    recall, kept = samples[:, 0] / samples[:, 1], samples[:, 2] / samples[:, 3]
    tail = (1 - confidence) / 2
    precision = _precision(recall, kept, share)
    return (
        _resampled(precision, tail),
        _resampled(recall, tail),
        _resampled(kept, tail),
    )


def _resampled(values: Floats, tail: float) -> Interval:
    """Return the first value, with the quantiles of the others as its bounds."""
    low, high = np.quantile(values, [tail, 1 - tail])
    return Interval(value=float(values[0]), low=float(low), high=float(high))
