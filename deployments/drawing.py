"""Drawing refined pairs at random: the same seed draws the same ones, however parts are stored."""

import heapq
from dataclasses import dataclass

from gleanery.deployments.pipelines import part_names
from gleanery.infra.digests import digest
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows, read_column
from gleanery.infra.storage import Store
from gleanery.tasks.records import Document, QAPair, RefinedPair
from gleanery.tasks.stage_inputs import EXTRACT, RECALL, REFINE


@dataclass(frozen=True)
class AuditedPair:
    """A refined pair beside the pair and the page that it was made from, where they still are."""

    refined: RefinedPair
    extracted: QAPair | None
    document: Document | None

    @property
    def key(self) -> str:
        """Name of this very text: a pair that is rewritten again is judged again."""
        return digest([self.refined.id, self.refined.question, self.refined.answer])


def draw_pairs(store: Store, count: int, seed: int) -> list[AuditedPair]:
    """Return `count` random refined pairs of a pipeline, or all if there are fewer.

    A pair's place in the draw depends on its id and the seed alone, so that pairs that arrive
    later take few of the earlier ones' places. Only ids are read of what is not drawn. Raises
    `ValueError` if nothing is refined yet.
    """
    parts = Parts(store)
    receipts = [
        receipt
        for part in part_names(store, REFINE)
        if (receipt := parts.newest(REFINE, part)) and receipt.rows_out
    ]
    if not receipts:
        raise ValueError(f"no refined pairs at {store.root}: run the harvest first")
    drawn = heapq.nsmallest(
        count,
        (
            (digest([seed, pair_id]), index, pair_id)
            for index, receipt in enumerate(receipts)
            for pair_id in read_column(store, receipt.data, "id")
        ),
    )
    ids: dict[int, set[str]] = {}
    for _, index, pair_id in drawn:
        ids.setdefault(index, set()).add(pair_id)
    found = {
        pair.refined.id: pair
        for index, wanted in ids.items()
        for pair in _with_sources(parts, receipts[index], wanted)
    }
    return [found[pair_id] for _, _, pair_id in drawn]


def _with_sources(parts: Parts, receipt: Receipt, ids: set[str]) -> list[AuditedPair]:
    store = parts.store
    refined = find_rows(store, receipt.data, "id", ids, RefinedPair)
    extracted: dict[str, QAPair] = {}
    if made_from := parts.newest(EXTRACT, receipt.part):
        wanted = {row.pair_id for row in refined}
        found = find_rows(store, made_from.data, "id", wanted, QAPair)
        extracted = {pair.id: pair for pair in found}
    documents: dict[str, Document] = {}
    if recalled := parts.newest(RECALL, receipt.part):
        wanted = {row.document_id for row in refined}
        pages = find_rows(store, recalled.data, "id", wanted, Document)
        documents = {page.id: page for page in pages}
    return [
        AuditedPair(row, extracted.get(row.pair_id), documents.get(row.document_id))
        for row in refined
    ]
