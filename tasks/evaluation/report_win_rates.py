"""Win rates in the report: how often judges prefer a model's answers, and how they judged."""

from collections.abc import Callable, Sequence

from gleanery.tasks.evaluation.findings import p_value_text, points
from gleanery.tasks.evaluation.judged_records import JudgedDifference, WinRate
from gleanery.tasks.evaluation.report_chart import Bar, bar_chart, tone
from gleanery.tasks.evaluation.report_scores import percent, ranged
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count
from gleanery.tasks.report_tables import table
from gleanery.tasks.report_text import shortened

_MEANING = (
    "Each question is judged in both orders; its worth is the mean of the two, a tie being half a "
    "win. At equal length: what the win rate would be if both answers were as long (for Arena-Hard "
    "also: as much laid out). p is of the test that the two are equals."
)
TESTS = (
    "Beside first: how the model does next to the first one on the questions of both, with the "
    "p-value of swapping the two, and what is left of it where their answers are equally long. "
    "Adjusted p-values (Holm) are for all tests that judges' figures of a model make, of win rates "
    "and of points, over suites and judges; benchmarks are a family of their own. Intervals are "
    "not adjusted: each holds for itself, and may leave out what the adjusted p does not rule out."
)
_JUDGING = (
    "Two minds: one winner in one order and the other in the other. First shown: how often the "
    "judge takes the answer that it reads first, 50 without a bias. Left out: no verdict in one of "
    "the orders; below, the win rate if all of these were lost or won. Characters are means, the "
    "model's and the other's."
)


def win_rates(rates: Sequence[WinRate]) -> Html:
    """Return the win rates as bars and as a table, and folded how the judging went."""
    columns = [
        "suite", "model", "against", "judge", "questions", "wins, %", "at equal length, %", "p",
        "p, Holm", "won", "tied", "lost", "beside first",
    ]  # fmt: skip
    rows = [
        [
            *map(shortened, (one.suite, one.label, one.reference, one.judge)),
            count(one.items),
            ranged(one.rate, percent),
            ranged(one.controlled, percent) if one.controlled else "–",
            p_value_text(one.p_value).removeprefix("= "),
            p_value_text(one.p_adjusted).removeprefix("= "),
            count(one.won),
            count(one.tied),
            count(one.lost),
            beside(one.against, points),
        ]
        for one in rates
    ]
    return tag(
        "div",
        _charts(rates),
        tag("p", f"{_MEANING} {TESTS}", class_="note"),
        table("Win rates with 95 % intervals", columns, rows, numbers=9, class_="scores"),
        _judging(rates),
    )


def beside(against: JudgedDifference | None, write: Callable[[float], str]) -> Child:
    """Return how a model does beside the first one, or nothing for the first one itself."""
    if against is None:
        return ""
    of_all, equal = against.difference, against.controlled
    told = [
        f"{write(of_all.low)} to {write(of_all.high)}",
        f"p {p_value_text(against.p_value)}, adjusted p {p_value_text(against.p_adjusted)}",
    ]
    if equal:
        ends = f"{write(equal.low)} to {write(equal.high)}"
        told.append(f"at equal length {write(equal.estimate)}, {ends}")
    ranges = [tag("span", line, class_="range") for line in told]
    return tag("span", write(of_all.estimate), *ranges)


def _charts(rates: Sequence[WinRate]) -> Html:
    labels = list(dict.fromkeys(one.label for one in rates))
    charts = []
    for suite in dict.fromkeys(one.suite for one in rates):
        of_suite = [one for one in rates if one.suite == suite]
        several = len({(one.judge, one.reference) for one in of_suite}) > 1
        bars = [
            Bar(
                f"{one.label}, {one.judge}" if several else one.label,
                one.rate.estimate,
                one.rate,
                tone(labels.index(one.label)),
            )
            for one in of_suite
        ]
        charts.append(bar_chart(f"{suite}: wins, %", bars))
    return tag("div", *charts, class_="charts")


def _judging(rates: Sequence[WinRate]) -> Html:
    columns = [
        "suite", "model", "judge", "two minds", "first shown, %", "left out", "cut off",
        "characters",
    ]  # fmt: skip
    rows = [
        [
            *map(shortened, (one.suite, one.label, one.judge)),
            count(one.inconsistent),
            percent(one.first_shown),
            ranged_count(one.left_out, one.if_lost, one.if_won, percent),
            f"{one.cut_off:,} · {one.reference_cut_off:,}",
            f"{one.characters:,.0f} · {one.reference_characters:,.0f}",
        ]
        for one in rates
    ]
    shown = table("How the judging went", columns, rows, numbers=5, class_="scores quiet")
    return tag(
        "details",
        tag("summary", "How the judging went"),
        tag("p", _JUDGING, class_="note"),
        shown,
    )


def ranged_count(number: int, low: float, high: float, write: Callable[[float], str]) -> Child:
    """Return how many were left out, with what the figure would be at worst and at best."""
    if not number:
        return "0"
    ends = f"{write(low)} to {write(high)}"
    return tag("span", count(number), tag("span", ends, class_="range"))
