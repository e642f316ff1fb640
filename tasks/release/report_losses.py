"""Where the rows went: the funnel in numbers, and every reason for which a row is out."""

from collections import Counter
from collections.abc import Sequence

from gleanery.tasks.release.report_data import FunnelStage, ReportData
from gleanery.tasks.release.report_funnel import draw_funnel
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted
from gleanery.tasks.report_tables import bars, nothing, table
from gleanery.tasks.report_text import reason_words, shortened

RELEASE = "release"


def funnel(data: ReportData) -> Html:
    """Return the diagram of all stages, then the same as a table."""
    if not data.funnel:
        return nothing("No stage was recorded.")
    with_lanes = any(stage.lane for stage in data.funnel)
    rows = [_row(stage, with_lanes) for stage in data.funnel]
    columns = ["stage", *(["pipeline"] if with_lanes else []), "rows in", "rows out"]
    columns += ["rejected", "open"]
    numbers = table("Rows by stage", columns, rows, numbers=4, class_="quiet")
    return tag(
        "div",
        draw_funnel(data.funnel),
        tag("details", tag("summary", "The same as a table"), numbers),
    )


def _row(stage: FunnelStage, with_lane: bool) -> Sequence[Child]:
    lane = [shortened(stage.lane) or RELEASE] if with_lane else []
    return [
        shortened(stage.name),
        *lane,
        f"{count(stage.rows_in)} {shortened(stage.unit_in, 20)}",
        f"{count(stage.rows_out)} {shortened(stage.unit_out, 20)}",
        count(sum(stage.rejected.values())),
        count(sum(stage.failed.values())),
    ]


def reasons(data: ReportData) -> Html:
    """Return the rejected rows by stage and reason, and apart from them the rows still open.

    Each pipeline stands by itself: what a crawl rejects would make all other bars vanish.
    """
    rejected = [_by_lane(data.funnel, lane, "rejected") for lane in _lanes(data)]
    failed = [_by_lane(data.funnel, lane, "failed") for lane in _lanes(data)]
    parts: list[Child] = [tag("div", *rejected, class_="pair")]
    if not any(rejected):
        parts = [nothing("No row was rejected.")]
    if any(failed):
        parts += [tag("h4", "Still open"), tag("div", *failed, class_="pair")]
        parts.append(tag("p", "Open rows are tried again by the next run.", class_="note"))
    return tag("div", *parts)


def _lanes(data: ReportData) -> list[str]:
    return list(dict.fromkeys(stage.lane for stage in data.funnel))


def _by_lane(stages: Sequence[FunnelStage], lane: str, field: str) -> Html | None:
    counts: Counter[str] = Counter()
    for stage in stages:
        if stage.lane == lane:
            for reason, rows in getattr(stage, field).items():
                counts[f"{stage.name}: {reason_words(reason)}"] += rows
    if not sum(counts.values()):
        return None
    name = shortened(lane) or RELEASE
    verb = "rejected" if field == "rejected" else "open"
    caption = f"{name}: {counted(sum(counts.values()), 'row')} {verb}"
    return tag("section", bars(caption, counts.items(), what="stage and reason", tone="lost"))


def unasked(data: ReportData) -> Html | None:
    """Return the notice that curation could not ask about some rows; `None` where it could."""
    stages = data.curation.unasked
    if not stages:
        return None
    named = ", ".join(
        f"{counted(rows, 'row')} by {shortened(stage, 60)}" for stage, rows in stages.items()
    )
    said = f"Not asked: {named}. They may be in this release without that verdict. The next run "
    return tag("p", said, "asks again.", class_="warning")


def open_rows(data: ReportData) -> Html | None:
    """Return the notice that rows are still open; `None` where none is."""
    rows = sum(sum(stage.failed.values()) for stage in data.funnel)
    if not rows:
        return None
    verb = "is" if rows == 1 else "are"
    said = f"{counted(rows, 'row')} {verb} still open and so not in this release ("
    why = tag("a", "for these reasons", href="#reasons")
    return tag("p", said, why, "). The next run tries again.", class_="warning")
