"""What curation removed: benchmark items, with both texts, and duplicates."""

from collections import Counter
from collections.abc import Sequence

from gleanery.tasks.release.report_data import ReportData
from gleanery.tasks.release.report_excerpts import excerpt
from gleanery.tasks.release.report_html import Child, Html, tag
from gleanery.tasks.release.report_numbers import count, counted, share
from gleanery.tasks.release.report_samples import LeakShown
from gleanery.tasks.release.report_tables import nothing, table
from gleanery.tasks.release.report_text import shortened

_MOST_LEAKS = 100  # that are shown with their texts


def decontamination(data: ReportData) -> Html:
    """Return the leaks by benchmark and kind, then a sample of them with the match marked."""
    if not data.benchmarks:
        return nothing(
            "No benchmark is configured: this release was not searched for benchmark items."
        )
    found = sum(one.rows for one in data.leaks)
    items = sum(benchmark.items for benchmark in data.benchmarks)
    said = (
        f"{counted(items, 'item')} of {counted(len(data.benchmarks), 'benchmark')} looked for; "
        f"{counted(found, 'hit')} found, and their rows removed."
    )
    parts: list[Child] = [tag("p", said), _by_benchmark(data)]
    if data.leaks_shown:
        shown = data.leaks_shown[:_MOST_LEAKS]
        of_all = counted(max(found, len(shown)), "hit")
        heading = f"{count(len(shown))} of {of_all}, with both texts"
        parts += [tag("h4", heading), *[_leak(leak) for leak in shown]]
    elif found:
        parts.append(nothing("No hit was sampled to be shown with its texts."))
    return tag("div", *parts)


def _by_benchmark(data: ReportData) -> Html:
    kinds = sorted({(one.kind, one.side) for one in data.leaks})
    rows_of: Counter[tuple[str, str, str]] = Counter()
    for one in data.leaks:
        rows_of[one.benchmark, one.kind, one.side] += one.rows
    known = {benchmark.name: benchmark.items for benchmark in data.benchmarks}
    names = [*known, *sorted({one.benchmark for one in data.leaks} - known.keys())]

    def cells(name: str) -> list[int]:
        return [rows_of[name, *kind] for kind in kinds]

    rows = [
        [
            shortened(name),
            count(known[name]) if name in known else "–",
            count(sum(cells(name))),
            *map(count, cells(name)),
        ]
        for name in sorted(names, key=lambda name: (-sum(cells(name)), name))
    ]
    sums = [sum(rows_of[name, *kind] for name in names) for kind in kinds]
    total = ["all", count(sum(known.values())), count(sum(sums)), *map(count, sums)]
    sides = [f"{_words(kind)} ({_words(side)})" for kind, side in kinds]
    columns = ["benchmark", "items", "hits", *sides]
    return table(
        "Hits by benchmark and kind", columns, rows, numbers=len(columns) - 1, total=total,
        class_="quiet",
    )  # fmt: skip


def _leak(leak: LeakShown) -> Html:
    name = f"{shortened(leak.benchmark, 40)} · {_words(leak.kind)} · {_words(leak.side)}"
    return tag(
        "details",
        tag("summary", name, tag("span", shortened(leak.item_id, 60), class_="of")),
        tag(
            "div",
            tag("div", tag("h5", f"removed row {shortened(leak.id, 40)}"), excerpt(leak.text)),
            tag("div", tag("h5", f"item {shortened(leak.item_id, 60)}"), excerpt(leak.item)),
            class_="beside",
        ),
        tag("p", "The judge says: ", shortened(leak.reason, 2000)) if leak.reason else None,
        class_="leak",
    )


def duplicates(data: ReportData) -> Html:
    """Return the duplicates by kind and level; a kind that was not looked for is not a zero."""
    if not data.duplicates_searched and not data.duplicates:
        return nothing("Duplicates were not looked for.")
    found = sorted({one.kind for one in data.duplicates} - set(data.duplicates_searched))
    kinds = [*data.duplicates_searched, *found]
    levels = sorted({one.level for one in data.duplicates})
    if not levels:
        looked = ", ".join(_words(kind) for kind in kinds)
        return nothing(f"No duplicate was found ({looked} ones were looked for).")
    rows_of: Counter[tuple[str, str]] = Counter()
    for one in data.duplicates:
        rows_of[one.kind, one.level] += one.rows
    rows = [_duplicate_row(_words(k), [rows_of[k, level] for level in levels], data) for k in kinds]
    sums = [sum(rows_of[kind, level] for kind in kinds) for level in levels]
    return table(
        "Rows removed as duplicates, by kind and level",
        ["kind", "removed", "of candidates", *map(_words, levels)],
        rows,
        numbers=len(levels) + 2,
        total=_duplicate_row("all", sums, data),
        class_="quiet",
    )


def _duplicate_row(name: str, rows: Sequence[int], data: ReportData) -> list[Child]:
    return [name, count(sum(rows)), share(sum(rows), data.candidates), *map(count, rows)]


def _words(name: str) -> str:
    return shortened(name.replace("_", " "), 60)
