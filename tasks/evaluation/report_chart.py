"""The accuracies as bars: a small chart per benchmark, our models above the published ones."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from gleanery.tasks.evaluation.published import published_name, published_on
from gleanery.tasks.evaluation.report_data import EvaluationFigures
from gleanery.tasks.evaluation.statistics_accuracy import Interval
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_text import shortened

_NAMES, _PLOT, _VALUES = 144, 142, 34  # widths in SVG units
_WIDTH = _NAMES + _PLOT + _VALUES
_ROW, _BAR, _TOP, _BELOW = 18, 11, 4, 18
_LONGEST_NAME = 20
_TICKS = (0, 25, 50, 75, 100)
TONES = ("first", "second", "third", "fourth")
"""The colours of our models, in their order; those beyond have the last one's."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: its share from 0 to 1, and between what bounds it lies, if that is known."""

    name: str
    value: float
    interval: Interval | None
    tone: str


def tone(place: int) -> str:
    """Return the colour of a model by its place among the models."""
    return TONES[min(place, len(TONES) - 1)]


def accuracy_charts(figures: EvaluationFigures) -> Html:
    """Return a chart per benchmark: our accuracies with 95 % bars, then the published ones."""
    drawn = []
    for benchmark in figures.benchmarks:
        bars = [
            Bar(
                one.label,
                one.interval.estimate,
                one.interval,
                tone(figures.labels.index(one.label)),
            )
            for one in figures.measured
            if one.score.benchmark == benchmark
        ]
        bars += [
            Bar(published_name(model), model.figures[benchmark] / 100, None, "published")
            for model in published_on(benchmark)
        ]
        drawn.append(bar_chart(benchmark, bars))
    return tag("div", _legend(figures.labels), tag("div", *drawn, class_="charts"))


def bar_chart(title: str, bars: Sequence[Bar]) -> Html:
    """Return shares from 0 to 100 % as horizontal bars, each with its number."""
    height = _ROW * len(bars)
    parts: list[Child] = []
    for tick in _TICKS:
        x = _NAMES + _PLOT * tick / 100
        line = {"class_": "axis" if tick == 0 else "grid"}
        parts.append(tag("line", x1=x, x2=x, y1=_TOP, y2=_TOP + height, **line))
        parts.append(
            tag("text", str(tick), x=x, y=_TOP + height + 12, text_anchor="middle", class_="tick")
        )
    for place, bar in enumerate(bars):
        parts += _drawn(bar, _TOP + place * _ROW)
    said = ", ".join(f"{bar.name} {100 * bar.value:.1f} %" for bar in bars)
    drawing = tag(
        "svg",
        *parts,
        viewBox=f"0 0 {_WIDTH} {_TOP + height + _BELOW}",
        role="img",
        aria_label=f"{title}: {said}",
    )
    return tag("figure", tag("h4", shortened(title)), drawing, class_="chart")


def _drawn(bar: Bar, top: float) -> list[Child]:
    """Return a row of a chart: name, bar, the line of its interval, number."""
    base, above = top + _ROW - 6, top + (_ROW - _BAR) / 2
    parts: list[Child] = [
        tag(
            "text",
            shortened(bar.name, _LONGEST_NAME),
            x=_NAMES - 6, y=base, text_anchor="end", class_="name",
        ),
        tag("rect", x=_NAMES, y=above, width=_PLOT * bar.value, height=_BAR, class_=bar.tone),
        tag(
            "text",
            f"{100 * bar.value:.1f}",
            x=_WIDTH - 2, y=base, text_anchor="end", class_="value",
        ),
    ]  # fmt: skip
    if bar.interval:
        low, high = (_NAMES + _PLOT * end for end in (bar.interval.low, bar.interval.high))
        middle = above + _BAR / 2
        parts.append(tag("line", x1=low, x2=high, y1=middle, y2=middle, class_="error"))
        parts += [
            tag("line", x1=end, x2=end, y1=middle - 3, y2=middle + 3, class_="error")
            for end in (low, high)
        ]
    return parts


def _legend(labels: Iterable[str]) -> Html:
    keys: list[Child] = []
    for place, label in enumerate(labels):
        keys += [tag("span", class_=f"key {tone(place)}"), f" {shortened(label, 40)} "]
    keys += [tag("span", class_="key published"), " published, with other prompts "]
    return tag("p", *keys, "· percent of items right, lines are 95 % intervals", class_="legend")
