"""What a part holds for the stages after: the documents that dedup kept, the pairs found."""

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input
from gleanery.tasks.records import Document, KeptDocument, QAPair

RECALL = "recall"
DEDUP = "dedup"
EXTRACT = "extract"
REFINE = "refine"
EXAMPLES = "examples"  # of every synthesis: what curation takes in
CANDIDATES = "candidates"
LEAKS = "leaks"  # of benchmarks: in candidates, or in pairs and pages before refinement


def documents_input(parts: Parts, part: str) -> tuple[Input, ...] | None:
    """Return what a later stage's part is made from, or `None` while dedup has not got there."""
    kept = parts.newest(DEDUP, part)
    if kept is None:
        return None
    return (Input(stage=DEDUP, part=part, row_digest=kept.row_digest),)


def kept_documents(parts: Parts, part: str) -> list[Document]:
    """Return the documents of a part that dedup kept, in the order of their source.

    Raises `FileNotFoundError` when the part is not recalled and deduplicated yet.
    """
    recalled, kept = parts.newest(RECALL, part), parts.newest(DEDUP, part)
    if recalled is None or kept is None:
        raise FileNotFoundError(
            f"part {part} has no documents at {parts.store.uri('')}: run the recall flow first"
        )
    left = {row.document_id for row in parts.rows(kept, KeptDocument)}
    documents = []
    for document in parts.rows(recalled, Document):
        if document.id in left:
            left.discard(document.id)  # the first record of a page stands for it
            documents.append(document)
    return documents


def pairs_input(parts: Parts, part: str) -> tuple[Input, ...] | None:
    """Return what a part of refinement is made from, or `None` while it has no pairs yet."""
    extracted = parts.newest(EXTRACT, part)
    if extracted is None:
        return None
    return (Input(stage=EXTRACT, part=part, row_digest=extracted.row_digest),)


def extracted_pairs(parts: Parts, part: str) -> list[QAPair]:
    """Return the pairs of a part. Raises `FileNotFoundError` before extraction has got there."""
    extracted = parts.newest(EXTRACT, part)
    if extracted is None:
        raise FileNotFoundError(
            f"part {part} has no pairs at {parts.store.uri('')}: run the extract flow first"
        )
    return parts.rows(extracted, QAPair)


def pairs_and_documents(parts: Parts, part: str) -> tuple[list[QAPair], list[Document]]:
    """Return the pairs of a part and the documents that they come from."""
    return extracted_pairs(parts, part), kept_documents(parts, part)


def stages_closed(parts: Parts, part: str) -> bool:
    """Return whether a part is closed in every stage of the harvest, each made from the last."""
    newest = {stage: parts.newest(stage, part) for stage in (RECALL, DEDUP, EXTRACT, REFINE)}
    if not all(receipt and receipt.closed for receipt in newest.values()):
        return False
    extracted, refined = newest[EXTRACT], newest[REFINE]
    return (
        extracted is not None
        and refined is not None
        and extracted.inputs == documents_input(parts, part)
        and {*(pairs_input(parts, part) or ())} <= {*refined.inputs}  # beside leaks, maybe
    )
