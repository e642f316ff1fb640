"""The funnel as a drawing: each stage's rows as a stream that narrows by what is lost there.

Pipelines run side by side and join where the release takes over. Streams are as wide as their
rows; where the largest is more than `_LINEAR_UP_TO` times the smallest, as their square root, so
that small stages stay visible, and the caption says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from gleanery.tasks.release.report_data import FunnelStage
from gleanery.tasks.release.report_html import Child, Html, tag
from gleanery.tasks.release.report_numbers import count
from gleanery.tasks.release.report_text import shortened

_LINEAR_UP_TO = 40
_WIDEST = 92.0  # of a stream
_LANE = 318.0  # of a lane with its labels
_BODY, _GAP, _HEAD, _JOIN = 58.0, 16.0, 22.0, 46.0
_LABEL = 40  # characters of a line beside a stream


@dataclass(frozen=True, slots=True)
class _Scale:
    largest: int
    linear: bool

    def __call__(self, rows: int) -> float:
        if not rows or not self.largest:
            return 0.0
        part = rows / self.largest
        return max(1.5, _WIDEST * (part if self.linear else part**0.5))


def draw_funnel(stages: Sequence[FunnelStage]) -> Html:
    """Return the diagram as a figure; the table of stages beside it says the same in words."""
    lanes: dict[str, list[FunnelStage]] = {}
    for stage in stages:
        lanes.setdefault(stage.lane, []).append(stage)
    shared = lanes.pop("", [])
    rows = [n for stage in stages for n in (stage.rows_in, stage.rows_out) if n]
    scale = _Scale(max(rows, default=0), not rows or max(rows) <= _LINEAR_UP_TO * min(rows))
    width = _LANE * max(1, len(lanes))
    deepest = max((len(lane) for lane in lanes.values()), default=0)
    joint = (_HEAD + deepest * (_BODY + _GAP)) if lanes else 0.0
    left = _left_of_shared(width, len(lanes))
    parts: list[Child] = []
    for at, (name, lane) in enumerate(lanes.items()):
        x, y = at * _LANE + 4, _HEAD + (deepest - len(lane)) * (_BODY + _GAP)
        parts.append(tag("text", shortened(name, 34), x=x, y=y - 9, class_="lane"))
        parts += _stream(lane, x, y, scale)
    below = joint + (_JOIN if lanes and shared else 0.0)
    if shared:
        parts += _joined(lanes, shared[0], left, joint, scale)
        parts += _stream(shared, left, below, scale)
    height = below + len(shared) * (_BODY + _GAP) + 8
    caption = "Streams are as wide as their rows" + (
        "." if scale.linear else ": in proportion to the square root, so that thin ones are seen."
    )
    drawing = tag(
        "svg",
        tag("title", "Rows from stage to stage"),
        _fading(),
        *parts,
        viewBox=f"0 0 {width:.0f} {height:.0f}",
        role="img",
        class_="funnel wide" if len(lanes) > 1 else "funnel",
    )
    scroll = tag("div", drawing, class_="scroll", tabindex=0, role="region", aria_label="Funnel")
    return tag("figure", scroll, tag("figcaption", caption))


def _left_of_shared(width: float, lanes: int) -> float:
    return 4.0 if lanes <= 1 else max(4.0, width / 2 - _WIDEST)


def _stream(stages: Sequence[FunnelStage], x: float, y: float, scale: _Scale) -> list[Child]:
    """Return the shapes and labels of stages that follow each other downwards."""
    parts: list[Child] = []
    for at, stage in enumerate(stages):
        top = y + at * (_BODY + _GAP)
        parts += _stage(stage, x, top, scale)
    for at, (before, after) in enumerate(pairwise(stages)):
        top = y + at * (_BODY + _GAP) + _BODY
        parts.append(
            _band(x, scale(before.rows_out), x, scale(after.rows_in), top, top + _GAP, "kept")
        )
    return parts


def _stage(stage: FunnelStage, x: float, y: float, scale: _Scale) -> list[Child]:
    lost = sum(stage.rejected.values()) + sum(stage.failed.values())
    wide_in, wide_out = scale(stage.rows_in), scale(stage.rows_out)
    staying = wide_in * max(0.0, 1 - lost / stage.rows_in) if stage.rows_in else 0.0
    if stage.rows_out <= stage.rows_in:
        staying = min(wide_in, wide_out)
    parts: list[Child] = []
    if lost and wide_in > staying:
        ends = x + _WIDEST + 6
        parts.append(
            _band(x + staying, wide_in - staying, ends, (wide_in - staying) / 2, y, y + _BODY * 0.9,
                  "lost")
        )  # fmt: skip
    parts.append(_band(x, staying, x, wide_out, y, y + _BODY, "kept"))
    parts.append(tag("rect", x=x, y=y - 1.5, width=wide_in, height=3, class_="node"))
    parts.append(tag("rect", x=x, y=y + _BODY - 1.5, width=wide_out, height=3, class_="node"))
    return [*parts, *_labels(stage, lost, x + _WIDEST + 20, y)]


def _labels(stage: FunnelStage, lost: int, x: float, y: float) -> list[Child]:
    changed = stage.unit_in != stage.unit_out
    flow = f"{count(stage.rows_in)}{' ' + shortened(stage.unit_in, 12) if changed else ''} → "
    flow += f"{count(stage.rows_out)} {shortened(stage.unit_out, 12)}"
    lines = [("stage", shortened(stage.name, 30)), ("flow", flow)]
    if lost:
        reasons = {**stage.rejected}
        for reason, number in stage.failed.items():
            reasons[reason] = reasons.get(reason, 0) + number
        named, most = max(reasons.items(), key=lambda item: item[1])
        others = f" + {len(reasons) - 1:,} more" if len(reasons) > 1 else ""
        why = f"{shortened(named.replace('_', ' '), 22)} {count(most)}{others}"
        lines += [("loss", f"− {count(lost)}"), ("why", why if others else why.rpartition(" ")[0])]
    return [
        tag("text", shortened(text, _LABEL), x=x, y=y + 9 + 15 * at, class_=kind)
        for at, (kind, text) in enumerate(lines)
    ]


def _joined(
    lanes: Mapping[str, Sequence[FunnelStage]],
    first: FunnelStage,
    left: float,
    y: float,
    scale: _Scale,
) -> list[Child]:
    """Return the bands from the lanes' ends to the first shared stage, each with its share."""
    ends = [lane[-1].rows_out for lane in lanes.values()]
    whole, wide = sum(ends), scale(first.rows_in)
    parts: list[Child] = []
    here = left
    for at, rows in enumerate(ends):
        taken = wide * rows / whole if whole else 0.0
        parts.append(_band(at * _LANE + 4, scale(rows), here, taken, y - _GAP, y + _JOIN, "kept"))
        here += taken
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
    return tag("path", d=d, class_=tone, fill="url(#fading)" if tone == "lost" else None)


def _fading() -> Html:
    return tag(
        "defs",
        tag(
            "linearGradient",
            tag("stop", offset="0", class_="fade-from"),
            tag("stop", offset="1", class_="fade-to"),
            id="fading", x1=0, y1=0, x2=0, y2=1,
        ),
    )  # fmt: skip
