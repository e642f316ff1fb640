"""One pair's way through the pipeline: found by its id, followed back to its page."""

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

from gleanery.deployments.pipelines import part_names
from gleanery.infra.journal import journal_folder, read_answers
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows
from gleanery.infra.storage import Store
from gleanery.tasks.recall.batches import Batch, read_batches
from gleanery.tasks.recall.domains import DomainVerdict
from gleanery.tasks.recall.policy import PART as POLICY_PART
from gleanery.tasks.recall.policy import STAGE as POLICY
from gleanery.tasks.recall.site_groups import key_of
from gleanery.tasks.records import Document, Example, Loss, QAPair, RefinedPair
from gleanery.tasks.stage_inputs import DEDUP, EXAMPLES, EXTRACT, RECALL, REFINE

_SEARCHES_AT_ONCE = 8

Row = TypeVar("Row", QAPair, RefinedPair, Example)


class UnknownPair(ValueError):
    """No pipeline holds a pair of this id."""


@dataclass(frozen=True)
class Lineage:
    """A pair with all that it was made from; `receipts` are by stage, `answers` by request key.

    `losses` say why a refiner gave no version of it. `policy` and `verdict` are what recalled the
    page, and what was thought of its site.
    """

    store: Store
    part: str
    pair: QAPair
    refined: Sequence[RefinedPair]
    losses: Sequence[Loss]
    document: Document | None
    batch: Batch | None
    policy: Receipt | None
    verdict: DomainVerdict | None
    receipts: Mapping[str, Receipt]
    answers: Mapping[str, Completion]


def find_lineage(stores: Sequence[Store], pair_id: str) -> Lineage:
    """Return the lineage of an extracted or a refined pair, the newest generations searched first.

    Raises `UnknownPair` if no store has it.
    """
    for newest in (True, False):
        for store in stores:
            refined = search_row(store, REFINE, RefinedPair, pair_id, newest)
            if refined:
                return _trace(store, refined[1].pair_id, {REFINE: refined[0]})
            extracted = search_row(store, EXTRACT, QAPair, pair_id, newest)
            if extracted:
                return _trace(store, pair_id, {EXTRACT: extracted[0]})
    searched = ", ".join(f"{store.root} ({_searched_parts(store)})" for store in stores)
    raise UnknownPair(
        f"no pair and no example has the id {pair_id}; pipelines searched, with their "
        f"parts: {searched}. Give the id (8 characters at least), or another --root"
    )


def _searched_parts(store: Store) -> str:
    """Return how many parts there are of the last stage that the pipeline has come to."""
    for stage in (EXAMPLES, REFINE, EXTRACT):
        if names := part_names(store, stage):
            return f"{len(names):,} of {stage}"
    return "none that has pairs or examples"


def search_row(
    store: Store, stage: str, record: type[Row], row_id: str, newest: bool
) -> tuple[Receipt, Row] | None:
    """Return the row of this id with its part's receipt, among the newest or the older ones."""
    parts = Parts(store)

    def look_in(part: str) -> tuple[Receipt, Row] | None:
        if newest:
            receipts = [receipt] if (receipt := parts.newest(stage, part)) else []
        else:
            receipts = parts.receipts(stage, part)[1:]
        for receipt in receipts:
            rows = find_rows(store, receipt.data, "id", {row_id}, record)
            if rows:
                return receipt, rows[0]
        return None

    pool = ThreadPoolExecutor(_SEARCHES_AT_ONCE)
    try:
        return next(filter(None, pool.map(look_in, part_names(store, stage))), None)
    finally:
        pool.shutdown(cancel_futures=True)


def _trace(store: Store, pair_id: str, known: Mapping[str, Receipt]) -> Lineage:
    """Follow an extracted pair forth to its versions and back to its page."""
    parts, [start] = Parts(store), known.values()
    receipts = _receipts_around(parts, start)
    pair = find_rows(store, receipts[EXTRACT].data, "id", {pair_id}, QAPair)[0]
    refined, losses = _versions(store, receipts.get(REFINE), pair_id)
    document = _document(store, receipts.get(RECALL), pair.document_id)
    policy = _policy(parts, receipts.get(RECALL))
    verdict = _verdict(parts, policy, document)
    keys = {pair.request_key, *(row.request_key for row in refined)}
    keys |= {verdict.request_key} if verdict else set()
    return Lineage(
        store=store,
        part=start.part,
        pair=pair,
        refined=refined,
        losses=losses,
        document=document,
        batch=_batch(store, start.part),
        policy=policy,
        verdict=verdict,
        receipts=receipts,
        answers=_answers(store, receipts, policy, keys),
    )


def _receipts_around(parts: Parts, start: Receipt) -> dict[str, Receipt]:
    """Return the receipt of each stage, each of the generation that the next was made from."""
    found = {start.stage: start}
    if start.stage == EXTRACT:
        later = parts.receipts(REFINE, start.part)
        made = [r for r in later if any(i.row_digest == start.row_digest for i in r.inputs)]
        if made or later:
            found[REFINE] = [*made, *later][0]
    for stage, after in ((EXTRACT, REFINE), (DEDUP, EXTRACT), (RECALL, DEDUP)):
        if stage in found or after not in found:
            continue
        digests = {i.row_digest for i in found[after].inputs if i.stage == stage}
        earlier = parts.receipts(stage, start.part)
        made = [receipt for receipt in earlier if receipt.row_digest in digests]
        if made or earlier:
            found[stage] = [*made, *earlier][0]
    return found


def _versions(
    store: Store, receipt: Receipt | None, pair_id: str
) -> tuple[list[RefinedPair], list[Loss]]:
    if receipt is None:
        return [], []
    refined = find_rows(store, receipt.data, "pair_id", {pair_id}, RefinedPair)
    if not receipt.losses:
        return refined, []
    return refined, find_rows(store, receipt.losses, "row_id", {pair_id}, Loss)


def _document(store: Store, receipt: Receipt | None, document_id: str) -> Document | None:
    rows = find_rows(store, receipt.data, "id", {document_id}, Document) if receipt else []
    return rows[0] if rows else None


def _batch(store: Store, part: str) -> Batch | None:
    batches = read_batches(store)
    return next((b for b in batches if any(p.name == part for p in b.parts)), None)


def _policy(parts: Parts, recalled: Receipt | None) -> Receipt | None:
    key = recalled.decides.get("policy") if recalled else None
    return next((r for r in parts.receipts(POLICY, POLICY_PART) if r.key == key), None)


def _verdict(
    parts: Parts, policy: Receipt | None, document: Document | None
) -> DomainVerdict | None:
    if policy is None or document is None:
        return None
    verdicts = {verdict.key: verdict for verdict in parts.rows(policy, DomainVerdict)}
    key = key_of(document.url, document.domain, verdicts)
    return verdicts[key] if key else None


def _answers(
    store: Store, receipts: Mapping[str, Receipt], policy: Receipt | None, keys: set[str]
) -> dict[str, Completion]:
    """Return what the journals of these parts hold under the keys."""
    places = [(r.stage, r.part) for stage, r in receipts.items() if stage in (EXTRACT, REFINE)]
    places += [(made_from.stage, made_from.part) for made_from in policy.inputs] if policy else []
    return {
        key: answer
        for stage, part in places
        for key, answer in read_answers(store, journal_folder(stage, part)).items()
        if key in keys
    }
