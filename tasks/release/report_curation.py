"""What curation found and what became of it: benchmark items, with both texts, and duplicates."""

from collections import Counter
from collections.abc import Mapping, Sequence

from gleanery.tasks.release.curation_facts import BenchmarkHits
from gleanery.tasks.release.report_data import DuplicateCount, ReportData
from gleanery.tasks.release.report_excerpts import excerpt
from gleanery.tasks.release.report_samples import LeakShown
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted, share
from gleanery.tasks.report_tables import nothing, table
from gleanery.tasks.report_text import reason_words, shortened

_MOST_LEAKS = 100  # that are shown with their texts


def decontamination(data: ReportData) -> Html:
    """Return the leaks by benchmark and kind, then a sample of them with the match marked."""
    benchmarks = data.curation.benchmarks
    if not benchmarks:
        return nothing(
            "No benchmark is configured: this release was not searched for benchmark items."
        )
    found = sum(one.rows for one in data.leaks)
    items = sum(benchmark.items for benchmark in benchmarks)
    said = (
        f"{counted(items, 'item')} of {counted(len(benchmarks), 'benchmark')} looked for; "
        f"{counted(found, 'hit')} found. {_fates(data.leak_rows) if found else ''}"
    )
    wanted = _wanted(data.curation.leaks_removed)
    parts: list[Child] = [tag("p", said), tag("p", wanted, class_="note"), _by_benchmark(data)]
    if data.leaks_shown:
        shown = data.leaks_shown[:_MOST_LEAKS]
        of_all = counted(max(found, len(shown)), "hit")
        heading = f"{count(len(shown))} of {of_all}, with both texts"
        parts += [tag("h4", heading), *[_leak(leak) for leak in shown]]
    elif found:
        parts.append(nothing("No hit was sampled to be shown with its texts."))
    return tag("div", *parts)


def _fates(rows: Mapping[str, int]) -> str:
    """Return what became of the rows with a hit, in words."""
    found, left_out, kept = (rows.get(name, 0) for name in ("found", "left_out", "kept"))
    other = found - left_out - kept
    said = [f"{counted(left_out, 'row')} with a hit left out for it"]
    said += [f"{count(kept)} in this release all the same"] if kept else []
    said += [f"{count(other)} out for another reason"] if other else []
    return ", ".join(said) + "."


def _wanted(kinds: Sequence[str]) -> str:
    named = ", ".join(map(_words, kinds))
    return f"The recipe leaves out: {named}." if kinds else "The recipe leaves none of them out."


def _by_benchmark(data: ReportData) -> Html:
    kinds = sorted({(one.kind, one.side) for one in data.leaks})
    rows_of: Counter[tuple[str, str, str]] = Counter()
    for one in data.leaks:
        rows_of[one.benchmark, one.kind, one.side] += one.rows
    known = {benchmark.name: benchmark for benchmark in data.curation.benchmarks}
    unknown = sorted({one.benchmark for one in data.leaks} - known.keys())
    searched = [*known.values(), *(BenchmarkHits(name=name, items=0) for name in unknown)]
    names = [one.name for one in searched]

    def cells(name: str) -> list[int]:
        return [rows_of[name, *kind] for kind in kinds]

    rows = [
        [
            shortened(one.name),
            count(one.items) if one.name in known else "–",
            count(sum(cells(one.name))),
            *map(count, cells(one.name)),
            count(one.left_out),
            count(one.kept),
        ]
        for one in sorted(searched, key=lambda one: (-sum(cells(one.name)), one.name))
    ]
    sums = [sum(rows_of[name, *kind] for name in names) for kind in kinds]
    items = sum(one.items for one in searched)
    total = ["all", count(items), count(sum(sums)), *map(count, sums)]
    total += [count(data.leak_rows.get(name, 0)) for name in ("left_out", "kept")]
    sides = [f"{_words(kind)} ({_words(side)})" for kind, side in kinds]
    columns = ["benchmark", "items", "hits", *sides, "rows left out", "rows in the release"]
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
            tag(
                "div",
                tag("h5", f"row {shortened(leak.id, 40)}, {shortened(leak.fate, 80)}"),
                excerpt(leak.text),
            ),
            tag("div", tag("h5", f"item {shortened(leak.item_id, 60)}"), excerpt(leak.item)),
            class_="beside",
        ),
        tag("p", "The judge says: ", shortened(leak.reason, 2000)) if leak.reason else None,
        class_="leak",
    )


def duplicates(data: ReportData) -> Html:
    """Return the duplicates by kind and level; a kind that was not looked for is not a zero."""
    searched = [one.kind for one in data.curation.duplicates]
    if not searched and not data.duplicates:
        return nothing("Duplicates were not looked for.")
    found = sorted({one.kind for one in data.duplicates} - set(searched))
    kinds = [*searched, *found]
    levels = sorted({one.level for one in data.duplicates})
    if not levels:
        looked = ", ".join(_words(kind) for kind in kinds)
        return nothing(f"No duplicate was found ({looked} ones were looked for).")
    by_kind = {kind: [one for one in data.duplicates if one.kind == kind] for kind in kinds}
    wanted = _wanted(data.curation.duplicates_removed)
    columns = ["kind", "found", "of candidates", "left out for it", "in the release"]
    columns += [f"{_words(level)} level" for level in levels]
    shown = table(
        "Rows that are duplicates, by kind and level",
        columns,
        [_duplicate_row(_words(kind), levels, found, data) for kind, found in by_kind.items()],
        numbers=len(columns) - 1,
        total=_duplicate_row("all", levels, data.duplicates, data),
        class_="quiet",
    )
    note = f"{wanted} What is neither left out for it nor in the release is out for another reason."
    lost = _kept_out(data.curation.kept_out)
    return tag("div", shown, tag("p", note, class_="note"), tag("p", lost) if lost else None)


def _kept_out(counts: Mapping[str, int]) -> str:
    """Return that rows went for others which are out themselves, and why; "" where none did."""
    if not counts:
        return ""
    total = sum(counts.values())
    what = "1 row is a duplicate" if total == 1 else f"{count(total)} rows are duplicates"
    reasons = ", ".join(f"{_words(reason)} ({count(rows)})" for reason, rows in counts.items())
    return f"{what} of a row that is out itself, so that neither is in, for: {reasons}."


def _duplicate_row(
    name: str, levels: Sequence[str], counts: Sequence[DuplicateCount], data: ReportData
) -> list[Child]:
    found = sum(one.found for one in counts)
    return [
        name,
        count(found),
        share(found, data.candidates),
        count(sum(one.left_out for one in counts)),
        count(sum(one.kept for one in counts)),
        *[count(sum(one.found for one in counts if one.level == level)) for level in levels],
    ]


def _words(name: str) -> str:
    return shortened(reason_words(name), 60)
