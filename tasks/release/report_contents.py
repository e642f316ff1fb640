"""What the release is: its sources and splits, its licences, and what is new in it."""

from collections import Counter
from collections.abc import Sequence

from gleanery.tasks.release.report_data import Change, ChangeCount, ReportData
from gleanery.tasks.report_html import Child, Html, tag
from gleanery.tasks.report_numbers import count, counted, share
from gleanery.tasks.report_tables import bar, bars, nothing, table
from gleanery.tasks.report_text import reason_words, shortened

_NO_PAGE = "none: synthesised"
_MOST_CHANGES = 200  # lines of added and removed rows


def sources(data: ReportData) -> Html:
    """Return the sources with what each gives to which split."""
    if not data.sources:
        return nothing("The recipe names no source.")
    splits = list(data.splits)
    largest = max(sum(source.rows.values()) for source in data.sources)
    rows: list[Sequence[Child]] = []
    for source in data.sources:
        released = sum(source.rows.values())
        rows.append(
            [
                shortened(source.source),
                bar(released, largest),
                count(released),
                share(released, data.rows),
                *[count(source.rows.get(split, 0)) for split in splits],
                count(source.candidates),
                shortened(source.wanted) or "all",
            ]
        )
    total: list[Child] = ["all sources", "", count(data.rows), share(data.rows, data.rows)]
    total += [*map(count, data.splits.values()), count(data.candidates), ""]
    names = [shortened(split) for split in splits]
    columns = ["source", "", "released", "share", *names, "candidates", "asked for"]
    numbers = len(columns) - 2
    caption = "Rows by source and split"
    return table(caption, columns, rows, numbers=numbers, total=total, class_="bars many quiet")


def licences(data: ReportData) -> Html:
    """Return the released rows by what their licences allow, and by licence."""
    if not data.licences:
        return nothing("No licence is recorded for any row.")
    kinds = (("licence", data.licences), ("licence family", data.licence_families))
    shown = [
        bars(
            f"Released rows by {what}",
            [(one.name or _NO_PAGE, one.rows) for one in counts],
            what=what, whole=data.rows, quiet=True,
        )
        for what, counts in kinds
        if counts
    ]  # fmt: skip
    return tag("div", *shown, class_="pair")


def change(data: ReportData) -> Html:
    """Return what came in and went out since the last release, by reason and source."""
    if data.change is None:
        return nothing("This is the first release: there is none to compare it with.")
    added, removed = _rows(data.change.added), _rows(data.change.removed)
    said = tag(
        "p",
        f"Compared with {shortened(data.change.previous)}: ",
        tag("strong", f"+{count(added)}"),
        f" {'row' if added == 1 else 'rows'} added, ",
        tag("strong", f"−{count(removed)}"),
        f" removed, {counted(data.change.unchanged, 'row')} unchanged.",
    )
    other = [tag("li", shortened(text, 300)) for text in data.change.curation]
    same = not (added or removed) and bool(other)
    heading = "The rows are the same. What is said of them is not:" if same else "And besides:"
    listed = [tag("p", heading), tag("ul", *other)] if other else []
    return tag("div", said, _changes(data.change), *listed)


def _changes(change: Change) -> Html | None:
    if not change.added and not change.removed:
        return None
    rows = [
        [shortened(reason_words(one.reason)), shortened(one.source), f"{sign}{count(one.rows)}"]
        for sign, counts in (("+", change.added), ("−", change.removed))
        for one in sorted(counts, key=lambda one: -one.rows)
    ]
    shown = rows[:_MOST_CHANGES]
    if len(rows) > _MOST_CHANGES:
        shown.append([f"{len(rows) - _MOST_CHANGES:,} more lines", "", ""])
    columns = ("reason", "source", "rows")
    return table("Rows added (+) and removed (−)", columns, shown, numbers=1, class_="quiet")


def _rows(counts: Sequence[ChangeCount]) -> int:
    return sum(one.rows for one in counts)


def removed(data: ReportData) -> dict[str, int]:
    """Return the rows that the shared stages took out, by reason: what the release removed."""
    counts: Counter[str] = Counter()
    for stage in data.funnel:
        if not stage.lane:
            counts.update(stage.rejected)
    return dict(counts)
