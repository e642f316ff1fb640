"""The tables and the picture of `data_quality.py`."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_quality_arms import ARMS, REFINED_ARMS, Filter
from data_quality_shirkers import KINDS
from data_quality_statistics import first_token, over_examples, over_seeds, per_token
from training_examples import WorkedExample

from gleanery.tasks.evaluation.statistics_accuracy import Interval
from gleanery.tasks.shirking import shirks

Measured = Mapping[str, Mapping[str, Any]]  # of each model: its losses by set, its answers


def report_filter(filters: Sequence[Filter]) -> None:
    """Print how well the detectors tell the planted shirkers, over all seeds."""
    precision = statistics.fmean(one.precision for one in filters)
    recall = statistics.fmean(one.recall for one in filters)
    print(f"\nthe filter: precision {precision:.1%}, recall {recall:.1%} of the planted shirkers")
    for kind in KINDS:
        planted, found = (sum(one.by_kind[kind][at] for one in filters) for at in (0, 1))
        print(f"  {kind:8} {found / planted:6.1%} of {planted}")
    lost = sum(one.lost for one in filters) / sum(one.good for one in filters)
    print(f"  of the good answers it takes {lost:.1%}")


def report_shirkers(measured: Measured, held_out: Sequence[WorkedExample], seeds: int) -> None:
    """Print what the arms of the first experiment come to, and how they differ from the first."""
    rows: dict[str, Callable[[str], float]] = {
        "loss per token": lambda model: per_token(measured[model]["losses"]["good"]),
        "loss of the first token": lambda model: first_token(measured[model]["losses"]["good"]),
    }
    for how in ("greedy", "drawn"):
        rows |= {
            f"shirking, {how}": lambda model, how=how: _shirking(measured[model], held_out, how),
            f"words, {how}": lambda model, how=how: _words(measured[model], how),
        }
    rows["right, greedy"] = lambda model: _right(measured[model], held_out)
    for what, value in rows.items():
        _show(what, {arm: [value(f"{arm}-{n}") for n in range(seeds)] for arm in ARMS})
    print("\nloss per token against `good`, over held-out examples (paired bootstrap):")
    for arm in ARMS[1:]:
        both = (
            [_losses(measured, f"{a}-{n}", "good") for n in range(seeds)] for a in ("good", arm)
        )
        print(f"  {arm:9} {_told(over_examples(*both), '+.4f')}")


def report_refined(measured: Measured, seeds: int) -> None:
    """Print what the models of the second experiment lose on each held-out set."""
    shown = ("good", *REFINED_ARMS)
    for what in ("refined", "raw", "neutral", "good"):
        values = {
            arm: [per_token(_losses(measured, f"{arm}-{n}", _set(what, n))) for n in range(seeds)]
            for arm in shown
        }
        _show(f"loss per token on {what} answers", values)
        difference = [b - a for a, b in zip(values["raw"], values["refined"], strict=True)]
        print(f"  refined - raw: {_told(over_seeds(difference), '+.4f')}")
    _show(
        "words, greedy",
        {arm: [_words(measured[f"{arm}-{n}"], "greedy") for n in range(seeds)] for arm in shown},
    )


def draw(measured: Measured, seeds: int, file: Path) -> None:
    """Draw each arm's loss against that of `good`, a point a seed, and the shirking of each."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    base = [per_token(_losses(measured, f"good-{n}", "good")) for n in range(seeds)]
    for place, arm in enumerate(ARMS[1:]):
        losses = [per_token(_losses(measured, f"{arm}-{n}", "good")) for n in range(seeds)]
        differences = [b - a for a, b in zip(base, losses, strict=True)]
        _points(left, place, differences)
    left.axhline(0, color="0.6", linewidth=1)
    left.set_xticks(range(len(ARMS) - 1), ARMS[1:])
    left.set_ylabel("nats per token more than good")
    left.set_title("Loss on held-out good answers")
    for place, arm in enumerate(ARMS):
        _points(right, place, [_words(measured[f"{arm}-{n}"], "drawn") for n in range(seeds)])
    right.set_xticks(range(len(ARMS)), ARMS)
    right.set_ylabel("words")
    right.set_title("Length of drawn answers")
    figure.savefig(file, dpi=110)


def _points(axes: Any, place: int, values: Sequence[float]) -> None:
    interval = over_seeds(values)
    axes.plot([place] * len(values), values, "o", color="tab:blue", alpha=0.5)
    half = interval.high - interval.estimate
    axes.errorbar(place + 0.15, interval.estimate, half, fmt="s", color="black", capsize=4)


def _show(what: str, values: Mapping[str, Sequence[float]]) -> None:
    print(f"\n{what}: mean over seeds, 95 % interval; and its difference from the first")
    first = next(iter(values.values()))
    for arm, its in values.items():
        difference = over_seeds([b - a for a, b in zip(first, its, strict=True)])
        told = "" if its is first else f"   {_told(difference, '+.4f')}"
        print(f"  {arm:9} {_told(over_seeds(its), '.4f')}{told}")


def _told(interval: Interval, form: str) -> str:
    return f"{interval.estimate:{form}} [{interval.low:{form}}, {interval.high:{form}}]"


def _losses(measured: Measured, model: str, key: str) -> Any:
    return measured[model]["losses"][key]


def _set(what: str, seed: int) -> str:
    return f"{what} of {seed}" if what in REFINED_ARMS else what


def _shirking(model: Mapping[str, Any], asked: Sequence[WorkedExample], how: str) -> float:
    answers = model["answers"][how]
    told = [
        shirks(one.question, answer) is not None
        for one, answer in zip(asked, answers, strict=False)
    ]
    return statistics.fmean(told)


def _words(model: Mapping[str, Any], how: str) -> float:
    return statistics.fmean(len(answer.split()) for answer in model["answers"][how])


def _right(model: Mapping[str, Any], asked: Sequence[WorkedExample]) -> float:
    pairs = zip(asked, model["answers"]["greedy"], strict=False)
    return statistics.fmean(f"The answer is {one.result}." in answer for one, answer in pairs)
