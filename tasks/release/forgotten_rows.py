"""The candidates of forgotten sources: by address, by text, and by being nearly the same page."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.tasks.release.forgotten import Forgotten

COLUMNS = ("id", "document_id", "url", "page_text")
_COPIES = ("exact", "near")  # pages that only mean the same (semantic) are no mirrors

# What can be gone through again: millions of rows are looked at, and only those found are kept.
Tables = Callable[[], Iterable[pa.Table]]


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
    return match_forgotten(
        lambda: (read_columns(store, receipt.data, COLUMNS) for receipt in candidates),
        lambda: (_document_copies(store, receipt) for receipt in duplicates),
        forgotten,
    )


def match_forgotten(candidates: Tables, copies: Tables, forgotten: Forgotten) -> dict[str, str]:
    """Return the ids of candidates that are made from a forgotten source, each with why.

    A candidate is so if its page has a forgotten address or a text that was found under one, or if
    that page and such a page are near copies of one page (or one of the other). `copies` have the
    columns `id` and `kept_id`: candidates whose pages are near copies, or documents themselves.
    """
    found: dict[str, str] = {}
    why: dict[str, str] = {}  # by document
    for table in candidates():
        for row in _of_sources(table, forgotten):
            found[row["id"]] = why[row["document_id"]] = _reason(row, forgotten)
    near = _near_documents(candidates, copies, {**why, **found})
    for table in candidates() if near else ():
        for row in _having(table, "document_id", near):
            found.setdefault(row["id"], f"a near copy of a page {near[row['document_id']]}")
    return found


def _near_documents(candidates: Tables, copies: Tables, why: Mapping[str, str]) -> dict[str, str]:
    """Return the documents that are copies with forgotten ones, by the reason of one of these.

    Every copy points to the page that stays. If one of them is forgotten, so are they all: which
    of several copies stays is chance, and the next run may choose another.
    """
    stays: dict[str, str] = {}
    for table in copies():
        for row in _having(table, "id", why):
            stays.setdefault(row["kept_id"], why[row["id"]])
        for row in _having(table, "kept_id", why):
            stays[row["kept_id"]] = why[row["kept_id"]]
    members = dict(stays)
    for table in copies() if stays else ():
        for row in _having(table, "kept_id", stays):
            members.setdefault(row["id"], stays[row["kept_id"]])
    documents = dict(members)
    for table in candidates() if members else ():
        for row in _having(table, "id", members):
            documents[row["document_id"]] = members[row["id"]]
    return documents


def _document_copies(store: Store, receipt: Receipt) -> pa.Table:
    table = read_columns(store, receipt.data, ("id", "kept_id", "kind", "level"))
    of_pages = pc.equal(table["level"], "document")
    return table.filter(pc.and_(of_pages, pc.is_in(table["kind"], pa.array(_COPIES))))


def _of_sources(table: pa.Table, forgotten: Forgotten) -> list[dict[str, str]]:
    """Return the candidates of forgotten sources; every address and text is looked at once."""
    urls = [url for url in table["url"].unique().to_pylist() if forgotten.by_address(url)]
    texts = [text for text in table["page_text"].unique().to_pylist() if forgotten.by_text(text)]
    of_text = pc.is_in(table["page_text"], pa.array(texts, pa.string()))
    rows: list[dict[str, str]] = table.filter(
        pc.or_(pc.is_in(table["url"], pa.array(urls, pa.string())), of_text)
    ).to_pylist()
    return rows


def _reason(row: Mapping[str, str], forgotten: Forgotten) -> str:
    if source := forgotten.by_address(row["url"]):
        return f"from {source.address}"
    source = forgotten.by_text(row["page_text"])
    return f"from {row['url']}, which has the text of {source.address}" if source else ""


def _having(table: pa.Table, column: str, values: Collection[str]) -> list[dict[str, str]]:
    wanted = pa.array([*values], pa.string())
    rows: list[dict[str, str]] = table.filter(pc.is_in(table[column], wanted)).to_pylist()
    return rows
