"""The pages that a part of candidates came from, as their source keeps them."""

from collections.abc import Iterable

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Receipt
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Document
from gleanery.tasks.stage_inputs import EXAMPLES, RECALL


def recalled(source: SourcePart) -> Receipt | None:
    """Return the receipt of a source part's pages; `None` for a synthesis, which has none."""
    return None if source.stage == EXAMPLES else Parts(source.store).newest(RECALL, source.part)


def pages_input(source: SourcePart) -> tuple[Input, ...]:
    """Return a source part's pages as what something is made from; () where there are none."""
    if not (receipt := recalled(source)):
        return ()
    stage = f"{source.pipeline}/{RECALL}"
    return (Input(stage=stage, part=source.part, row_digest=receipt.row_digest),)


def pages_of(source: SourcePart, candidates: Iterable[Candidate]) -> list[Document]:
    """Return the documents that candidates came from."""
    if not (receipt := recalled(source)):
        return []
    wanted = {row.document_id for row in candidates}
    documents = Parts(source.store).rows(receipt, Document)
    return [document for document in documents if document.id in wanted]
