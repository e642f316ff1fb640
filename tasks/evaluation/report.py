"""The report of an evaluation: one HTML file, from the headline down to single answers."""

from collections.abc import Sequence

from gleanery.tasks.evaluation.item_lists import ItemList
from gleanery.tasks.evaluation.item_outcomes import ReportedItem
from gleanery.tasks.evaluation.report_chart import accuracy_charts
from gleanery.tasks.evaluation.report_data import EvaluationFigures
from gleanery.tasks.evaluation.report_head import report_header
from gleanery.tasks.evaluation.report_items import ItemsInPage
from gleanery.tasks.evaluation.report_judged import judged_chapters
from gleanery.tasks.evaluation.report_published import published_accuracies
from gleanery.tasks.evaluation.report_scores import instruction_table, score_table, subject_tables
from gleanery.tasks.evaluation.shared_prompts import SharedPrompts
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import counted
from gleanery.tasks.report_page import Section, chapter, own_file, render_page
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
    "followed": "IFEval: of each instruction, whether it is followed",
    "followed_loosely": "IFEval: the same with the answer's first and last lines left out",
    "model": "what the server calls the model",
    "request_key": "the key of the request in the journal",
}


Chapter = tuple[str, list[Section]]


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
    chapters = judged_chapters(figures.judged)
    if figures.facts.benchmarks:  # else judges alone were asked
        items = ItemsInPage(prompts, figures.labels[0], longest_text).lists(lists)
        chapters = [_accuracies(figures, lists), *chapters, _answers(lists, items)]
    return render_page(
        f"{name}: evaluation",
        title=f"{name}: evaluation report",
        header=report_header(figures, name, date),
        contents=[(anchor, title) for _, sections in chapters for anchor, title, _ in sections],
        chapters=[chapter(heading, sections) for heading, sections in chapters],
        script=own_file(__package__, "report.js"),
        style=own_file(__package__, "report.css"),
    )


def _accuracies(figures: EvaluationFigures, lists: Sequence[ItemList]) -> Chapter:
    return (
        "How good they are",
        [
            ("accuracy", "Beside each other", accuracy_charts(figures)),
            ("scores", "By benchmark", _scores(figures, lists)),
            ("subjects", "By subject", subject_tables(figures)),
            ("published", "Beside published figures", published_accuracies(figures)),
        ],
    )


def _answers(lists: Sequence[ItemList], items: Html) -> Chapter:
    return (
        "Read the answers",
        [("items", "Items", tag("div", _items_told(lists), items)), ("file", "All items", _file())],
    )


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
            f"model is called better or worse, at {figures.alpha:g}. The intervals are not "
            "adjusted: each holds for itself, and may leave out 0 where the finding is undecided."
        )
    return tag(
        "div",
        tag("p", *told, class_="note"),
        score_table(figures, lists),
        instruction_table(figures),
    )


def _items_told(lists: Sequence[ItemList]) -> Html:
    shown = sum(len(one.shown) for one in lists)
    return tag(
        "p",
        f"{counted(shown, 'item')} stand here, drawn from the longer lists; ",
        tag("a", "all are in a file", href="#file"),
        ". An item may be in two lists. ✓ is right, ✗ wrong, with what was read from the answer.",
    )


def _file() -> Html:
    rows = [(name, _MEANINGS.get(name, "")) for name in ReportedItem.model_fields]
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
    caption = f"Columns of {ITEMS_FILE}"
    columns = table(caption, ("column", "what it holds"), rows, class_="quiet")
    folded = tag("details", tag("summary", caption), columns)
    return tag("div", told, tag("pre", code, class_="code", tabindex=0), folded)
