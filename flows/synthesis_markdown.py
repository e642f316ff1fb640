"""A synthesis report in words and tables: Markdown, with pictures where the caller puts them."""

import re
from collections.abc import Callable, Mapping, Sequence
from textwrap import shorten

from gleanery.tasks.coverage import Coverage, Grid
from gleanery.tasks.coverage_heat_map import can_be_drawn
from gleanery.tasks.diversity import Diversity, GroupDiversity
from gleanery.tasks.diversity_cosines import TFIDF
from gleanery.tasks.diversity_words import Mean

_COLUMN = 40  # characters of a column's heading

Picture = Callable[[str], str]  # from a picture's name to what links it

_MEANINGS = """\
- **openings**: share of the first four words that are different.
- **distinct 1, 2, 3**: share of the words, pairs and runs of three that are different (± between \
subsamples).
- **compression**: how many times shorter compression makes the words; more is less diverse.
- **distance**: mean cosine distance of two texts; **nearest**: of a text to the one most like it.
- **effective**: how many texts are effectively different (Vendi score), of those compared."""


def diversity_markdown(
    sides: Mapping[str, Sequence[GroupDiversity]], examples: Mapping[str, int], note: str = ""
) -> str:
    """Return the comparison of strategies, one table for each side of their `examples`."""
    if not examples:
        return "# Diversity\n\nNo example came out of this run."
    tables = [_side(name, groups, examples) for name, groups in sides.items()]
    return "\n\n".join(filter(None, ["# Diversity", note, *tables, _MEANINGS]))


def _side(name: str, groups: Sequence[GroupDiversity], examples: Mapping[str, int]) -> str:
    header = ["strategy", "examples", "openings", "distinct 1", "distinct 2", "distinct 3"]
    header += ["compression", "distance", "nearest", "effective"]
    rows = [
        [f"`{group.group}`", f"{examples[group.group]:,}", *_numbers(group)] for group in groups
    ]
    found = [group.diversity for group in groups if group.diversity]
    return "\n\n".join([f"## {name}", _measured(found), table(header, rows), *_openings(groups)])


def _measured(found: Sequence[Diversity]) -> str:
    first = found[0] if found else None
    if not first or not first.runs or not first.spread:
        return "No strategy has examples enough to be measured."
    by = "words (TF-IDF)" if first.spread.vectors == TFIDF else f"`{first.spread.vectors}`"
    return (
        f"Of each strategy {first.texts:,} texts, {first.runs.words:,} words in a subsample, "
        f"{first.spread.compared:,} texts compared two by two, by {by}."
    )


def _numbers(group: GroupDiversity) -> list[str]:
    found = group.diversity
    if not found or not found.openings or not found.runs or not found.spread:
        return ["too few", *["–"] * 7]
    runs, spread = found.runs, found.spread
    return [
        f"{found.openings.distinct:.3f}",
        *map(_mean, (runs.distinct_1, runs.distinct_2, runs.distinct_3, runs.compression)),
        f"{spread.distance:.3f}",
        f"{spread.nearest:.3f}",
        f"{spread.vendi:,.0f} of {spread.compared:,}",
    ]


def _mean(mean: Mean) -> str:
    return f"{mean.value:.3f} ± {mean.deviation:.3f}"


def _openings(groups: Sequence[GroupDiversity]) -> list[str]:
    """Return a line of the openings that come more than once, for each strategy."""
    lines = []
    for group in groups:
        found = group.diversity
        common = found.openings.common if found and found.openings else []
        shown = ", ".join(f"“{plain(opening.words)}” {opening.texts:,}×" for opening in common)
        if shown:
            lines.append(f"Most common openings of `{group.group}`: {shown}")
    return lines


def coverage_markdown(
    coverage: Coverage, pictures: Mapping[str, Sequence[Grid]], link: Picture
) -> str:
    """Return what is covered: shares, evenness, and each picture with its numbers below."""
    blocks = ["# Coverage", _how_many_read(coverage), _reached(coverage), _evenness(coverage)]
    for name, grids in pictures.items():
        blocks.append(f"![{name}]({link(name)})")
        blocks += _numbered(grids)
        blocks += [_grid(grid) for grid in grids if not grid.symmetric]
        blocks += [_pairs(grid) for grid in grids if grid.symmetric]
    return "\n\n".join(block for block in blocks if block)


