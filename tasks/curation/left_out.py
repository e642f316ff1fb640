"""The candidates that a recipe leaves out whatever their scores: no judge is paid for them."""

from collections.abc import Collection, Container, Sequence

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns


def left_out_by_part(
    parts: Parts,
    candidates: Sequence[Receipt],
    verdicts: Sequence[Receipt],
    kinds: Collection[str],
) -> dict[str, frozenset[str]]:
    """Return, for each part of candidates, the ids that a verdict of one of these kinds is on.

    `verdicts` are the receipts of duplicates and of leaks, whose ids are candidates' or, of whole
    pages, documents'. Only ids and kinds are read.
    """
    out = {
        row["id"]
        for receipt in verdicts
        for row in read_columns(parts.store, receipt.data, ("id", "kind")).to_pylist()
        if row["kind"] in kinds
    }
    return {receipt.part: _of_part(parts, receipt, out) for receipt in candidates}


def _of_part(parts: Parts, candidates: Receipt, out: Container[str]) -> frozenset[str]:
    rows = read_columns(parts.store, candidates.data, ("id", "document_id")).to_pylist()
    return frozenset(row["id"] for row in rows if row["id"] in out or row["document_id"] in out)
