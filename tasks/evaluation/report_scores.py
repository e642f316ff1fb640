"""The tables of the report: what each model came to by benchmark, by subject, and in papers."""

from collections.abc import Callable, Mapping, Sequence

from gleanery.tasks.evaluation.findings import Finding, p_value_text, points
from gleanery.tasks.evaluation.item_lists import ItemList, ListKind
from gleanery.tasks.evaluation.report_data import EvaluationFigures
from gleanery.tasks.evaluation.side_by_side import Measured
from gleanery.tasks.evaluation.statistics_accuracy import Interval
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count
from gleanery.tasks.report_tables import nothing, table
from gleanery.tasks.report_text import shortened

_OWN = ("items", "right, %", "unparseable", "cut off", "refused", "unanswered")
_COMPARED = ("difference", "won", "lost", "p", "p, Holm", "finding")


def percent(share: float) -> str:
    """Return a share in percent with one decimal, as all accuracies are written."""
    return f"{100 * share:.1f}"


def score_table(figures: EvaluationFigures, lists: Sequence[ItemList]) -> Html:
    """Return a row per benchmark and model; counts of items lead to the lists of them."""
    if not figures.measured:
        return nothing("No item has an answer yet: run the evaluation again.")
    found = {(one.benchmark, one.label): one for one in figures.findings}
    anchors = {(one.benchmark, one.label, one.kind): one.anchor for one in lists}
    rows: list[Sequence[Child]] = []
    for before, one in zip([None, *figures.measured], figures.measured, strict=False):
        same = before is not None and before.score.benchmark == one.score.benchmark
        name = tag("span", one.score.benchmark, class_="again") if same else one.score.benchmark
        cells = [name, shortened(one.label, 40), *_own(one, figures, anchors)]
        if figures.findings:
            cells += _compared(one, found.get((one.score.benchmark, one.label)), anchors)
        rows.append(cells)
    columns = ["benchmark", "model", *_OWN, *(_COMPARED if figures.findings else ())]
    caption = "Items right by benchmark and model; below each share its 95 % interval"
    return table(caption, columns, rows, numbers=len(columns) - 2, class_="scores")


Anchors = Mapping[tuple[str, str, ListKind], str]


def _own(one: Measured, figures: EvaluationFigures, anchors: Anchors) -> list[Child]:
    score = one.score
    unanswered = figures.facts.unanswered.get(one.label, {}).get(score.benchmark, 0)
    return [
        count(score.items),
        ranged(one.interval, percent),
        _linked(score.unparseable, anchors.get((score.benchmark, one.label, "unparseable"))),
        count(score.truncated),
        count(score.refused),
        count(unanswered),
    ]


def _compared(one: Measured, finding: Finding | None, anchors: Anchors) -> list[Child]:
    if finding is None:
        return [""] * len(_COMPARED)
    compared, of = finding.comparison, (finding.benchmark, finding.label)
    return [
        ranged(compared.difference, points),
        _linked(compared.won, anchors.get((*of, "won"))),
        _linked(compared.lost, anchors.get((*of, "lost"))),
        p_value_text(compared.p_value).removeprefix("= "),
        p_value_text(finding.p_adjusted).removeprefix("= "),
        tag("span", finding.decision, class_=f"decision {finding.decision}"),
    ]


def _linked(number: int, anchor: str | None) -> Child:
    return tag("a", count(number), href=f"#{anchor}") if anchor else count(number)


def ranged(interval: Interval, write: Callable[[float], str]) -> Html:
    """Return an estimate with its interval below it, both written by `write`."""
    ends = f"{write(interval.low)} to {write(interval.high)}"
    return tag("span", write(interval.estimate), tag("span", ends, class_="range"))


def instruction_table(figures: EvaluationFigures) -> Html | None:
    """Return how many single instructions were followed, where items have any (IFEval)."""
    rows = [
        [
            shortened(one.label, 40),
            count(of.instructions),
            percent(of.followed / of.instructions),
            percent(of.followed_loosely / of.instructions),
            percent(one.interval.estimate),
            percent(of.items_loosely / one.score.items),
        ]
        for one in figures.measured
        if (of := one.score.instructions)
    ]
    if not rows:
        return None
    columns = (
        "model", "instructions", "followed, %", "loosely, %", "whole items, %", "loosely, %",
    )  # fmt: skip
    caption = "Single instructions followed; loosely: a first or last line may be in the way"
    return table(caption, columns, rows, numbers=5)


def subject_tables(figures: EvaluationFigures) -> Html:
    """Return for each benchmark that has subjects a table of them, folded."""
    folded = []
    for benchmark in figures.benchmarks:
        of_model = {
            one.label: {subject.subject: subject for subject in one.score.subjects}
            for one in figures.measured
            if one.score.benchmark == benchmark
        }
        subjects = sorted({name for scores in of_model.values() for name in scores})
        if len(subjects) < 2:
            continue
        columns = ["subject", "items", *[f"{shortened(label, 40)}, %" for label in of_model]]
        rows = [
            [
                shortened(subject) or "none",
                count(
                    max(scores[subject].items for scores in of_model.values() if subject in scores)
                ),
                *[
                    percent(scores[subject].correct / scores[subject].items)
                    if subject in scores
                    else "–"
                    for scores in of_model.values()
                ],
            ]
            for subject in subjects
        ]
        caption = f"{benchmark} by subject"
        shown = table(caption, columns, rows, numbers=len(columns) - 1, class_="quiet")
        folded.append(tag("details", tag("summary", f"{caption}: {len(subjects)} subjects"), shown))
    return tag("div", *folded) if folded else nothing("No benchmark has several subjects.")
