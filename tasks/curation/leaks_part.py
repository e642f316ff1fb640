"""Leaks of one part: of candidates before a release, of pairs and pages before refinement."""

import time
from collections.abc import Iterable, Iterator, Sequence

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.curation.leaks_find import find_leaks
from gleanery.tasks.curation.leaks_store import StoredIndex, load_index
from gleanery.tasks.dataset_records import Candidate, Leak
from gleanery.tasks.records import Document, QAPair
from gleanery.tasks.stage_inputs import (
    CANDIDATES,
    LEAKS,
    documents_input,
    pairs_and_documents,
    pairs_input,
)

VERSION = 1
_BETWEEN = "\n\n"


def searched_pair(pair: QAPair) -> str:
    """Return the text of a pair that leaks are sought in and counted in."""
    return f"{pair.question}{_BETWEEN}{pair.answer}"


def texts_before_refinement(
    pairs: Iterable[QAPair], documents: Iterable[Document]
) -> Iterator[tuple[str, str]]:
    """Yield the pairs, and the pages that any of them stands on, each with its id."""
    pages = set()
    for pair in pairs:
        pages.add(pair.document_id)
        yield pair.id, searched_pair(pair)
    for document in documents:
        if document.id in pages:
            yield document.id, document.text


def leaks_by_pair(
    pairs: Iterable[QAPair], leaks: Iterable[Leak], whole_pages: bool
) -> dict[str, Leak]:
    """Return, for every pair that is to be left out, the leak that is the reason.

    With `whole_pages` all pairs of a page go on which an item was found, as in MAmmoTH2.
    """
    first: dict[str, Leak] = {}
    for leak in leaks:
        first.setdefault(leak.id, leak)
    found = {}
    for pair in pairs:
        own = first.get(pair.id) or (first.get(pair.document_id) if whole_pages else None)
        if own:
            found[pair.id] = own
    return found


def leaked_pairs(parts: Parts, part: str, whole_pages: bool) -> dict[str, Loss]:
    """Return, by their ids, the pairs of a part that are not worth refining ("benchmark_leak")."""
    newest = parts.newest(LEAKS, part)
    pairs, _ = pairs_and_documents(parts, part)
    found = leaks_by_pair(pairs, parts.rows(newest, Leak) if newest else (), whole_pages)
    return {
        row_id: Loss(
            row_id=row_id,
            reason="benchmark_leak",
            detail=f"{leak.benchmark} {leak.item_id} ({leak.side}"
            f"{'' if leak.id == row_id else ', on its page'}): {leak.matched[:200]}",
        )
        for row_id, leak in found.items()
    }


def standing_leaks(
    parts: Parts, part: str, index: StoredIndex, before_refinement: bool = False
) -> Receipt | None:
    """Return the receipt of a part's leaks if it stands, or `None` if they are to be sought."""
    inputs = _inputs(parts, part, before_refinement)
    newest = parts.newest(LEAKS, part)
    return newest if inputs and newest and newest.key == _plan(part, inputs, index).key else None


def candidate_leaks(parts: Parts, part: str, index: StoredIndex) -> Receipt | None:
    """Return the receipt of the leaks in a part's candidates; `None` while there are none yet."""
    return _seek(parts, part, index, before_refinement=False)


def harvest_leaks(parts: Parts, part: str, index: StoredIndex) -> Receipt | None:
    """Return the receipt of the leaks in a part's pairs and pages, before they are refined.

    A leak has the id of its pair or of its document. `None` while the part has no pairs.
    """
    return _seek(parts, part, index, before_refinement=True)


def _seek(parts: Parts, part: str, index: StoredIndex, before_refinement: bool) -> Receipt | None:
    started = time.monotonic()
    inputs = _inputs(parts, part, before_refinement)
    if not inputs:
        return None
    plan = _plan(part, inputs, index)
    newest = parts.newest(LEAKS, part)
    if newest and newest.key == plan.key:
        return newest
    texts = _texts(parts, part, before_refinement)
    leaks = find_leaks(texts, load_index(parts.store, index))
    return parts.commit(plan, Outcome(leaks, [], [], len(texts)), Leak, started, newest)


def _plan(part: str, inputs: tuple[Input, ...], index: StoredIndex) -> Plan:
    decides = {"index": index.digest}
    return Plan(stage=LEAKS, version=VERSION, part=part, inputs=inputs, decides=decides)


def _inputs(parts: Parts, part: str, before_refinement: bool) -> tuple[Input, ...]:
    if before_refinement:
        pairs, documents = pairs_input(parts, part), documents_input(parts, part)
        return (*pairs, *documents) if pairs and documents else ()
    newest = parts.newest(CANDIDATES, part)
    return (Input(stage=CANDIDATES, part=part, row_digest=newest.row_digest),) if newest else ()


def _texts(parts: Parts, part: str, before_refinement: bool) -> Sequence[tuple[str, str]]:
    if before_refinement:
        return list(texts_before_refinement(*pairs_and_documents(parts, part)))
    newest = parts.newest(CANDIDATES, part)
    rows = parts.rows(newest, Candidate) if newest else []
    return [(row.id, row.whole_text) for row in rows]
