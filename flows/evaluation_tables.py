"""An evaluation in words and tables, for the UI and the command line."""

from gleanery.tasks.evaluation.findings import (
    Finding,
    in_words,
    p_value_text,
    points,
    refused_in_words,
)
from gleanery.tasks.evaluation.published import PUBLISHED, published_name, sources_of
from gleanery.tasks.evaluation.report_data import EvaluationFigures


def findings_in_words(figures: EvaluationFigures, config_file: str = "FILE") -> list[str]:
    """Return the mean of each model and a sentence per benchmark: what came out, in words.

    Prompts that nobody took come first: they count as wrong, and say nothing of a model.
    """
    lines = refused_in_words(figures.measured, config_file)
    for one in figures.overall:
        mean = f"{100 * one.mean.estimate:.1f} %"
        ends = f"95 % {100 * one.mean.low:.1f} to {100 * one.mean.high:.1f}"
        line = f"{one.label}: {mean} right, the mean of {one.benchmarks} benchmarks ({ends})"
        if difference := one.difference:
            line += (
                f"; {points(difference.estimate)} points beside {figures.labels[0]} (95 % "
                f"{points(difference.low)} to {points(difference.high)})"
            )
        lines.append(line)
    return lines + _told(figures)


def _told(figures: EvaluationFigures) -> list[str]:
    """Return a sentence for each difference that is shown, and one for all others of a model."""
    shown = [one for one in figures.findings if one.decision != "undecided"]
    open_ones: dict[str, list[Finding]] = {}
    for one in figures.findings:
        if one.decision == "undecided":
            open_ones.setdefault(one.label, []).append(one)
    lines = [in_words(one, figures.labels[0]) for one in shown]
    for label, findings in open_ones.items():
        if len(findings) == 1:
            lines.append(in_words(findings[0], figures.labels[0]))
        else:
            names = ", ".join(one.benchmark for one in findings)
            lines.append(f"{names}: no difference of {label} to {figures.labels[0]} is shown")
    return lines


def evaluation_rows(figures: EvaluationFigures) -> list[dict[str, str | int]]:
    """Return one row per benchmark and model."""
    found = {(one.benchmark, one.label): one for one in figures.findings}
    return [
        {
            "benchmark": one.score.benchmark,
            "model": one.label,
            "items": one.score.items,
            "accuracy": f"{one.interval.estimate:.1%}",
            "95 %": f"{100 * one.interval.low:.1f} to {100 * one.interval.high:.1f}",
            "unparseable": one.score.unparseable,
            "cut off": one.score.truncated,
            "refused": one.score.refused or "",  # no column where there are none
            **_beside_first(found.get((one.score.benchmark, one.label))),
        }
        for one in figures.measured
    ]


def _beside_first(finding: Finding | None) -> dict[str, str | int]:
    names = ("points", "won, lost", "p", "p, Holm", "finding")
    if finding is None:
        return dict.fromkeys(names, "")
    compared = finding.comparison
    values = (
        points(compared.difference.estimate),
        f"{compared.won}, {compared.lost}",
        p_value_text(compared.p_value).removeprefix("= "),
        p_value_text(finding.p_adjusted).removeprefix("= "),
        finding.decision,
    )
    return dict(zip(names, values, strict=True))


def published_table(figures: EvaluationFigures) -> str:
    """Return our accuracies in percent beside those that the papers report, as Markdown."""
    names = figures.benchmarks
    ours: dict[str, dict[str, float]] = {}
    for one in figures.measured:
        ours.setdefault(one.label, {})[one.score.benchmark] = 100 * one.interval.estimate
    rows = [*ours.items(), *((published_name(one), one.figures) for one in PUBLISHED)]
    lines = [
        "# Beside published figures",
        "",
        "Percent of items right. Prompts and items differ: a bearing, no yardstick.",
        "",
        f"| model | {' | '.join(names)} |",
        f"|{'---|' * (len(names) + 1)}",
        *[
            f"| {name} | {' | '.join(f'{of[b]:.1f}' if b in of else '' for b in names)} |"
            for name, of in rows
        ],
        "",
        *[
            f"[{number}] [{one.name}]({one.link})" + "\n"
            for number, one in enumerate(sources_of(), 1)
        ],
    ]
    return "\n".join(lines)
