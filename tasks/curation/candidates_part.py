"""The candidates of one part of a source pipeline, as a part of the dataset."""

import time
from dataclasses import dataclass

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates import from_examples, from_extracted, from_refined
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Document, Example, KeptDocument, QAPair, RefinedPair
from gleanery.tasks.stage_inputs import CANDIDATES, DEDUP, EXAMPLES, EXTRACT, RECALL, REFINE

VERSION = 2  # candidates know what kind of site their page stands on
_MADE_FROM = {
    EXAMPLES: (EXAMPLES,),
    EXTRACT: (EXTRACT, DEDUP, RECALL),
    REFINE: (REFINE, EXTRACT, DEDUP, RECALL),
}


@dataclass(frozen=True, slots=True)
class SourcePart:
    """A part of a pipeline's last stage."""

    pipeline: str
    store: Store
    stage: str
    part: str

    @property
    def name(self) -> str:
        """The name of the part of candidates."""
        return f"{self.pipeline}.{self.part}"


def standing_candidates(parts: Parts, source: SourcePart) -> Receipt | None:
    """Return the receipt of a source part's candidates if it stands, or `None`."""
    made_from = _receipts(source)
    newest = parts.newest(CANDIDATES, source.name)
    return newest if made_from and newest and newest.key == _plan(source, made_from).key else None


def gather_candidates(parts: Parts, source: SourcePart) -> Receipt | None:
    """Return the receipt of a source part's candidates; `None` while the part is not made."""
    started = time.monotonic()
    made_from = _receipts(source)
    if made_from is None:
        return None
    plan = _plan(source, made_from)
    newest = parts.newest(CANDIDATES, plan.part)
    if newest and newest.key == plan.key:
        return newest
    rows, losses = _candidates(source, made_from)
    outcome = Outcome(rows, losses, [], made_from[source.stage].rows_out)
    return parts.commit(plan, outcome, Candidate, started, newest)


def _receipts(source: SourcePart) -> dict[str, Receipt] | None:
    parts = Parts(source.store)
    found = {stage: parts.newest(stage, source.part) for stage in _MADE_FROM[source.stage]}
    made = {stage: receipt for stage, receipt in found.items() if receipt}
    return made if len(made) == len(found) else None


def _plan(source: SourcePart, made_from: dict[str, Receipt]) -> Plan:
    return Plan(
        stage=CANDIDATES,
        version=VERSION,
        part=source.name,
        inputs=tuple(
            Input(stage=f"{source.pipeline}/{stage}", part=source.part, row_digest=r.row_digest)
            for stage, r in made_from.items()
        ),
        decides={},
    )


def _candidates(
    source: SourcePart, made_from: dict[str, Receipt]
) -> tuple[list[Candidate], list[Loss]]:
    parts, place = Parts(source.store), (source.pipeline, source.part)
    if source.stage == EXAMPLES:
        return from_examples(parts.rows(made_from[EXAMPLES], Example), *place), []
    documents = {row.id: row for row in parts.rows(made_from[RECALL], Document)}
    kept = parts.rows(made_from[DEDUP], KeptDocument)
    pages = {row.document_id: row for row in kept}
    found = parts.rows(made_from[EXTRACT], QAPair)
    if source.stage == EXTRACT:
        return from_extracted(found, documents, pages, *place)
    pairs = {pair.id: pair for pair in found}
    return from_refined(parts.rows(made_from[REFINE], RefinedPair), pairs, documents, pages, *place)
