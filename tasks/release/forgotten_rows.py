"""The candidates of forgotten sources: by address, by text, and by being nearly the same page."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa

from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.tasks.release.forgotten import Forgotten

COLUMNS = ("id", "document_id", "url", "page_text")
_COPIES = ("exact", "near")  # pages that only mean the same (semantic) are no mirrors


def forgotten_rows(
    store: Store, candidates: Sequence[Receipt], duplicates: Sequence[Receipt], forgotten: Forgotten
) -> dict[str, str]:
    """Return the ids of the candidates that the next release leaves out, each with the reason why.

    `candidates` and `duplicates` are the dataset's receipts; there need not be any duplicates yet.
    Only narrow columns are read, and none if nothing is forgotten. Raises `ValueError` for
    candidates that are too old to know the text of their page.
    """
    if not forgotten:
        return {}
    tables = (read_columns(store, receipt.data, COLUMNS) for receipt in candidates)
    return match_forgotten(tables, document_copies(store, duplicates), forgotten)


def match_forgotten(
    candidates: Iterable[pa.Table], copies: Iterable[tuple[str, str]], forgotten: Forgotten
) -> dict[str, str]:
    """Return the ids of candidates that are made from a forgotten source, each with why.

    A candidate is so if its page has a forgotten address or a text that was found under one, or if
    that page and such a page are near copies of one page (or one of the other). `copies` are pairs
    of near copies: of candidates, by their ids, or of documents. Memory holds two ids for each
    candidate that comes from a page.
    """
    document_of: dict[str, str] = {}
    why: dict[str, str] = {}
    for table in candidates:
        for row_id, document_id, reason in _matches(table, forgotten):
            document_of[row_id] = document_id
            if reason:
                why[document_id] = reason
    near = _near_copies(copies, document_of, why)
    return {
        row_id: why.get(document_id) or near[document_id]
        for row_id, document_id in document_of.items()
        if document_id in why or document_id in near
    }


def document_copies(store: Store, duplicates: Sequence[Receipt]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of ids that stand for near copies of whole pages."""
    for receipt in duplicates:
        table = read_columns(store, receipt.data, ("id", "kept_id", "kind", "level"))
        for row in table.to_pylist():
            if row["level"] == "document" and row["kind"] in _COPIES:
                yield row["id"], row["kept_id"]


def _matches(table: pa.Table, forgotten: Forgotten) -> Iterator[tuple[str, str, str]]:
    """Yield id, document and reason ("" for none) of each candidate that comes from a page."""
    columns = (table[name].to_pylist() for name in COLUMNS)
    for row_id, document_id, url, text in zip(*columns, strict=True):
        if not document_id:
            continue  # synthesised: from no page
        if source := forgotten.by_address(url):
            yield row_id, document_id, f"from {source.address}"
        elif source := forgotten.by_text(text):
            yield row_id, document_id, f"{url} has the text of {source.address}"
        else:
            yield row_id, document_id, ""


def _near_copies(
    copies: Iterable[tuple[str, str]], document_of: Mapping[str, str], why: Mapping[str, str]
) -> dict[str, str]:
    """Return documents that are near copies of forgotten ones, each with the reason.

    Every copy points to the page that stays. If one of them is forgotten, so are they all: which
    of several copies stays is chance, and the next run may choose another.
    """
    stars: dict[str, set[str]] = defaultdict(set)
    for copy, stays in copies:
        kept = document_of.get(stays, stays)
        stars[kept] |= {kept, document_of.get(copy, copy)}
    found: dict[str, str] = {}
    for star in stars.values():
        if first := min(star & why.keys(), default=""):
            found |= dict.fromkeys(star - why.keys(), f"a near copy of a page {why[first]}")
    return found
