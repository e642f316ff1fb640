"""The scaling curve of a sweep: held-out loss, and accuracy where there is any, over examples."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from gleanery.flows.sweep_results import Point
from gleanery.tasks.evaluation.statistics_seeds import Estimate

_MARKS = "os^Dv<>pXP"


def draw_scaling_curve(points: Sequence[Point]) -> bytes:
    """Return the curves as a PNG: one per variant, with 95 % intervals as bars."""
    from matplotlib.figure import Figure

    panels: list[tuple[str, Callable[[Point], Estimate | None]]] = [
        ("held-out loss (bits per byte)", lambda point: point.bits)
    ]
    if any(point.mean for point in points):
        panels.append(("mean accuracy", lambda point: point.mean))
    figure = Figure(figsize=(7.5, 0.8 + 3.4 * len(panels)), dpi=120, layout="constrained")
    plots = figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0]
    for axes, (title, value) in zip(plots, panels, strict=True):
        _draw(axes, points, value)
        axes.set_ylabel(title)
    plots[-1].set_xlabel(_examples_title(points))
    handles, labels = plots[0].get_legend_handles_labels()
    columns = max(1, min(len(labels), 90 // (6 + max(len(label) for label in labels))))
    figure.legend(handles, labels, loc="outside lower center", ncols=columns, frameon=False)
    image = io.BytesIO()
    figure.savefig(image, format="png", metadata={"Software": None})
    return image.getvalue()


def examples_of(points: Sequence[Point]) -> Callable[[Point], int]:
    """Return what a point is drawn over: its rows, or where models part of the way are among them
    how many examples they had seen.
    """
    if _part_of_the_way(points):
        return lambda point: point.seen
    return lambda point: point.rows


def _examples_title(points: Sequence[Point]) -> str:
    if _part_of_the_way(points):
        return "examples seen, repeated ones counted (a part of the way: the rate is still high)"
    return "examples learnt from"


def _part_of_the_way(points: Sequence[Point]) -> bool:
    return any(point.after for point in points)


def _draw(axes: Any, points: Sequence[Point], value: Callable[[Point], Estimate | None]) -> None:
    from matplotlib.ticker import FuncFormatter, NullFormatter

    place = examples_of(points)
    places = sorted({place(point) for point in points})
    series = list(dict.fromkeys(point.series for point in points))
    for number, name in enumerate(series):
        on_it = sorted((point for point in points if point.series == name), key=place)
        drawn = [(place(point), found) for point in on_it if (found := value(point))]
        # Side by side where they would lie on each other; on a log scale a factor is a distance.
        aside = 1.012 ** (number - (len(series) - 1) / 2)
        axes.errorbar(
            [x * aside for x, _ in drawn],
            [estimate.value for _, estimate in drawn],
            yerr=[
                [estimate.value - estimate.low for _, estimate in drawn],
                [estimate.high - estimate.value for _, estimate in drawn],
            ],
            fmt=f"-{_MARKS[number % len(_MARKS)]}",
            ms=5,
            lw=1.5,
            capsize=3,
            label=name,
        )
    axes.set_xscale("log")
    axes.set_xticks(places if len(places) <= 12 else places[:: len(places) // 6])
    axes.xaxis.set_major_formatter(FuncFormatter(lambda x, _: f"{x:,.0f}"))
    axes.xaxis.set_minor_formatter(NullFormatter())
    axes.grid(alpha=0.3)
