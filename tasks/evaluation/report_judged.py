"""The judged suites in the report: win rates and points, where a judge was asked."""

from collections.abc import Callable, Sequence

from gleanery.tasks.evaluation.findings import p_value_text, points
from gleanery.tasks.evaluation.judged_records import (
    CategoryMean,
    Judged,
    JudgedDifference,
    PointScore,
    VerdictCounts,
    WinRate,
)
from gleanery.tasks.evaluation.report_chart import Bar, bar_chart, tone
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted
from gleanery.tasks.report_page import Section
from gleanery.tasks.report_tables import table
from gleanery.tasks.report_text import shortened


def judged_chapters(judged: Judged | None) -> list[tuple[str, list[Section]]]:
    """Return the chapter of what judges say, or none where no judge was asked."""
    if judged is None or not (judged.win_rates or judged.points or judged.unanswered):
        return []
    sections: list[Section] = []
    if judged.win_rates:
        sections.append(("win-rates", "Preferred answers", _win_rates(judged.win_rates)))
    if judged.points:
        sections.append(("points", "Points", _points(judged.points)))
    if judged.unanswered:
        said = f"{counted(judged.unanswered, 'answer or verdict', 'answers or verdicts')} missing"
        told = tag("p", f"{said}: the figures are not final. Run again.", class_="warning")
        sections.append(("judged-open", "Still open", told))
    return [("What judges say", sections)]


def _win_rates(rates: Sequence[WinRate]) -> Html:
    columns = [
        "suite", "model", "against", "judge", "questions", "wins, %", "at equal length, %", "p",
        "won", "tied", "lost", "two minds", "first shown, %", "left out", "characters",
        "beside first",
    ]  # fmt: skip
    rows = [
        [
            *map(shortened, (one.suite, one.label, one.reference, one.judge)),
            count(one.items),
            _percent(one.rate.estimate, one.rate.low, one.rate.high),
            _percent(one.controlled.estimate, one.controlled.low, one.controlled.high)
            if one.controlled
            else "–",
            p_value_text(one.p_value).removeprefix("= "),
            count(one.won),
            count(one.tied),
            count(one.lost),
            count(one.inconsistent),
            f"{100 * one.first_shown:.1f}",
            _left_out(one.left_out, f"{100 * one.if_lost:.1f} to {100 * one.if_won:.1f}"),
            f"{one.characters:,.0f} : {one.reference_characters:,.0f}",
            _beside(one.against, points),
        ]
        for one in rates
    ]
    labels = list(dict.fromkeys(one.label for one in rates))
    charts = [
        bar_chart(
            suite,
            [
                Bar(one.label, one.rate.estimate, one.rate, tone(labels.index(one.label)))
                for one in rates
                if one.suite == suite
            ],
        )
        for suite in dict.fromkeys(one.suite for one in rates)
    ]
    told = (
        "Each question is judged in both orders; its worth is the mean of the two, a tie being "
        "half a win. At equal length: what the win rate would be if both answers were as long. Two "
        "minds: one winner in one order and the other in the other. First shown: how often the "
        "judge takes the answer that it reads first; 50 without a bias. Left out: no verdict in "
        "one of the orders, with the win rate if all of them were lost or won."
    )
    return tag(
        "div",
        tag("div", *charts, class_="charts"),
        tag("p", told, class_="note"),
        table("Win rates with 95 % intervals", columns, rows, numbers=12, class_="scores"),
        _categories([(one.suite, one.label, one.categories) for one in rates], 100, "wins, %"),
        _lost_verdicts([(one.suite, one.label, one.counts) for one in rates]),
    )


def _points(scores: Sequence[PointScore]) -> Html:
    columns = [
        "suite", "model", "judge", "questions", "points", "by turn", "left out", "cut off",
        "beside first",
    ]  # fmt: skip
    rows = [
        [
            *map(shortened, (one.suite, one.label, one.judge)),
            count(one.items),
            _with_range(
                f"{one.points.estimate:.2f}", f"{one.points.low:.2f} to {one.points.high:.2f}"
            ),
            " · ".join(f"{turn.mean:.2f}" for turn in one.turns),
            _left_out(one.left_out, f"{one.if_lowest:.2f} to {one.if_highest:.2f}"),
            count(one.cut_off),
            _beside(one.against, lambda value: f"{value:+.2f}".replace("-", "−")),
        ]
        for one in scores
    ]
    told = (
        "Points from 1 to 10; a question's are the mean of its turns, and the interval is over "
        "questions. Left out: without points in some turn, with the mean if each missing one "
        "were 1 or 10."
    )
    return tag(
        "div",
        tag("p", told, class_="note"),
        table("Points with 95 % intervals", columns, rows, numbers=6, class_="scores"),
        _categories([(one.suite, one.label, one.categories) for one in scores], 1, "points"),
        _lost_verdicts([(one.suite, one.label, one.counts) for one in scores]),
    )


def _percent(estimate: float, low: float, high: float) -> Html:
    return _with_range(f"{100 * estimate:.1f}", f"{100 * low:.1f} to {100 * high:.1f}")


def _with_range(value: str, ends: str) -> Html:
    return tag("span", value, tag("span", ends, class_="range"))


def _left_out(number: int, ends: str) -> Child:
    return _with_range(count(number), ends) if number else "0"


def _beside(against: JudgedDifference | None, write: Callable[[float], str]) -> Child:
    if against is None:
        return ""
    interval = against.difference
    ends = f"{write(interval.low)} to {write(interval.high)}, p {p_value_text(against.p_value)}"
    return _with_range(write(interval.estimate), ends)


def _categories(
    of: Sequence[tuple[str, str, Sequence[CategoryMean]]], times: int, what: str
) -> Html:
    """Return for each suite with several categories a table of them, folded."""
    folded = []
    for suite in dict.fromkeys(suite for suite, _, _ in of):
        by_model = {
            label: {one.category: one for one in categories}
            for name, label, categories in of
            if name == suite
        }
        names = sorted({name for found in by_model.values() for name in found})
        if len(names) < 2:
            continue
        rows = [
            [
                shortened(name) or "none",
                count(max(found[name].items for found in by_model.values() if name in found)),
                *[
                    f"{times * found[name].mean:.{1 if times > 1 else 2}f}"
                    if name in found
                    else "–"
                    for found in by_model.values()
                ],
            ]
            for name in names
        ]
        columns = ["category", "questions", *[f"{shortened(one, 40)}, {what}" for one in by_model]]
        caption = f"{shortened(suite)} by category"
        shown = table(caption, columns, rows, numbers=len(columns) - 1, class_="quiet")
        folded.append(tag("details", tag("summary", caption), shown))
    return tag("div", *folded)


def _lost_verdicts(of: Sequence[tuple[str, str, VerdictCounts]]) -> Html:
    """Return how many verdicts there are, and how many came to nothing and why, folded."""
    columns = [
        "suite", "model", "verdicts", "no answer to judge", "unparseable", "cut off", "withheld",
        "refused",
    ]  # fmt: skip
    rows = [
        [
            shortened(suite),
            shortened(label),
            *map(
                count,
                (
                    counts.verdicts,
                    counts.no_answer,
                    counts.unparseable,
                    counts.truncated,
                    counts.content_filter,
                    counts.refused_request,
                ),
            ),
        ]
        for suite, label, counts in of
    ]
    shown = table("Verdicts, and what came to nothing", columns, rows, numbers=6, class_="quiet")
    return tag("details", tag("summary", "Verdicts that came to nothing"), shown)
