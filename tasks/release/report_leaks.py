"""A draw of the leaks for the report: each with both texts, and with what became of its row."""

from collections.abc import Sequence

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.release.forgotten import FORGOTTEN
from gleanery.tasks.release.report_matches import mark_match
from gleanery.tasks.release.report_samples import LeakShown, cut_excerpt
from gleanery.tasks.release.verdict_counts import VerdictCounts
from gleanery.tasks.seeded import keys

_LEAKS_SHOWN = 40


def drawn_leaks(
    parts: Parts,
    candidates: Sequence[Receipt],
    found: Sequence[Leak],
    losses: Sequence[Loss],
    verdicts: VerdictCounts,
) -> list[LeakShown]:
    """Return a draw of the leaks; what was forgotten is shown nowhere."""
    forgotten = {loss.row_id for loss in losses if loss.reason == FORGOTTEN}
    leaks = [leak for leak in found if leak.id not in forgotten]
    draws = keys([leak.id for leak in leaks], "leaks", 0).tolist()
    order = sorted(range(len(leaks)), key=lambda at: (draws[at], leaks[at].item_id))
    shown = [leaks[at] for at in order[:_LEAKS_SHOWN]]
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
            fate=verdicts.fate(leak),
            reason=leak.reason,
        )
        for leak in shown
    ]


def _texts(parts: Parts, candidates: Sequence[Receipt], ids: set[str]) -> dict[str, str]:
    return {
        row.id: row.whole_text
        for receipt in (candidates if ids else ())
        for row in find_rows(parts.store, receipt.data, "id", ids, Candidate)
    }
