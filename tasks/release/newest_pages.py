"""The newest document of each page: of a page that came in more than once, the last text counts."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.tasks.id_keys import IdSet, joined_keys
from gleanery.tasks.release.selection_columns import NO_TEXT, repeated_text_keys
from gleanery.tasks.seeded import Words


class NewestPages:
    """The newest document of each page, by keys: 16 bytes a page.

    The order of the receipts is the order in which pages came in.
    """

    def __init__(self, store: Store, candidates: Sequence[Receipt]) -> None:
        found = [page_documents(_read(store, receipt)) for receipt in candidates]
        pages = joined_keys(pages for pages, _ in found)
        documents = joined_keys(documents for _, documents in found)
        order = np.argsort(pages, kind="stable")
        pages, documents = pages[order], documents[order]
        last = np.ones(len(pages), np.bool_)
        last[:-1] = pages[1:] != pages[:-1]
        self._pages, self._documents = pages[last], documents[last]
        self._again = IdSet.of(self.newest(pages[documents != self.newest(pages)]))

    def newest(self, pages: Words) -> Words:
        """Return the newest document of each of these pages; `NO_TEXT` for none that is known."""
        if not len(self._pages):
            return np.full(len(pages), NO_TEXT)
        places = np.minimum(np.searchsorted(self._pages, pages), len(self._pages) - 1)
        return np.where(self._pages[places] == pages, self._documents[places], NO_TEXT)

    def superseded(self, pages: Words, documents: Words) -> npt.NDArray[np.bool_]:
        """Return which rows are of an older document of their page."""
        return np.asarray((pages != NO_TEXT) & (self.newest(pages) != documents))

    def ids_of_newest(self, store: Store, candidates: Sequence[Receipt]) -> dict[int, str]:
        """Return the ids of the documents that came in for older ones, by their keys."""
        found: dict[int, str] = {}
        for receipt in candidates if len(self._again) else ():
            ids = read_columns(store, receipt.data, ("document_id",))["document_id"].unique()
            keys = repeated_text_keys(pa.chunked_array([ids]))
            here = self._again.has(keys)
            names = ids.filter(pa.array(here)).to_pylist()
            found.update(zip(keys[here].tolist(), names, strict=True))
        return found


def page_documents(rows: pa.Table) -> tuple[Words, Words]:
    """Return the pages of some candidates with their documents, each pair once, by keys.

    Of the pairs of a page, the one that came last is last.
    """
    pages, documents = (repeated_text_keys(rows[name]) for name in ("page", "document_id"))
    places = np.flatnonzero(pages != NO_TEXT)[::-1]  # the last of equal ones comes first
    pairs = np.stack([pages[places], documents[places]], axis=1)
    _, first = np.unique(pairs, axis=0, return_index=True)
    kept = places[np.sort(first)[::-1]]
    return pages[kept], documents[kept]


def _read(store: Store, candidates: Receipt) -> pa.Table:
    return read_columns(store, candidates.data, ("page", "document_id"))
