"""Histograms as inline SVG: all candidates, those that were released, and the threshold."""

from collections.abc import Sequence

from gleanery.tasks.release.report_data import Histogram
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted, decimal
from gleanery.tasks.report_tables import nothing, table
from gleanery.tasks.report_text import shortened

_WIDTH, _HEIGHT = 320, 120  # of the plot, in SVG units
_LEFT, _TOP, _BELOW = 8, 14, 20


def chart(histogram: Histogram) -> Html:
    """Return a distribution as a figure: drawn, summed up in words, and as a table to unfold."""
    name = shortened(histogram.title)
    heading = tag("h4", name, tag("span", shortened(histogram.of), class_="of"))
    values = sum(histogram.counts) + histogram.above
    if not values:
        return tag("figure", heading, nothing("No row has this value."), class_="chart")
    return tag(
        "figure",
        heading,
        _drawn(histogram, name),
        tag("figcaption", _in_words(histogram, values)),
        _unfolded(histogram, name),
        class_="chart",
    )


def one_valued(histograms: Sequence[Histogram]) -> Html:
    """Return a line for each distribution that is one value: a single bar shows no more."""
    lines = [
        tag(
            "li",
            f"{shortened(one.title)} ({shortened(one.of)}): {decimal(one.only)} · ",
            *_in_words(one, sum(one.counts) + one.above, with_means=False),
        )
        for one in histograms
    ]
    return tag("ul", *lines, class_="note")


def _in_words(histogram: Histogram, values: int, with_means: bool = True) -> list[Child]:
    said = [counted(values, "value")]
    if with_means:
        said += [f"mean {decimal(histogram.mean)}", f"median {decimal(histogram.median)}"]
    if histogram.kept:
        said.append(f"{count(sum(histogram.kept))} released")
    if histogram.threshold is not None:
        side = "at most" if histogram.at_most else "at least"
        said.append(f"{side} {decimal(histogram.threshold)} passes")
    if histogram.above:
        said.append(f"{count(histogram.above)} above {decimal(histogram.edges[-1])}, not drawn")
    return [" · ".join(said)]


def _drawn(histogram: Histogram, name: str) -> Html:
    low, high = histogram.edges[0], histogram.edges[-1]
    tallest = max(histogram.counts)

    def x(value: float) -> float:
        return _LEFT + _WIDTH * (value - low) / (high - low) if high > low else float(_LEFT)

    def column(at: int, number: int, tone: str) -> Html:
        left, right = x(histogram.edges[at]), x(histogram.edges[at + 1])
        tall = max(1.0, _HEIGHT * number / tallest) if number and tallest else 0.0
        return tag(
            "rect", x=left + 0.5, y=_TOP + _HEIGHT - tall, width=max(0.5, right - left - 1),
            height=tall, class_=tone,
        )  # fmt: skip

    parts: list[Child] = [
        tag("text", f"{tallest:,}", x=_LEFT, y=_TOP - 4, class_="tick"),
        tag("line", x1=_LEFT, x2=_LEFT + _WIDTH, y1=_TOP, y2=_TOP, class_="grid"),
    ]
    tone = "all" if histogram.kept else "kept"
    parts += [column(at, number, tone) for at, number in enumerate(histogram.counts)]
    parts += [column(at, number, "kept") for at, number in enumerate(histogram.kept)]
    floor = _TOP + _HEIGHT
    parts.append(tag("line", x1=_LEFT, x2=_LEFT + _WIDTH, y1=floor, y2=floor, class_="axis"))
    for value, anchor in ((low, "start"), ((low + high) / 2, "middle"), (high, "end")):
        parts.append(
            tag("text", decimal(value), x=x(value), y=floor + 14, text_anchor=anchor, class_="tick")
        )
    if histogram.threshold is not None and low <= histogram.threshold <= high:
        at = x(histogram.threshold)
        parts.append(tag("line", x1=at, x2=at, y1=_TOP - 2, y2=floor, class_="threshold"))
    return tag(
        "svg",
        *parts,
        viewBox=f"0 0 {_WIDTH + 2 * _LEFT} {_TOP + _HEIGHT + _BELOW}",
        role="img",
        aria_label=f"Histogram of {name}; its counts are in the table below",
    )


def _unfolded(histogram: Histogram, name: str) -> Html:
    columns = ["from", "to", "candidates", *(["released"] if histogram.kept else [])]
    rows = [
        [
            decimal(histogram.edges[at]),
            decimal(histogram.edges[at + 1]),
            count(number),
            *([count(histogram.kept[at])] if histogram.kept else []),
        ]
        for at, number in enumerate(histogram.counts)
    ]
    counts = table(f"Counts of {name}", columns, rows, numbers=len(columns) - 1, class_="quiet")
    return tag("details", tag("summary", "Counts"), counts)
