"""Drawing coverage: how many examples each cell of a grid has, and how many plans it lost."""

import functools
import io
import textwrap
from collections.abc import Sequence
from typing import Any

import numpy as np

from gleanery.tasks.coverage import Grid

_WIDTH = 8.4  # inches; at 120 dots each about a thousand pixels, as wide as the UI shows
_DPI = 120
_LABEL = 36  # characters of a row's label
_COLUMN_LABEL = 27  # of a line of a column's label
_MOST_NUMBERED = 24  # columns; numbers in more of them would not fit
_MOST_WITH_LOST = 12  # columns, where a cell has two numbers
_COLOURS = ("#e6f0f7", "#5b9bc9")  # both light enough for numbers in black and in red
_COLOURS_ALONE = ("#dbe9f4", "#08306b")  # where there are no numbers
_NONE = "#f8ddd2"  # a cell without examples must not look like one with few
_LOST = "#9c1c13"


def draw_heat_map(grids: Sequence[Grid]) -> bytes:
    """Return a PNG of grids that have the same rows, side by side.

    A label that the font cannot write is replaced by its number in the grid, from 1. Raises
    `ValueError` for grids without cells, or whose rows differ.
    """
    if not grids or not all(grid.rows and grid.columns for grid in grids):
        raise ValueError("a heat map needs grids with rows and columns")
    if any(grid.rows != grids[0].rows for grid in grids):
        raise ValueError("the grids of a heat map need the same rows")
    from matplotlib.figure import Figure  # heavy, and only the end of a run draws

    rows = len(grids[0].rows)
    row_height = 0.25 if rows <= 30 else 0.2 if rows <= 45 else 0.155
    figure = Figure(figsize=(_WIDTH, 2.2 + row_height * rows), dpi=_DPI, layout="constrained")
    widths = [max(len(grid.columns), 2) for grid in grids]
    numbered, with_lost = sum(widths) <= _MOST_NUMBERED, sum(widths) <= _MOST_WITH_LOST
    panels = figure.subplots(1, len(grids), width_ratios=widths, squeeze=False)[0]
    for number, (grid, axes) in enumerate(zip(grids, panels, strict=True)):
        cells = _draw_cells(grid, axes, numbered)
        if numbered:
            _write_numbers(grid, axes, with_lost)
        else:
            _draw_scale(figure, grid, axes, cells)
        _write_labels(grid, axes, number == 0)
    figure.supxlabel(_legend(grids, with_lost), fontsize=8, parse_math=False)
    return _png(figure)


def _png(figure: Any) -> bytes:
    """Return the figure in 128 colours: a third of the size, for a database keeps it."""
    from PIL import Image  # matplotlib, too, writes with it

    drawn, picture = io.BytesIO(), io.BytesIO()
    figure.savefig(drawn, format="png", metadata={"Software": None})
    few = Image.open(drawn).convert("RGB").quantize(128, dither=Image.Dither.NONE)
    few.save(picture, format="png", optimize=True)
    return picture.getvalue()


def _draw_cells(grid: Grid, axes: Any, numbered: bool) -> Any:
    from matplotlib.colors import LinearSegmentedColormap, ListedColormap

    colours = _COLOURS if numbered else _COLOURS_ALONE
    scale = LinearSegmentedColormap.from_list("examples", colours)
    made = np.array(grid.made)
    counted = np.tri(len(made), k=-1, dtype=np.bool_) if grid.symmetric else made >= 0
    look = {"edgecolors": "white", "linewidth": 0.7}
    none = np.ma.masked_where((made > 0) | ~counted, made)
    axes.pcolormesh(none, cmap=ListedColormap([_NONE]), **look)
    some = np.ma.masked_where((made == 0) | ~counted, made)
    return axes.pcolormesh(some, cmap=scale, vmin=0, vmax=max(made.max(), 1), **look)