def _numbered(grids: Sequence[Grid]) -> list[str]:
    """Return what the numbers in a picture mean that stand for names it has no signs for."""
    sides = [(grids[0].of_rows, grids[0].rows)]
    sides += [(grid.of_columns, grid.columns) for grid in grids if not grid.symmetric]
    lines = []
    for of, names in sides:
        numbered = [
            f"no. {number} is {plain(name)}"
            for number, name in enumerate(names, start=1)
            if not can_be_drawn(name.replace("_", " "))
        ]
        if numbered:
            lead = f"In the picture, a number stands for each {of} that its font cannot write:"
            lines.append(f"{lead} {'; '.join(numbered)}.")
    return lines


def _how_many_read(coverage: Coverage) -> str:
    if coverage.read >= coverage.examples:
        return f"Counted over all {coverage.read:,} examples."
    return (
        f"Counted over {coverage.read:,} of {coverage.examples:,} examples: the same share of the "
        "parts of each discipline or epoch. Shares of what is reached are at least these."
    )


def _reached(coverage: Coverage) -> str:
    rows = [
        [
            row.what,
            f"{row.reached:,}",
            f"{row.possible:,}",
            f"{row.reached / row.possible:.1%}" if row.possible else "–",
        ]
        for row in coverage.reached
    ]
    missing = [
        f"\nWithout an example among the {row.what}: {', '.join(map(plain, row.missing))}"
        + (", …" if row.possible - row.reached > len(row.missing) else "")
        for row in coverage.reached
        if row.missing
    ]
    return "\n".join([table(["what", "with an example", "of", "share"], rows), *missing])


def _evenness(coverage: Coverage) -> str:
    header = ["examples over", "things", "fewest", "most", "mean", "variation"]
    rows = [
        [
            row.over,
            f"{row.things:,}",
            f"{row.fewest:,}",
            f"{row.most:,}",
            f"{row.mean:,.1f}",
            f"{row.variation:.2f}",
        ]
        for row in coverage.evenness
    ]
    meaning = "Variation is the standard deviation in shares of the mean: 0 is perfectly even."
    return f"{table(header, rows)}\n\n{meaning}" if rows else ""


def _grid(grid: Grid) -> str:
    """Return the numbers of a grid; the lost plans of a cell stand after a minus."""
    rows = []
    for number, (name, made) in enumerate(zip(grid.rows, grid.made, strict=True)):
        lost = grid.lost[number] if grid.lost else [0] * len(made)
        cells = [f"{m:,} −{n:,}" if n else f"{m:,}" for m, n in zip(made, lost, strict=True)]
        rows.append([f"{number + 1}", plain(name), *cells, f"{sum(made):,}"])
    columns = [shorten(name.replace("_", " "), _COLUMN, placeholder="…") for name in grid.columns]
    header = ["no.", grid.of_rows, *map(plain, columns), "all"]
    return f"## {grid.title}\n\n{_note(grid)}{table(header, rows)}"


def _pairs(grid: Grid) -> str:
    """Return the pairs that have most examples: a table of all would be as wide as it is long."""
    pairs = [
        (count, one, two)
        for y, (two, row) in enumerate(zip(grid.rows, grid.made, strict=True))
        for one, count in zip(grid.columns[:y], row[:y], strict=True)
    ]
    most = sorted(pairs, key=lambda pair: -pair[0])[:10]
    never = sum(not count for count, _, _ in pairs)
    rows = [[plain(one), plain(two), f"{count:,}"] for count, one, two in most if count]
    lead = (
        "In the picture each pair has one cell, below the diagonal: a reddish cell is a pair "
        "without an example, and the blank ones above are the same pairs the other way round.\n\n"
        f"Of {len(pairs):,} pairs, {never:,} have no example. Those that have most:"
    )
    return f"## {grid.title}\n\n{_note(grid)}{lead}\n\n{table(['one', 'other', 'examples'], rows)}"


def _note(grid: Grid) -> str:
    return f"Shown are {grid.note}.\n\n" if grid.note else ""


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; cells are Markdown already."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def plain(text: str) -> str:
    """Return text of a person or a model so that Markdown and HTML show it as it is."""
    return re.sub(r"[&<>|`*_\[\]\\$~#]", lambda sign: f"&#{ord(sign[0])};", " ".join(text.split()))
