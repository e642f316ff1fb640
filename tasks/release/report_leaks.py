"""A draw of the leaks for the report: each with both texts, and with what became of its row."""

from collections.abc import Collection, Iterator, Sequence

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows, read_columns, row_batches
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.release.fates import Fates
from gleanery.tasks.release.forgotten import FORGOTTEN
from gleanery.tasks.release.report_matches import mark_match
from gleanery.tasks.release.report_samples import LeakShown, cut_excerpt
from gleanery.tasks.release.selection_details import LEAK
from gleanery.tasks.report_text import reason_words
from gleanery.tasks.seeded import keys

_LEAKS_SHOWN = 40


def drawn_leaks(
    parts: Parts, candidates: Sequence[Receipt], leaks: Sequence[Receipt], fates: Fates
) -> list[LeakShown]:
    """Return a draw of the leaks; what was forgotten is shown nowhere."""
    shown = _drawn(parts, leaks, fates)
    texts = _texts(parts, candidates, {leak.id for leak in shown})
    return [
        LeakShown(
            id=leak.id,
            benchmark=leak.benchmark,
            item_id=leak.item_id,
            kind=leak.kind,
            side=leak.side,
            text=cut_excerpt(texts.get(leak.id, ""), [(leak.start, leak.end, "match")]),
            item=mark_match(leak.item_text, leak.matched),
            fate=_fate(fates.reason(leak.id)),
            reason=leak.reason,
        )
        for leak in shown
    ]


def _drawn(parts: Parts, receipts: Sequence[Receipt], fates: Fates) -> list[Leak]:
    """Return the first leaks in random order; memory holds the ids of one part's, and as many."""
    first: list[tuple[int, str, int, int]] = []  # draw, item, part and row
    for number, receipt in enumerate(receipts):
        found = read_columns(parts.store, receipt.data, ("id", "item_id")).to_pylist()
        ids = [row["id"] for row in found]
        first += [
            (drawn, row["item_id"], number, place)
            for place, (row, drawn) in enumerate(
                zip(found, keys(ids, "leaks", 0).tolist(), strict=True)
            )
            if fates.reason(row["id"]) != FORGOTTEN
        ]
        first = sorted(first)[:_LEAKS_SHOWN]
    rows = {
        (number, place): leak
        for number in {place[2] for place in first}
        for place, leak in _leaks_at(
            parts, receipts[number], {at[3] for at in first if at[2] == number}
        )
    }
    return [rows[number, place] for _, _, number, place in first]


def _leaks_at(
    parts: Parts, receipt: Receipt, places: Collection[int]
) -> Iterator[tuple[int, Leak]]:
    start = 0
    for batch in row_batches(parts.store, receipt.data):
        for place in sorted(places):
            if start <= place < start + len(batch):
                [row] = batch.slice(place - start, 1).to_pylist()
                yield place, Leak.model_validate(row)
        start += len(batch)


def _fate(reason: str | None) -> str:
    """Return in words what became of the row of a leak."""
    if reason is None:
        return "in this release"
    return "left out" if reason == LEAK else f"left out as {reason_words(reason)}"


def _texts(parts: Parts, candidates: Sequence[Receipt], ids: set[str]) -> dict[str, str]:
    return {
        row.id: row.whole_text
        for receipt in (candidates if ids else ())
        for row in find_rows(parts.store, receipt.data, "id", ids, Candidate)
    }