def _write_numbers(grid: Grid, axes: Any, with_lost: bool) -> None:
    size = 7 if len(grid.rows) <= 45 else 6
    for y, row in enumerate(grid.made):
        for x, count in enumerate(row[:y] if grid.symmetric else row):
            lost = grid.lost[y][x] if with_lost and grid.lost else 0
            at, side = (x + 0.44, "right") if lost else (x + 0.5, "center")
            axes.text(at, y + 0.53, _brief(count), ha=side, va="center", fontsize=size)
            if lost:
                small = {"va": "center", "fontsize": size - 1, "color": _LOST}
                axes.text(x + 0.5, y + 0.53, f"−{_brief(lost)}", **small)


def _brief(count: int) -> str:
    """Return a count in four signs: 950, 1.2k, 34k, 1.2M."""
    for unit, size in (("M", 1_000_000), ("k", 1000)):
        if count >= size:
            decimals = 1 if count < 9.95 * size else 0
            return f"{count / size:.{decimals}f}{unit}"
    return str(count)


def _draw_scale(figure: Any, grid: Grid, axes: Any, cells: Any) -> None:
    from matplotlib.ticker import MaxNLocator

    whole = MaxNLocator(integer=True)
    if grid.symmetric:  # there is room above the diagonal
        place = axes.inset_axes((0.72, 0.6, 0.025, 0.34))
        bar = figure.colorbar(cells, cax=place, ticks=whole)
    else:
        bar = figure.colorbar(cells, ax=axes, shrink=0.4, aspect=30, ticks=whole)
    bar.outline.set_visible(False)
    bar.ax.tick_params(labelsize=8)
    bar.set_label("examples", fontsize=9)


def _write_labels(grid: Grid, axes: Any, first: bool) -> None:
    rows = [_shown(row, number, _LABEL, 1) for number, row in enumerate(grid.rows, start=1)]
    lines = 2 if len(grid.columns) <= _MOST_NUMBERED else 1
    columns = [
        _shown(column.replace("_", " "), number, _COLUMN_LABEL, lines)
        for number, column in enumerate(grid.columns, start=1)
    ]
    axes.set_yticks(np.arange(len(rows)) + 0.5, rows if first else [""] * len(rows))
    axes.set_xticks(np.arange(len(columns)) + 0.5, columns)
    axes.set(ylim=(len(rows), 1 if grid.symmetric else 0))
    axes.set(xlim=(0, len(columns) - (1 if grid.symmetric and len(columns) > 1 else 0)))
    axes.tick_params(axis="y", labelsize=8 if len(rows) <= 45 else 6.5, length=0)
    crowded = len(columns) > _MOST_NUMBERED
    axes.tick_params(axis="x", labelsize=6 if crowded else 7.5, length=0, labelrotation=90)
    if not grid.symmetric:
        axes.xaxis.tick_top()
    for label in [*axes.get_xticklabels(), *axes.get_yticklabels()]:
        label.set_parse_math(False)  # a "$" in a name is no formula
    title = grid.title if grid.symmetric else grid.of_columns
    axes.set_title(title, fontsize=9, fontweight="bold")
    axes.spines[:].set_visible(False)


def can_be_drawn(label: str) -> bool:
    """Return whether the font has all signs of a label; otherwise its number stands for it."""
    return all(ord(sign) in _signs() for sign in " ".join(label.split()))


def _shown(label: str, number: int, width: int, lines: int) -> str:
    """Return a label in so many lines at most, or its number where the font lacks a sign."""
    if not can_be_drawn(label):
        return f"no. {number}"
    text = " ".join(label.split())
    return textwrap.fill(text, width, max_lines=lines, placeholder="…")


@functools.cache
def _signs() -> frozenset[int]:
    """Return the code points that the font has."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return frozenset(get_font(findfont(FontProperties())).get_charmap())


def _legend(grids: Sequence[Grid], with_lost: bool) -> str:
    lost = with_lost and any(count for grid in grids for row in grid.lost for count in row)
    parts = [
        f"numbers of examples by {grids[0].of_rows}",
        "−n: plans that came to no example" if lost else "",
        "reddish: no example",
        "blank: the same pairs the other way round" if grids[0].symmetric else "",
        grids[0].note,
    ]
    return "; ".join(part for part in parts if part)
