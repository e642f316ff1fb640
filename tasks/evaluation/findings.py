"""What the comparisons of models come to: who is better where, in figures and in words."""

from collections.abc import Mapping, Sequence
from typing import Literal

from gleanery.infra.llm.protocol import FailureReason
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.side_by_side import Measured
from gleanery.tasks.evaluation.statistics_accuracy import Interval, subject_accuracy
from gleanery.tasks.evaluation.statistics_holm import holm
from gleanery.tasks.evaluation.statistics_paired import Comparison, compare, mean_difference
from gleanery.tasks.records import Record

Decision = Literal["better", "worse", "undecided"]


class Finding(Record):
    """Whether a model is better than the first one on a benchmark.

    `p_adjusted` is the p-value of the exact paired test, adjusted (Holm) for the number of
    benchmarks that this model is compared on; the decision is made by it.
    """

    benchmark: str
    label: str
    decision: Decision
    comparison: Comparison
    p_adjusted: float


class Overall(Record):
    """A model over all its benchmarks, each of which counts the same.

    `difference` is to the first model, on the items of both; None for the first model itself.
    """

    label: str
    benchmarks: int
    mean: Interval
    difference: Interval | None


def decide(measured: Sequence[Measured], alpha: float) -> list[Finding]:
    """Return the finding of each comparison, in order; `alpha` is the level of each model's."""
    found = []
    for label in dict.fromkeys(one.label for one in measured):
        compared = [(one.score.benchmark, one.against) for one in measured
                    if one.label == label and one.against]  # fmt: skip
        adjusted = holm([comparison.p_value for _, comparison in compared])
        found += [
            Finding(
                benchmark=benchmark,
                label=label,
                decision=_decision(comparison, p_value, alpha),
                comparison=comparison,
                p_adjusted=p_value,
            )
            for (benchmark, comparison), p_value in zip(compared, adjusted, strict=True)
        ]
    order = {one.score.benchmark: place for place, one in reversed(list(enumerate(measured)))}
    return sorted(found, key=lambda one: order[one.benchmark])


def sum_up(items: Mapping[str, Sequence[ScoredItem]]) -> list[Overall]:
    """Return each model over all its benchmarks; the first label is what others are set against.

    Intervals are for these benchmarks and other items of them, that of the difference for the same
    items of both. Models without any item are left out.
    """
    base = next(iter(items), "")
    marks = {label: _marks(rows) for label, rows in items.items() if rows}
    summed = []
    for label, of_model in marks.items():
        compared = [] if label == base else _compared(marks.get(base, {}), of_model)
        summed.append(
            Overall(
                label=label,
                benchmarks=len(of_model),
                mean=subject_accuracy({name: list(of.values()) for name, of in of_model.items()}),
                difference=mean_difference(compared) if compared else None,
            )
        )
    return summed


def refused_in_words(measured: Sequence[Measured], config_file: str = "FILE") -> list[str]:
    """Return a sentence for each model and benchmark with prompts that were refused.

    It says what was said to most of them, and how they are asked again.
    """
    return [
        f"{one.label}: {one.score.refused:,} of {one.score.items:,} prompts of "
        f"{one.score.benchmark} were refused and count as wrong"
        f"{', mostly with: ' if one.score.refusal else ''}{one.score.refusal}. `gleanery retry "
        f"{config_file} --only {FailureReason.REFUSED_REQUEST.value}` asks them again; lower "
        "shots or max_tokens where they are too long"
        for one in measured
        if one.score.refused
    ]


def in_words(finding: Finding, base: str) -> str:
    """Return a finding as a sentence; `base` is what the first model is called."""
    compared = finding.comparison
    what = {
        "better": f"{finding.label} is better than {base}",
        "worse": f"{finding.label} is worse than {base}",
        "undecided": f"no difference is shown between {finding.label} and {base}",
    }[finding.decision]
    ends = f"{points(compared.difference.low)} to {points(compared.difference.high)}"
    return (
        f"{finding.benchmark}: {what} ({points(compared.difference.estimate)} points, "
        f"unadjusted 95 % interval {ends}; {compared.won} won, {compared.lost} lost of "
        f"{compared.items}; adjusted p {p_value_text(finding.p_adjusted)})"
    )


def points(share: float) -> str:
    """Return a difference of shares in points with its sign: "+1.2"."""
    written = f"{100 * share:+.1f}"
    return "0.0" if written in ("+0.0", "-0.0") else written.replace("-", "−")


def p_value_text(p_value: float) -> str:
    """Return a p-value with its relation, as in "p = 0.03"; a tiny one as a bound."""
    return "< 0.0001" if p_value < 0.0001 else f"= {p_value:.2g}"


Marks = Mapping[str, Mapping[str, bool]]


def _marks(items: Sequence[ScoredItem]) -> Marks:
    found: dict[str, dict[str, bool]] = {}
    for item in items:
        found.setdefault(item.benchmark, {})[item.id] = bool(item.correct)
    return found


def _compared(first: Marks, second: Marks) -> list[Comparison]:
    """Return the comparison on each benchmark's items that both models have answered."""
    found = []
    for name, of_first in first.items():
        of_second = second.get(name, {})
        if both := [key for key in of_first if key in of_second]:
            found.append(compare([of_first[key] for key in both], [of_second[key] for key in both]))
    return found


def _decision(comparison: Comparison, p_adjusted: float, alpha: float) -> Decision:
    if p_adjusted > alpha:
        return "undecided"
    return "better" if comparison.won > comparison.lost else "worse"
