"""The report of an evaluation: one HTML file, from the headline down to single answers."""

from collections.abc import Sequence

from gleanery.tasks.evaluation.findings import in_words, points
from gleanery.tasks.evaluation.item_lists import ItemList
from gleanery.tasks.evaluation.item_outcomes import ReportedItem
from gleanery.tasks.evaluation.report_chart import accuracy_charts
from gleanery.tasks.evaluation.report_data import EvaluationFigures
from gleanery.tasks.evaluation.report_items import ItemsInPage
from gleanery.tasks.evaluation.report_judged import judged_chapters
from gleanery.tasks.evaluation.report_scores import (
    percent,
    published_figures,
    score_table,
    subject_tables,
)
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted
from gleanery.tasks.report_page import Section, chapter, own_file, page_header, render_page
from gleanery.tasks.report_tables import table
from gleanery.tasks.report_text import shortened

ITEMS_FILE = "items.parquet"
_MEANINGS = {
    "label": "the model, as this report calls it",
    "outcome": "won, lost, both_right or both_wrong beside the first model; right or wrong for the "
    "first model itself, and where that has no answer",
    "benchmark": "the benchmark",
    "id": "the item",
    "subject": "its subject, if it has one",
    "prompt": "the whole prompt, as it was sent",
    "as_chat": "whether it was told in a turn of a talk",
    "answer": "the whole answer",
    "finish_reason": "how the answer ended: stop, length (cut off), refused",
    "completion_tokens": "its length",
    "expected": "the right answer",
    "extracted": "what was read from the answer, empty if nothing",
    "correct": "1 or 0",
    "unparseable": "whether nothing could be read",
    "truncated": "whether it was cut off",
    "detail": "why, where that is not plain",
    "model": "what the server calls the model",
    "request_key": "the key of the request in the journal",
}


def render_report(
    figures: EvaluationFigures,
    lists: Sequence[ItemList],
    prompts: SharedPrompts,
    date: str,
    longest_text: int,
) -> str:
    """Return the report as one HTML document, to be written as UTF-8; see `render_page`.

    `lists` are the items that stand in it, `longest_text` how much of each text; `date` is as it
    is to be read.
    """
    name = shortened(figures.facts.name)
    items = ItemsInPage(prompts, figures.labels[0], longest_text).lists(lists)
    chapters: list[tuple[str, list[Section]]] = [
        (
            "How good they are",
            [
                ("accuracy", "Beside each other", accuracy_charts(figures)),
                ("scores", "By benchmark", _scores(figures, lists)),
                ("subjects", "By subject", subject_tables(figures)),
                ("published", "Beside published figures", published_figures(figures)),
            ],
        ),
        *judged_chapters(figures.judged),
        (
            "Read the answers",
            [
                ("items", "Items", tag("div", _items_told(lists), items)),
                ("file", "All items", _file()),
            ],
        ),
        ("What was measured", [("setup", "Models and benchmarks", _setup(figures))]),
    ]
    return render_page(
        f"{name}: evaluation",
        title=f"{name}: evaluation report",
        header=_header(figures, name, date),
        contents=[(anchor, title) for _, sections in chapters for anchor, title, _ in sections],
        chapters=[chapter(heading, sections) for heading, sections in chapters],
        script=own_file(__package__, "report.js"),
        style=own_file(__package__, "report.css"),
    )


def _header(figures: EvaluationFigures, name: str, date: str) -> Html:
    shown: list[tuple[str, str, str]] = []
    for one in figures.overall:
        ends = f"95 %: {percent(one.mean.low)} to {percent(one.mean.high)}"
        shown.append((f"{shortened(one.label, 40)}, mean of {counted(one.benchmarks, 'benchmark')}",
                      f"{percent(one.mean.estimate)} %", ends))  # fmt: skip
        if one.difference:
            ends = f"95 %: {points(one.difference.low)} to {points(one.difference.high)}"
            shown.append((f"{shortened(one.label, 40)} less {shortened(figures.labels[0], 40)}",
                          f"{points(one.difference.estimate)}", f"points · {ends}"))  # fmt: skip
            shown.append(_decisions(figures, one.label))
    return page_header(
        "Evaluation report", name, shortened(date), shown,
        _who(figures), _open(figures), _findings(figures),
    )  # fmt: skip


def _decisions(figures: EvaluationFigures, label: str) -> tuple[str, str, str]:
    made = [one.decision for one in figures.findings if one.label == label]
    better, worse = made.count("better"), made.count("worse")
    return (
        "better, worse, undecided",
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
    asked = counted(sum(one.score.items for one in figures.measured), "answer")
    where = counted(len(figures.benchmarks), "benchmark")
    return tag("p", f"{'; '.join(models)}. {asked} on {where}, seed {figures.facts.seed}.",
               class_="lead")  # fmt: skip


def _open(figures: EvaluationFigures) -> Html | None:
    if not figures.unanswered:
        return None
    said = f"{counted(figures.unanswered, 'item')} without an answer yet"
    return tag(
        "p", f"{said}: the figures are not final. Run the evaluation again.", class_="warning"
    )


def _findings(figures: EvaluationFigures) -> Html | None:
    if not figures.findings:
        return None
    base = figures.labels[0]
    sentences = [tag("li", in_words(one, base)) for one in figures.findings]
    return tag("ul", *sentences, class_="findings")


def _scores(figures: EvaluationFigures, lists: Sequence[ItemList]) -> Html:
    told: list[Child] = [
        "Shares have Wilson's interval. An answer that cannot be read is wrong; one that was cut "
        "off or whose prompt the server refuses is scored as it is. "
    ]
    if figures.findings:
        told.append(
            f"Differences are to {shortened(figures.labels[0], 40)}, in points, on the items that "
            "both have answered, with Newcombe's interval for pairs. Won are the items that only "
            "this model has right, lost those that only the other has. p is that of McNemar's "
            "exact two-sided test; Holm's adjusts it for the number of benchmarks, and by that a "
            f"model is called better or worse, at {figures.alpha:g}."
        )
    return tag("div", tag("p", *told, class_="note"), score_table(figures, lists))


def _items_told(lists: Sequence[ItemList]) -> Html:
    shown = sum(len(one.shown) for one in lists)
    return tag(
        "p",
        f"At most {counted(shown, 'item')} of these lists stand here, to keep the page small; ",
        tag("a", "all are in the file", href="#file"),
        ". An item may be in two lists. ✓ is right, ✗ wrong, behind it what was read from the "
        "answer.",
    )


def _file() -> Html:
    rows = [(name, _MEANINGS[name]) for name in ReportedItem.model_fields]
    told = tag(
        "p",
        "Every prompt and every answer of every model is a row of ",
        tag("a", ITEMS_FILE, href=f"./{ITEMS_FILE}"),
        " beside this page. In Python:",
    )
    code = (
        f'import pandas\n\nitems = pandas.read_parquet("{ITEMS_FILE}")\n'
        'won = items[items.outcome == "won"]\nprint(won.iloc[0].prompt, won.iloc[0].answer)'
    )
    columns = table(f"Columns of {ITEMS_FILE}", ("column", "what it holds"), rows, class_="quiet")
    return tag("div", told, tag("pre", code, class_="code", tabindex=0), columns)


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
        "div",
        table("Models", ("model", "which", "revision", "asked"), models),
        table("Benchmarks: every model gets the same prompts",
              ("benchmark", "items from", "solved examples", "tokens at most"), benchmarks,
              numbers=2),
        tag("p", f"Seed {facts.seed} draws the solved examples and orders options that have no "
            "order; answers are greedy.", class_="note"),
    )  # fmt: skip
