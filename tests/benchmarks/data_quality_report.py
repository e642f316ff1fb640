"""The tables and the picture of `data_quality.py`."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from data_quality_arms import ARMS, Filter, split_examples
from data_quality_seed import Measured
from data_quality_shirkers import KINDS
from data_quality_statistics import first_token, over_seeds, per_token

from gleanery.tasks.evaluation.statistics_accuracy import Interval
from gleanery.tasks.shirking import shirks

_PAIRED = (
    ("good", "shirkers"),
    ("good", "dropped"),
    ("dropped", "shirkers"),
    ("good", "filtered"),
    ("dropped", "filtered"),
)
_TUNED = ("good", "raw", "raw, longer", "refined")
_TUNED_PAIRED = (("raw", "refined"), ("raw, longer", "refined"))

Values = Mapping[str, Sequence[float]]  # of each arm, a number for each seed


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


def report_shirkers(seeds: Sequence[Measured], data: Path) -> None:
    """Print what the arms of the first experiment come to, and how they differ."""
    _show("PRIMARY: loss per token of good held-out answers", _losses(seeds, "good"), _PAIRED)
    first = {arm: [first_token(seed.losses[arm]["good"]) for seed in seeds] for arm in ARMS}
    _show("loss of an answer's first token", first, _PAIRED)
    questions = [one.question for one in split_examples(data)[1]]
    _show("drawn answers that shirk", _of_answers(seeds, _shirking(questions)), _PAIRED)
    _show("words of a drawn answer", _of_answers(seeds, _words), _PAIRED)


def report_refined(seeds: Sequence[Measured]) -> None:
    """Print what the models of the second experiment lose on each held-out set."""
    for what in ("neutral", "refined", "raw", "good"):
        values = _losses(seeds, what, _TUNED)
        _show(f"loss per token of held-out {what} answers", values, _TUNED_PAIRED)


def draw(seeds: Sequence[Measured], file: Path) -> None:
    """Draw each arm's loss against that of `good`, a point a seed, and its answers' length."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    left, right = figure.subplots(1, 2)
    losses = _losses(seeds, "good")
    for place, arm in enumerate(ARMS[1:]):
        _points(left, place, _differences(losses, "good", arm))
    left.axhline(0, color="0.6", linewidth=1)
    left.set_xticks(range(len(ARMS) - 1), ARMS[1:])
    left.set_ylabel("nats per token more than good")
    left.set_title("Loss of held-out good answers")
    words = _of_answers(seeds, _words)
    for place, arm in enumerate(ARMS):
        _points(right, place, words[arm])
    right.set_xticks(range(len(ARMS)), ARMS)
    right.set_ylabel("words")
    right.set_title("Length of drawn answers")
    figure.savefig(file, dpi=110)


def _points(axes: Any, place: int, values: Sequence[float]) -> None:
    interval = over_seeds(values)
    axes.plot([place] * len(values), values, "o", color="tab:blue", alpha=0.5)
    half = interval.high - interval.estimate
    axes.errorbar(place + 0.15, interval.estimate, half, fmt="s", color="black", capsize=4)


def _show(what: str, values: Values, paired: Sequence[tuple[str, str]]) -> None:
    print(f"\n{what}: mean over seeds, 95 % interval")
    for arm, its in values.items():
        print(f"  {arm:20} {_told(over_seeds(its), '.4f')}")
    for first, second in paired:
        difference = over_seeds(_differences(values, first, second))
        print(f"  {f'{second} - {first}':20} {_told(difference, '+.4f')}")


def _told(interval: Interval, form: str) -> str:
    return f"{interval.estimate:{form}} [{interval.low:{form}}, {interval.high:{form}}]"


def _differences(values: Values, first: str, second: str) -> list[float]:
    return [b - a for a, b in zip(values[first], values[second], strict=True)]


def _losses(seeds: Sequence[Measured], what: str, arms: Sequence[str] = ARMS) -> Values:
    return {arm: [per_token(seed.losses[arm][what]) for seed in seeds] for arm in arms}


def _of_answers(seeds: Sequence[Measured], measure: Callable[[Sequence[str]], float]) -> Values:
    return {arm: [measure(seed.answers[arm]) for seed in seeds] for arm in ARMS}


def _shirking(questions: Sequence[str]) -> Callable[[Sequence[str]], float]:
    def share(answers: Sequence[str]) -> float:
        told = [shirks(*pair) is not None for pair in zip(questions, answers, strict=False)]
        return statistics.fmean(told)

    return share


def _words(answers: Sequence[str]) -> float:
    return statistics.fmean(len(answer.split()) for answer in answers)
