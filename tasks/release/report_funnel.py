"""The funnel as a drawing: each stage's rows as a stream that narrows by what is lost there.

Pipelines run side by side and join where the release takes over; on a narrow screen they stand
below each other. Each stream has its own scale, or a web crawl would leave nothing to be seen of
the rest. One whose largest number is more than `_LINEAR_UP_TO` times its smallest is drawn as wide
as the square root of its rows, and says so.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from gleanery.tasks.release.report_data import FunnelStage
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count
from gleanery.tasks.report_text import reason_words, shortened

_LINEAR_UP_TO = 15
_LANE, _LANE_WIDEST = 336.0, 84.0  # a lane with its labels, and the widest stream in it
_RELEASE_WIDEST = 150.0
_STAGE, _HEAD, _JOIN, _FOOT = 72.0, 24.0, 56.0, 10.0
_FALL = 9.0  # how far what is lost moves aside
_LINE = 36  # characters of a line beside a stream


@dataclass(frozen=True, slots=True)
class _Stream:
    """Stages that follow each other, and how wide their rows are drawn."""

    name: str
    stages: Sequence[FunnelStage]
    widest: float

    @property
    def height(self) -> float:
        return len(self.stages) * _STAGE

    def wide(self, rows: int) -> float:
        """Return the width of so many rows; what is there is never too thin to be seen."""
        if not rows:
            return 0.0
        part = rows / max(self._rows)
        return max(1.5, self.widest * (part if self.linear else part**0.5))

    @property
    def linear(self) -> bool:
        return not self._rows or max(self._rows) <= _LINEAR_UP_TO * min(self._rows)

    @property
    def title(self) -> str:
        return shortened(self.name, _LINE - 16) + ("" if self.linear else " (square roots)")

    @property
    def _rows(self) -> list[int]:
        return [rows for one in self.stages for rows in (one.rows_in, one.rows_out) if rows]


def draw_funnel(stages: Sequence[FunnelStage]) -> Html:
    """Return the diagram as a figure; the table of stages beside it says the same in words."""
    named: dict[str, list[FunnelStage]] = {}
    for stage in stages:
        named.setdefault(stage.lane, []).append(stage)
    release = _Stream("release", named.pop("", []), _RELEASE_WIDEST)
    lanes = [_Stream(name, lane, _LANE_WIDEST) for name, lane in named.items()]
    streams = [*lanes, *([release] if release.stages else [])]
    if len(streams) == 1:
        drawings = [_alone(streams[0], "funnel")]
    else:
        drawings = [_together(lanes, release)]
        drawings += [_alone(stream, "funnel narrow") for stream in streams]
    scroll = tag("div", *drawings, class_="scroll", tabindex=0, role="region", aria_label="Funnel")
    return tag("figure", scroll, tag("figcaption", _caption(streams)))


def _caption(streams: Sequence[_Stream]) -> str:
    said = "Streams are as wide as their rows"
    if len(streams) > 1:
        said += ", each to its own scale"
    if not all(stream.linear for stream in streams):
        said += "; square roots of them where it says so, or thin streams would vanish"
    return f"{said}. What falls away was rejected or is open."


def _alone(stream: _Stream, class_: str) -> Html:
    parts = [_title(stream, 4, _HEAD), *_stream(stream, 4, _HEAD)]
    width = stream.widest + _LANE - _LANE_WIDEST
    return _drawing(parts, width, _HEAD + stream.height + _FOOT, class_, stream.name)


def _together(lanes: Sequence[_Stream], release: _Stream) -> Html:
    width = _LANE * max(2, len(lanes))
    deepest = max(lane.height for lane in lanes)
    left = width / 2 - _RELEASE_WIDEST if len(lanes) > 1 else 4.0
    joint = _HEAD + deepest
    below = joint + _JOIN
    parts: list[Child] = []
    ends: list[tuple[float, float, int]] = []
    for at, lane in enumerate(lanes):
        x, y = at * _LANE + 4, _HEAD + deepest - lane.height
        parts += [_title(lane, x, y), *_stream(lane, x, y)]
        last = lane.stages[-1].rows_out
        ends.append((x, lane.wide(last), last))
    height = joint + _FOOT
    if release.stages:
        parts += _joined(ends, left, release.wide(release.stages[0].rows_in), joint)
        parts += _stream(release, left, below)
        height = below + release.height + _FOOT
    return _drawing(parts, width, height, "funnel wide", "all pipelines")


def _drawing(parts: Sequence[Child], width: float, height: float, class_: str, name: str) -> Html:
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        role="img",
        aria_label=f"Rows from stage to stage, {shortened(name)}; the table below has the numbers",
        class_=class_,
    )


def _title(stream: _Stream, x: float, y: float) -> Html:
    return tag("text", stream.title, x=x, y=y - 10, class_="lane")


def _stream(stream: _Stream, x: float, y: float) -> list[Child]:
    """Return the shapes and labels of stages that follow each other downwards."""
    parts: list[Child] = []
    for at, stage in enumerate(stream.stages):
        parts += _stage(stage, x, y + at * _STAGE, stream)
    parts.append(_node(x, stream.wide(stream.stages[-1].rows_out), y + stream.height))
    return parts


def _stage(stage: FunnelStage, x: float, y: float, stream: _Stream) -> list[Child]:
    lost = sum(stage.rejected.values()) + sum(stage.failed.values())
    taken_off = lost if stage.unit_lost in ("", stage.unit_in) else 0
    wide_in, wide_out = stream.wide(stage.rows_in), stream.wide(stage.rows_out)
    staying = wide_in
    if stage.rows_out <= stage.rows_in:
        staying = wide_out
    elif taken_off:  # pages lost, though more pairs come out than pages went in
        staying = stream.wide(max(0, stage.rows_in - taken_off))
    parts: list[Child] = [_band(x, staying, x, wide_out, y, y + _STAGE, "kept")]
    if taken_off and wide_in > staying:
        gone = wide_in - staying
        ends = x + staying + _FALL + gone / 4
        parts.append(_band(x + staying, gone, ends, gone / 2, y, y + 46, "lost"))
    parts.append(_node(x, wide_in, y))
    return [*parts, *_labels(stage, lost, x + stream.widest + 2 * _FALL + 4, y)]


def _node(x: float, wide: float, y: float) -> Html:
    return tag("rect", x=x, y=y - 1.5, width=wide, height=3, class_="node")


def _labels(stage: FunnelStage, lost: int, x: float, y: float) -> list[Child]:
    changed = stage.unit_in != stage.unit_out
    flow = f"{count(stage.rows_in)}{' ' + shortened(stage.unit_in, 12) if changed else ''} → "
    flow += f"{count(stage.rows_out)} {shortened(stage.unit_out, 12)}"
    lines = [("stage", shortened(stage.name, 30)), ("flow", flow)]
    if lost:
        reasons = Counter(stage.rejected) + Counter(stage.failed)
        named, most = reasons.most_common(1)[0]
        name = shortened(reason_words(named), 24)
        others = f", {len(reasons) - 1:,} more" if len(reasons) > 1 else ""
        of = f" {shortened(stage.unit_lost, 12)}" if stage.unit_lost else ""
        lines.append(("loss", f"− {count(lost)}{of}"))
        lines.append(("why", f"{name} {count(most)}{others}" if others else name))
    return [
        tag("text", shortened(text, _LINE), x=x, y=y + 13 + 15 * at, class_=kind)
        for at, (kind, text) in enumerate(lines)
    ]


def _joined(
    ends: Sequence[tuple[float, float, int]], left: float, wide: float, y: float
) -> list[Child]:
    """Return the bands from the lanes' ends (x, width, rows) to the first shared stage."""
    whole = sum(rows for _, _, rows in ends)
    parts: list[Child] = []
    for x, from_wide, rows in ends:
        to_wide = wide * rows / whole if whole else 0.0
        parts.append(_band(x, from_wide, left, to_wide, y, y + _JOIN, "kept"))
        left += to_wide
    return parts


def _band(
    x1: float, wide1: float, x2: float, wide2: float, y1: float, y2: float, tone: str
) -> Html | None:
    """Return a band from one width to another that leaves and arrives straight down."""
    if not wide1 and not wide2:
        return None
    bend = (y2 - y1) / 2
    d = (
        f"M{x1:.1f},{y1:.1f}C{x1:.1f},{y1 + bend:.1f} {x2:.1f},{y2 - bend:.1f} {x2:.1f},{y2:.1f}"
        f"H{x2 + wide2:.1f}C{x2 + wide2:.1f},{y2 - bend:.1f} {x1 + wide1:.1f},{y1 + bend:.1f} "
        f"{x1 + wide1:.1f},{y1:.1f}Z"
    )
    return tag("path", d=d, class_=tone)
