"""The judged suites in the report: win rates and points, where a judge was asked."""

from collections.abc import Callable, Sequence

from gleanery.tasks.evaluation.judged_records import Judged, PointScore, WinRate
from gleanery.tasks.evaluation.report_published import published_judged
from gleanery.tasks.evaluation.report_scores import percent, ranged
from gleanery.tasks.evaluation.report_verdicts import verdicts_to_read, without_figures
from gleanery.tasks.evaluation.report_win_rates import TESTS, beside, ranged_count, win_rates
from gleanery.tasks.report_html import Html, tag
from gleanery.tasks.report_numbers import count, counted
from gleanery.tasks.report_page import Section
from gleanery.tasks.report_tables import table
from gleanery.tasks.report_text import shortened

_POINTS = (
    "Points from 1 to 10; a question's are the mean of its turns, and the interval is over "
    "questions. Left out: without points in some turn; below, the mean if each missing one were 1 "
    "or 10."
)


def judged_chapters(judged: Judged | None) -> list[tuple[str, list[Section]]]:
    """Return the chapter of what judges say, or none where no judge was asked."""
    if judged is None:
        return []
    sections: list[Section] = []
    if rates := judged.win_rates:
        shown = (win_rates(rates), _by_category(rates, percent, "wins, %"), _verdicts(rates))
        sections.append(("win-rates", "Preferred answers", tag("div", *shown)))
    if scores := judged.points:
        shown = (_points(scores), _by_category(scores, _two, "points"), _verdicts(scores))
        sections.append(("points", "Points", tag("div", *shown)))
    if beside_papers := published_judged(judged):
        sections.append(("published-judged", "Judged figures of papers", beside_papers))
    if judged.examples:
        read = verdicts_to_read(judged.examples)
        sections.append(("verdicts", "Read the verdicts", read))
    if unread := without_figures(judged.without_figures):
        sections.append(("no-figures", "Without figures", tag("div", *unread)))
    if judged.unanswered:
        said = f"{counted(judged.unanswered, 'answer or verdict', 'answers or verdicts')} missing"
        told = tag("p", f"{said}: the figures are not final. Run again.", class_="warning")
        sections.append(("judged-open", "Still open", told))
    return [("What judges say", sections)] if sections else []


def _points(scores: Sequence[PointScore]) -> Html:
    columns = [
        "suite", "model", "judge", "questions", "points", "by turn", "left out", "cut off",
        "beside first",
    ]  # fmt: skip
    rows = [
        [
            *map(shortened, (one.suite, one.label, one.judge)),
            count(one.items),
            ranged(one.points, _two),
            " · ".join(_two(turn.mean) for turn in one.turns),
            ranged_count(one.left_out, one.if_lowest, one.if_highest, _two),
            count(one.cut_off),
            beside(one.against, lambda value: f"{value:+.2f}".replace("-", "−")),
        ]
        for one in scores
    ]
    shown = table("Points with 95 % intervals", columns, rows, numbers=6, class_="scores")
    return tag("div", tag("p", f"{_POINTS} {TESTS}", class_="note"), shown)


def _two(points: float) -> str:
    return f"{points:.2f}"


def _by_category(
    judged: Sequence[WinRate] | Sequence[PointScore], write: Callable[[float], str], what: str
) -> Html:
    """Return for each suite with several categories a table of them, folded."""
    folded = []
    for suite, judge in dict.fromkeys((one.suite, one.judge) for one in judged):
        by_model = {
            one.label: {category.category: category for category in one.categories}
            for one in judged
            if (one.suite, one.judge) == (suite, judge)
        }
        names = sorted({name for found in by_model.values() for name in found})
        if len(names) < 2:
            continue
        rows = [
            [
                shortened(name) or "none",
                count(max(found[name].items for found in by_model.values() if name in found)),
                *[write(of[name].mean) if name in of else "–" for of in by_model.values()],
            ]
            for name in names
        ]
        columns = ["category", "questions", *[f"{shortened(one, 40)}, {what}" for one in by_model]]
        caption = f"{shortened(suite)} by category, {what}, judged by {shortened(judge)}"
        shown = table(caption, columns, rows, numbers=len(columns) - 1, class_="quiet")
        folded.append(tag("details", tag("summary", caption), shown))
    return tag("div", *folded)


def _verdicts(judged: Sequence[WinRate] | Sequence[PointScore]) -> Html:
    """Return how many verdicts there are, and how many came to nothing and why, folded."""
    columns = [
        "suite", "model", "judge", "verdicts", "no answer to judge", "unparseable", "cut off",
        "declined", "withheld", "refused",
    ]  # fmt: skip
    rows = []
    for one in judged:
        counts = one.counts
        numbers = (
            counts.verdicts, counts.no_answer, counts.unparseable, counts.truncated,
            counts.declined, counts.content_filter, counts.refused_request,
        )  # fmt: skip
        names = map(shortened, (one.suite, one.label, one.judge))
        rows.append([*names, *map(count, numbers)])
    shown = table("Verdicts, and what came to nothing", columns, rows, numbers=7, class_="quiet")
    return tag("details", tag("summary", "Verdicts that came to nothing"), shown)
