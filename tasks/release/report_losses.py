"""Where the rows went: the funnel in numbers, and every reason for which a row is out."""

from collections import Counter
from collections.abc import Sequence

from gleanery.tasks.release.report_data import FunnelStage, ReportData
from gleanery.tasks.release.report_funnel import draw_funnel
from gleanery.tasks.release.report_html import Child, Html, tag
from gleanery.tasks.release.report_numbers import count, counted
from gleanery.tasks.release.report_tables import bars, nothing, table
from gleanery.tasks.release.report_text import shortened

ALL = "all pipelines"


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
    lane = [shortened(stage.lane) or ALL] if with_lane else []
    return [
        shortened(stage.name),
        *lane,
        f"{count(stage.rows_in)} {shortened(stage.unit_in, 20)}",
        f"{count(stage.rows_out)} {shortened(stage.unit_out, 20)}",
        count(sum(stage.rejected.values())),
        count(sum(stage.failed.values())),
    ]


def reasons(data: ReportData) -> Html:
    """Return the rejected rows by stage and reason, and apart from them the rows still open."""
    rejected = _by_reason(data.funnel, "rejected")
    failed = _by_reason(data.funnel, "failed")
    parts: list[Child] = []
    if rejected:
        caption = f"{count(sum(rejected.values()))} rows rejected, by stage and reason"
        parts.append(bars(caption, rejected, what="stage and reason", tone="lost"))
    else:
        parts.append(nothing("No row was rejected."))
    if failed:
        caption = f"{count(sum(failed.values()))} rows still open, by stage and reason"
        parts.append(bars(caption, failed, what="stage and reason", tone="lost"))
        parts.append(tag("p", "Open rows are tried again by the next run.", class_="note"))
    return tag("div", *parts)


def open_rows(data: ReportData) -> Html | None:
    """Return the notice that rows are still open; `None` where none is."""
    rows = sum(sum(stage.failed.values()) for stage in data.funnel)
    if not rows:
        return None
    verb = "is" if rows == 1 else "are"
    said = f"{counted(rows, 'row')} {verb} still open and so not in this release ("
    why = tag("a", "for these reasons", href="#reasons")
    return tag("p", said, why, "). The next run tries again.", class_="warning")


def _by_reason(stages: Sequence[FunnelStage], field: str) -> dict[str, int]:
    counts: Counter[str] = Counter()
    for stage in stages:
        lane = f"{stage.lane} · " if stage.lane else ""
        for reason, rows in getattr(stage, field).items():
            counts[f"{lane}{stage.name}: {reason.replace('_', ' ')}"] += rows
    return dict(counts)
