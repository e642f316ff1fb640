"""Judged questions in the report: what was asked and answered, and what judges said to it."""

from collections.abc import Iterable, Sequence

from gleanery.tasks.evaluation.judged_records import JudgedExample, NoFigure
from gleanery.tasks.evaluation.report_texts import one_line, text_box
from gleanery.tasks.report_html import Html, tag
from gleanery.tasks.report_numbers import counted
from gleanery.tasks.report_text import shortened

_LONGEST_REQUEST = 180
_LONGEST_TEXT = 3000
_KINDS = {
    "lost": "lost in both orders",
    "won": "won in both orders",
    "two_minds": "with another winner in each order",
    "fewest_points": "with the fewest points",
    "no_verdict": "whose verdict could not be had",
}


def verdicts_to_read(examples: Sequence[JudgedExample]) -> Html:
    """Return some questions of each kind, folded, by suite, model and judge."""
    groups: dict[tuple[str, str, str, str], list[JudgedExample]] = {}
    for one in examples:
        groups.setdefault((one.suite, one.label, one.judge, one.kind), []).append(one)
    told = (
        "Some of each kind; all are in the store, in parts/pair_verdicts and parts/point_verdicts."
    )
    return tag("div", tag("p", told, class_="note"), *map(_list, groups.values()))


def without_figures(found: Iterable[NoFigure]) -> list[Html]:
    """Return a warning for each judge none of whose verdicts count."""
    return [
        tag(
            "p",
            f"{shortened(one.suite)} of {shortened(one.label)} has no figure by "
            f"{shortened(one.judge)}: none of {counted(one.questions, 'question')} has all its "
            f"verdicts ({_counts(one)}).",
            class_="warning",
        )
        for one in found
    ]


def _counts(none: NoFigure) -> str:
    counts = [f"{count} {name.replace('_', ' ')}" for name, count in none.counts if count]
    return ", ".join(counts) or "none was given"


def _list(examples: Sequence[JudgedExample]) -> Html:
    first = examples[0]
    said = (
        f"{shortened(first.suite)}, {shortened(first.label)}, judged by {shortened(first.judge)}: "
        f"{_KINDS[first.kind]} ({len(examples)} shown)"
    )
    return tag("details", tag("summary", said), *map(_example, examples), class_="list")


def _example(one: JudgedExample) -> Html:
    about = " · ".join(filter(None, (shortened(one.id, 80), shortened(one.category, 60))))
    summary = tag(
        "summary",
        tag("span", one_line(one.request, _LONGEST_REQUEST), dir="auto"),
        tag("span", about, class_="meta"),
    )
    other = [tag("h5", "Set against"), text_box(one.reference_answer, _LONGEST_TEXT)]
    inside = [
        tag("h5", "Request"),
        text_box(one.request, _LONGEST_TEXT),
        tag("h5", shortened(one.label)),
        text_box(one.answer, _LONGEST_TEXT),
        *(other if one.is_pair else []),
    ]
    for said in one.said:
        inside.append(tag("h5", f"{said.about}: ", tag("span", said.verdict, class_="verdict")))
        inside.append(text_box(said.reason, _LONGEST_TEXT))
    return tag("details", summary, tag("div", *inside, class_="inside"), class_="example")
