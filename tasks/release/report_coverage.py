"""What the release is about: by domain and subject, what it covers, and how diverse it is."""

from collections.abc import Sequence

from gleanery.tasks.coverage import Evenness, Grid, Reached
from gleanery.tasks.diversity import GroupDiversity
from gleanery.tasks.release.report_data import PipelineCoverage, ReportData
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, decimal, fixed, share
from gleanery.tasks.report_tables import bar, bars, nothing, table
from gleanery.tasks.report_text import shortened

_LARGEST_GRID = 40  # rows or columns that are drawn
_SHADES = 5


def breakdowns(data: ReportData) -> Html:
    """Return the released rows by each known property."""
    if not data.breakdowns:
        return nothing("No property of the rows (domain, subject, discipline) is recorded.")
    return tag("div", *[_breakdown(data, at) for at in range(len(data.breakdowns))], class_="pair")


def _breakdown(data: ReportData, at: int) -> Html:
    one = data.breakdowns[at]
    title = shortened(one.title)
    counts = [(entry.name, entry.rows) for entry in one.counts]
    shown = (
        bars(f"Released rows by {title}", counts, what=title, whole=data.rows, quiet=True)
        if counts
        else nothing(f"No row has a {title.lower()}.")
    )
    note = tag("p", shortened(one.note, 500), class_="note") if one.note else None
    return tag("section", tag("h4", title), shown, note)


def synthesis_coverage(data: ReportData) -> Html:
    """Return what each synthesis reaches of its taxonomy or skills, how evenly, and in which."""
    if not data.coverage:
        return nothing(
            "No synthesis is among the sources: there is no taxonomy or skill set to cover."
        )
    return tag("div", *[_pipeline(one) for one in data.coverage])


def _pipeline(one: PipelineCoverage) -> Html:
    found = one.coverage
    read = ""
    if found.read < found.examples:
        read = f" Counted over {count(found.read)} of {count(found.examples)} examples."
    return tag(
        "section",
        tag("h4", shortened(one.pipeline)),
        tag("p", read, class_="note") if read else None,
        _reached(found.reached) if found.reached else nothing("Nothing was there to be reached."),
        _evenness(found.evenness) if found.evenness else None,
        *[_grid(grid) for grid in found.grids],
    )


def _reached(entries: Sequence[Reached]) -> Html:
    rows: list[Sequence[Child]] = [
        [
            shortened(one.what),
            bar(one.reached, one.possible),
            f"{count(one.reached)} of {count(one.possible)}",
            share(one.reached, one.possible),
        ]
        for one in entries
    ]
    columns = ("what", "", "have an example", "share")
    drawn = table("What has at least one example", columns, rows, numbers=2, class_="bars")
    missing = [
        tag("li", f"{shortened(one.what)}: ", ", ".join(shortened(name, 80) for name in shown),
            f", and {count(left)} more" if left else "")
        for one in entries
        if (shown := one.missing)
        for left in [one.possible - one.reached - len(shown)]
    ]  # fmt: skip
    if not missing:
        return drawn
    return tag("div", drawn, tag("details", tag("summary", "Not reached"), tag("ul", *missing)))


def _evenness(entries: Sequence[Evenness]) -> Html:
    rows = [
        [
            shortened(one.over),
            count(one.things),
            count(one.fewest),
            decimal(one.mean),
            count(one.most),
            decimal(one.variation),
        ]
        for one in entries
    ]
    columns = ("over", "things", "fewest", "mean", "most", "variation")
    caption = "How evenly examples spread (a variation of 0 is perfectly even)"
    return table(caption, columns, rows, numbers=5)


def _grid(grid: Grid) -> Html:
    title = shortened(grid.title)
    if not grid.rows or not grid.columns:
        return nothing(f"{title}: empty.")
    if max(len(grid.rows), len(grid.columns)) > _LARGEST_GRID:
        size = f"{count(len(grid.rows))} by {count(len(grid.columns))}"
        return nothing(f"{title}: {size} is too large to be drawn here.")
    largest = max(max(line) for line in grid.made)
    rows = [
        [shortened(name, 60), *[_cell(grid, at, to, largest) for to in range(len(grid.columns))]]
        for at, name in enumerate(grid.rows)
    ]
    columns = [shortened(grid.of_rows, 40), *[shortened(name, 40) for name in grid.columns]]
    drawn = table(title, columns, rows, numbers=len(grid.columns), class_="grid")
    note = tag("p", shortened(grid.note, 300), class_="note") if grid.note else None
    return tag("details", tag("summary", title), drawn, note)


def _cell(grid: Grid, at: int, to: int, largest: int) -> Child:
    if grid.symmetric and to > at:
        return None
    made = grid.made[at][to]
    shade = 0 if not made else 1 + min(_SHADES - 1, (_SHADES * made - 1) // max(1, largest))
    return tag("span", count(made), class_=f"shade-{shade}")


def diversity(data: ReportData) -> Html:
    """Return the measures of each group, taken in samples of equal size, with how to read them."""
    measured = [group for group in data.diversity if group.diversity]
    if not data.diversity:
        return nothing("Diversity was not measured.")
    if not measured:
        return nothing("Too few rows of any source to measure how diverse they are.")
    columns = ["group", "rows", "compared", "openings", "distinct 1", "distinct 2", "distinct 3"]
    columns += ["compression", "distance", "nearest", "Vendi"]
    rows = [_diversity_row(group) for group in data.diversity]
    how = (
        "Openings: share of first words that differ. Distinct 1 to 3: share of single words, pairs "
        "and threes that differ in equally many words. Compression: how many times shorter the "
        "words become; less is more diverse. Distance: mean cosine distance of two texts; nearest: "
        "to the one most alike. Vendi: texts that are effectively different."
    )
    shown = table("Diversity by source", columns, rows, numbers=len(columns) - 1, class_="quiet")
    return tag("div", shown, tag("p", how, class_="note"), *_openings(measured))


def _diversity_row(group: GroupDiversity) -> list[Child]:
    found = group.diversity
    name: list[Child] = [shortened(group.group), count(group.texts)]
    if found is None:
        return [*name, "too few", *["–"] * 8]
    runs, spread = found.runs, found.spread
    distinct = (runs.distinct_1, runs.distinct_2, runs.distinct_3) if runs else ()
    return [
        *name,
        count(found.texts),
        fixed(found.openings.distinct, 3) if found.openings else "–",
        *([fixed(one.value, 3) for one in distinct] or ["–"] * 3),
        fixed(runs.compression.value, 2) if runs else "–",
        *([fixed(spread.distance, 3), fixed(spread.nearest, 3)] if spread else ["–"] * 2),
        fixed(spread.vendi, 1) if spread else "–",
    ]


def _openings(groups: Sequence[GroupDiversity]) -> list[Html]:
    items = [
        tag("li", f"{shortened(group.group)}: ",
            "; ".join(f"“{shortened(one.words, 60)}” {count(one.texts)}" for one in common[:6]))
        for group in groups
        if group.diversity and group.diversity.openings
        for common in [group.diversity.openings.common]
        if common
    ]  # fmt: skip
    if not items:
        return []
    return [tag("details", tag("summary", "Most common openings"), tag("ul", *items))]
