"""What a sweep came to: repetitions taken together, and each point held against the first variant.

A point is a variant at one number of examples, and its models are its repetitions with other seeds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gleanery.flows.sweep_config import Trial
from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.statistics_accuracy import accuracy
from gleanery.tasks.evaluation.statistics_resampling import permutation_test
from gleanery.tasks.evaluation.statistics_seeds import Estimate, over_seeds, ratio_of_sums
from gleanery.tasks.records import Record
from gleanery.tasks.training.response_loss import ResponseLoss

LOSS = "held-out loss"
MEAN = "mean accuracy"


@dataclass(frozen=True, slots=True)
class SweptModel:
    """A model of a sweep, after `after` examples of its training, or at its end (0)."""

    trial: Trial
    after: int
    store: Store
    receipt: FolderReceipt

    @property
    def name(self) -> str:
        """What it is called."""
        return f"{self.trial.name} after {self.after}" if self.after else self.trial.name


@dataclass(frozen=True, slots=True)
class MeasuredOn:
    """What a model came to: its loss on each held-out row, and its items of each benchmark."""

    model: SweptModel
    losses: Mapping[str, ResponseLoss]
    items: Mapping[str, Mapping[str, ScoredItem]]


class Against(Record):
    """A point's figure less that of the first variant, and the p-value of its being another.

    By swapping the two within rows or items, over whose seeds the mean is taken: what other seeds
    would have done is not in it.
    """

    difference: float
    p_value: float


class Point(Record):
    """What the models of a point came to.

    `rows` are those that were learnt and `seen` how often any was looked at; `after` is how many
    examples were asked for where the models are from part of the way, else 0. `loss` is in nats per
    token of the answers and `bits` in bits per byte of them; `accuracies` are by benchmark, and
    `mean` is their mean. `against` is by LOSS and benchmark, and empty for what is compared with.
    """

    variant: str
    apart: str
    rows: int
    seen: int
    after: int
    models: list[str]
    loss: Estimate
    bits: Estimate
    accuracies: dict[str, Estimate]
    mean: Estimate | None
    against: dict[str, Against]

    @property
    def series(self) -> str:
        """The curve that it is on."""
        return f"{self.variant} {self.apart}".strip()


def shared_rows(measured: Sequence[MeasuredOn]) -> list[str]:
    """Return the held-out rows that every model could take, by their ids in order."""
    takes = [{name for name, row in one.losses.items() if row.nats is not None} for one in measured]
    return sorted(set.intersection(*takes)) if takes else []


def points_of(measured: Sequence[MeasuredOn], rows: Sequence[str]) -> list[Point]:
    """Return the points in the order in which they come first; losses are those of `rows`."""
    grouped: dict[tuple[str, str, int], list[MeasuredOn]] = {}
    for one in measured:
        trial = one.model.trial
        grouped.setdefault((trial.variant, trial.place, one.model.after), []).append(one)
    points = []
    for key, group in grouped.items():
        base = _compared_with(key, grouped)
        points.append(_point(group, base if base is not group else None, rows))
    return points


def _compared_with(
    key: tuple[str, str, int], grouped: Mapping[tuple[str, str, int], list[MeasuredOn]]
) -> list[MeasuredOn] | None:
    """Return the first variant at the same point of the grid; a single variant's first point.

    A model from part of the way is held against one of its like, or else against one at its end.
    """
    first = next(iter(grouped))
    if all(variant == first[0] for variant, *_ in grouped):
        return grouped[first]
    _, place, after = key
    return grouped.get((first[0], place, after)) or grouped.get((first[0], place, 0))


def _point(
    group: Sequence[MeasuredOn], base: Sequence[MeasuredOn] | None, rows: Sequence[str]
) -> Point:
    model = group[0].model
    benchmarks = [name for name in group[0].items if all(name in one.items for one in group)]
    accuracies = {name: _accuracy([one.items[name] for one in group]) for name in benchmarks}
    notes = model.receipt.notes
    return Point(
        variant=model.trial.variant,
        apart=model.trial.apart,
        rows=notes["learnt"]["rows"],
        seen=notes["seen"],
        after=model.after,
        models=[one.model.receipt.name for one in group],
        loss=_loss(group, rows, "tokens", 1.0),
        bits=_loss(group, rows, "bytes", math.log(2)),
        accuracies=accuracies,
        mean=_mean(group, benchmarks),
        against=_against(group, base, rows, benchmarks) if base else {},
    )


def _loss(group: Sequence[MeasuredOn], rows: Sequence[str], unit: str, nats: float) -> Estimate:
    """Return the mean over repetitions; of one model, for rows drawn at random."""
    ratios = [
        ratio_of_sums(
            [(one.losses[row].nats or 0.0) / nats for row in rows],
            [getattr(one.losses[row], unit) for row in rows],
        )
        for one in group
    ]
    return _together(ratios)


def _accuracy(repetitions: Sequence[Mapping[str, ScoredItem]]) -> Estimate:
    found = []
    for items in repetitions:
        interval = accuracy(sum(item.correct for item in items.values()), len(items))
        found.append(Estimate(value=interval.estimate, low=interval.low, high=interval.high))
    return _together(found)


def _mean(group: Sequence[MeasuredOn], benchmarks: Sequence[str]) -> Estimate | None:
    """Return the mean over benchmarks, each counting alike; of one model as if independent."""
    if not benchmarks:
        return None
    means = []
    for one in group:
        each = [_accuracy([one.items[name]]) for name in benchmarks]
        value = math.fsum(estimate.value for estimate in each) / len(each)
        below = math.hypot(*(estimate.value - estimate.low for estimate in each)) / len(each)
        above = math.hypot(*(estimate.high - estimate.value for estimate in each)) / len(each)
        means.append(Estimate(value=value, low=value - below, high=value + above))
    return _together(means)


def _together(estimates: Sequence[Estimate]) -> Estimate:
    if len(estimates) == 1:
        return estimates[0]
    return over_seeds([estimate.value for estimate in estimates])


def _against(
    group: Sequence[MeasuredOn],
    base: Sequence[MeasuredOn],
    rows: Sequence[str],
    benchmarks: Sequence[str],
) -> dict[str, Against]:
    nats = [[[one.losses[row].nats or 0.0 for row in rows] for one in of] for of in (base, group)]
    size = sum(group[0].losses[row].bytes for row in rows) * math.log(2) / len(rows)
    found = {LOSS: _compared(nats[0], nats[1], size)}
    for name in benchmarks:
        if not all(name in one.items for one in base):
            continue
        both = sorted(set.intersection(*(set(one.items[name]) for one in (*base, *group))))
        if both:
            marks = [
                [[float(one.items[name][item].correct) for item in both] for one in of]
                for of in (base, group)
            ]
            found[name] = _compared(marks[0], marks[1], 1.0)
    return found


def _compared(
    base: Sequence[Sequence[float]], other: Sequence[Sequence[float]], size: float
) -> Against:
    """Return how the means over repetitions differ, row by row; `size` is what a row counts."""
    first, second = (
        [math.fsum(row) / len(row) for row in zip(*of, strict=True)] for of in (base, other)
    )
    difference = (math.fsum(second) - math.fsum(first)) / len(first) / size
    return Against(difference=difference, p_value=permutation_test(first, second))
