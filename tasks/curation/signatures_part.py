"""The signatures of a part of candidates and of the pages they came from."""

import time

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.curation.signatures import FAMILY
from gleanery.tasks.curation.signatures_rows import signed_candidates, signed_documents
from gleanery.tasks.curation.signatures_table import SignatureSpool
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Document
from gleanery.tasks.stage_inputs import CANDIDATES, EXAMPLES, RECALL

SIGNATURES = "signatures"
VERSION = 4


def standing_signatures(parts: Parts, source: SourcePart) -> Receipt | None:
    """Return the receipt of a source part's signatures if it stands, or `None`."""
    plan = _plan(parts, source)
    newest = parts.newest(SIGNATURES, source.name)
    return newest if plan and newest and newest.key == plan.key else None


def signature_part(parts: Parts, source: SourcePart) -> Receipt | None:
    """Return the receipt of a source part's signatures; `None` while it has no candidates.

    Questions, examples and released texts are signed, and of a harvest also the pages that they
    came from. What is unchanged is not signed again.
    """
    started = time.monotonic()
    plan, gathered = _plan(parts, source), parts.newest(CANDIDATES, source.name)
    if plan is None or gathered is None:
        return None
    newest = parts.newest(SIGNATURES, source.name)
    if newest and newest.key == plan.key:
        return newest
    candidates = parts.rows(gathered, Candidate)
    with SignatureSpool() as rows, RowSpool(Loss) as losses:
        for block in signed_documents(_pages(source, candidates)):
            rows.append(block)
        for block in signed_candidates(candidates):
            rows.append(block)
        outcome = Outcome[Candidate]((), (), (), rows_in=len(candidates))
        return parts.commit_spooled(plan, outcome, rows, losses, started, newest)


def _pages(source: SourcePart, candidates: list[Candidate]) -> list[Document]:
    """Return the documents that the candidates came from."""
    recalled = _recalled(source)
    if recalled is None:
        return []
    wanted = {row.document_id for row in candidates}
    documents = Parts(source.store).rows(recalled, Document)
    return [document for document in documents if document.id in wanted]


def _recalled(source: SourcePart) -> Receipt | None:
    return None if source.stage == EXAMPLES else Parts(source.store).newest(RECALL, source.part)


def _plan(parts: Parts, source: SourcePart) -> Plan | None:
    gathered, recalled = parts.newest(CANDIDATES, source.name), _recalled(source)
    if gathered is None:
        return None
    inputs = [Input(stage=CANDIDATES, part=gathered.part, row_digest=gathered.row_digest)]
    if recalled:
        stage = f"{source.pipeline}/{RECALL}"
        inputs.append(Input(stage=stage, part=source.part, row_digest=recalled.row_digest))
    return Plan(
        stage=SIGNATURES,
        version=VERSION,
        part=source.name,
        inputs=tuple(inputs),
        decides={"family": list(FAMILY)},
    )
