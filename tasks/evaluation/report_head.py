"""The head of an evaluation's report: who was measured on what, and what came out."""

from gleanery.tasks.evaluation.findings import in_words, points, refused_in_words
from gleanery.tasks.evaluation.report_data import EvaluationFigures
from gleanery.tasks.evaluation.report_scores import percent
from gleanery.tasks.report_html import Html, tag
from gleanery.tasks.report_numbers import count, counted
from gleanery.tasks.report_page import page_header
from gleanery.tasks.report_tables import table
from gleanery.tasks.report_text import shortened


def report_header(figures: EvaluationFigures, name: str, date: str) -> Html:
    """Return the head of the report: what came out, and of whom."""
    differences: list[tuple[str, str, str]] = []  # what most readers came for stands first
    means: list[tuple[str, str, str]] = []
    for one in figures.overall:
        label = shortened(one.label, 40)
        ends = f"95 %: {percent(one.mean.low)} to {percent(one.mean.high)}"
        of = f"{label}, mean of {counted(one.benchmarks, 'benchmark')}"
        means.append((of, f"{percent(one.mean.estimate)} %", ends))
        if one.difference:
            ends = f"95 %: {points(one.difference.low)} to {points(one.difference.high)}"
            of = f"{label} less {shortened(figures.labels[0], 40)}"
            differences.append((of, points(one.difference.estimate), f"points · {ends}"))
    compared = dict.fromkeys(one.label for one in figures.findings)
    decided = [_decisions(figures, label) for label in compared]
    return page_header(
        "Evaluation report", name, shortened(date), [*differences, *means, *decided],
        _who(figures), _setup(figures), _open(figures), _refused(figures),
        _findings(figures),
    )  # fmt: skip


def _decisions(figures: EvaluationFigures, label: str) -> tuple[str, str, str]:
    made = [one.decision for one in figures.findings if one.label == label]
    better, worse = made.count("better"), made.count("worse")
    return (
        f"{shortened(label, 40)} better, worse, undecided",
        f"{better} · {worse} · {len(made) - better - worse}",
        f"benchmarks, at {figures.alpha:g} over all of them (Holm)",
    )


def _who(figures: EvaluationFigures) -> Html:
    """Return in a sentence who was measured on what."""
    models = [
        f"{shortened(one.label, 40)} is {shortened(one.model)}"
        + (f" at {shortened(one.revision, 20)}" if one.revision else "")
        for one in figures.facts.models
    ]
    said = f"{'; '.join(models)}."
    if figures.facts.benchmarks:
        asked = counted(sum(one.score.items for one in figures.measured), "answer")
        where = counted(len(figures.benchmarks), "benchmark")
        said += f" {asked} on {where}, seed {figures.facts.seed}."
    return tag("p", said, class_="lead")


def _open(figures: EvaluationFigures) -> Html | None:
    if not figures.unanswered:
        return None
    said = f"{counted(figures.unanswered, 'item')} without an answer yet"
    return tag(
        "p", f"{said}: the figures are not final. Run the evaluation again.", class_="warning"
    )


def _refused(figures: EvaluationFigures) -> Html | None:
    said = refused_in_words(figures.measured)
    if not said:
        return None
    return tag("div", *[tag("p", shortened(line, 800)) for line in said], class_="warning")


def _findings(figures: EvaluationFigures) -> Html | None:
    if not figures.findings:
        return None
    base = figures.labels[0]
    sentences = [
        tag("li", in_words(one, base).replace("p = ", "p\u00a0=\u00a0")) for one in figures.findings
    ]
    return tag("ul", *sentences, class_="findings")


def _setup(figures: EvaluationFigures) -> Html:
    facts = figures.facts
    models = [
        [
            shortened(one.label, 40),
            shortened(one.model, 200),
            shortened(one.revision, 80) or "not stated",
            "in a turn of a talk" if one.as_chat else "to go on with a text",
        ]
        for one in facts.models
    ]
    benchmarks = [
        [one.name, shortened(one.source, 200), count(one.shots), count(one.max_tokens)]
        for one in facts.benchmarks
    ]
    return tag(
        "details",
        tag("summary", "Models and benchmarks in full"),
        table("Models", ("model", "which", "revision", "asked"), models, class_="setup"),
        table("Benchmarks: every model gets the same prompts",
              ("benchmark", "items from", "solved examples", "tokens at most"), benchmarks,
              numbers=2, class_="setup"),
        tag("p", f"Seed {facts.seed} draws the solved examples and orders options that have no "
            "order; answers are greedy.", class_="note"),
    )  # fmt: skip
