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
from gleanery.tasks.curation.source_pages import pages_input, pages_of
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.stage_inputs import CANDIDATES

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
        for block in signed_documents(pages_of(source, candidates)):
            rows.append(block)
        for block in signed_candidates(candidates):
            rows.append(block)
        outcome = Outcome[Candidate]((), (), (), rows_in=len(candidates))
        return parts.commit_spooled(plan, outcome, rows, losses, started, newest)


def _plan(parts: Parts, source: SourcePart) -> Plan | None:
    gathered = parts.newest(CANDIDATES, source.name)
    if gathered is None:
        return None
    made_from = Input(stage=CANDIDATES, part=gathered.part, row_digest=gathered.row_digest)
    return Plan(
        stage=SIGNATURES,
        version=VERSION,
        part=source.name,
        inputs=(made_from, *pages_input(source)),
        decides={"family": list(FAMILY)},
    )
