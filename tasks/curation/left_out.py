"""The candidates that a recipe leaves out whatever their scores: no judge is paid for them."""

from collections.abc import Collection, Container, Sequence

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns


def left_out_by_part(
    parts: Parts,
    candidates: Sequence[Receipt],
    duplicates: Sequence[Receipt],
    kinds: Collection[str],
    ineligible: Sequence[Receipt],
) -> dict[str, frozenset[str]]:
    """Return, for each part of candidates, the ids that are out: as duplicates of these kinds too.

    The ids of duplicates are candidates' or, of whole pages, documents'. Only ids and kinds are
    read.
    """
    out = {
        row["id"]
        for receipt in duplicates
        for row in read_columns(parts.store, receipt.data, ("id", "kind")).to_pylist()
        if row["kind"] in kinds
    }
    for receipt in ineligible:
        out |= set(read_columns(parts.store, receipt.data, ("id",))["id"].to_pylist())
    return {receipt.part: _of_part(parts, receipt, out) for receipt in candidates}


def _of_part(parts: Parts, candidates: Receipt, out: Container[str]) -> frozenset[str]:
    rows = read_columns(parts.store, candidates.data, ("id", "document_id")).to_pylist()
    return frozenset(row["id"] for row in rows if row["id"] in out or row["document_id"] in out)
