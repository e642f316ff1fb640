"""Why candidates are out, in words: said a part at a time, while their losses are written."""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import row_batches
from gleanery.infra.storage import Store
from gleanery.tasks.id_keys import IdLookup
from gleanery.tasks.release.forgotten import FORGOTTEN
from gleanery.tasks.release.newest_pages import NewestPages
from gleanery.tasks.release.selection_columns import repeated_text_keys, text_keys
from gleanery.tasks.release.verdict_columns import ROWS_AT_ONCE
from gleanery.tasks.seeded import Integers

SUPERSEDED, LEAK, DUPLICATE = "superseded", "leak", "duplicate_"
COLUMNS = ("id", "document_id", "page")  # of candidates, which these words are found by

_MATCHED = 200  # characters of what was found that are told


class Details:
    """What stands behind the reasons of rows; memory takes some 80 bytes a duplicate."""

    def __init__(
        self,
        store: Store,
        candidates: Sequence[Receipt],
        duplicates: Sequence[Receipt],
        leaks: Sequence[Receipt],
        forgotten: Mapping[str, str],
        pages: NewestPages,
    ) -> None:
        self._duplicates = _read(
            store, duplicates, ("id", "kept_id", "kind", "level", "similarity")
        )
        self._duplicate_of = _lookups(self._duplicates)
        self._leaks = _read(store, leaks, ("id", "benchmark", "item_id", "side", "matched"))
        self._leak_of = IdLookup.of(text_keys(self._leaks["id"]))
        self._forgotten, self._pages = forgotten, pages
        self._newest = pages.ids_of_newest(store, candidates)

    def of(self, candidates: pa.Table, reason: str) -> list[str]:
        """Return what stands behind this reason of some rows; "" where the reason says it all.

        `candidates` has the `COLUMNS`.
        """
        if reason.startswith(DUPLICATE) and (
            lookup := self._duplicate_of.get(reason.removeprefix(DUPLICATE))
        ):
            own = lookup.first(text_keys(candidates["id"]))
            of_page = lookup.first(repeated_text_keys(candidates["document_id"]))
            return self._like(np.where(own >= 0, own, of_page))
        if reason == LEAK:
            return self._leaked(self._leak_of.first(text_keys(candidates["id"])))
        if reason == SUPERSEDED:
            newest = self._pages.newest(repeated_text_keys(candidates["page"])).tolist()
            return [f"the page came in again, as document {self._newest[key]}" for key in newest]
        if reason == FORGOTTEN:
            return [self._forgotten.get(row_id, "") for row_id in candidates["id"].to_pylist()]
        return [""] * len(candidates)

    def _like(self, places: Integers) -> list[str]:
        return [
            f"{row['similarity']:.3f} like {row['kept_id']} ({row['level']})"
            for row in self._duplicates.take(pa.array(places)).to_pylist()
        ]

    def _leaked(self, places: Integers) -> list[str]:
        return [
            f"{row['benchmark']} {row['item_id']} ({row['side']}): {row['matched']}"
            for row in self._leaks.take(pa.array(places)).to_pylist()
        ]


def _read(store: Store, receipts: Sequence[Receipt], columns: Sequence[str]) -> pa.Table:
    """Return some columns as one table; what was matched is cut."""
    schema = pa.schema([(name, _TYPES.get(name, pa.large_string())) for name in columns])
    tables = [schema.empty_table()]
    for receipt in receipts:
        for batch in row_batches(store, receipt.data, columns, ROWS_AT_ONCE):
            if "matched" in columns:
                cut = pc.utf8_slice_codeunits(batch["matched"], 0, _MATCHED)
                batch = batch.set_column(batch.schema.get_field_index("matched"), "matched", cut)
            tables.append(batch.cast(schema))
    return pa.concat_tables(tables).unify_dictionaries().combine_chunks()


_NAMES = pa.dictionary(pa.int32(), pa.string())
_TYPES = {
    "kind": _NAMES,
    "level": _NAMES,
    "benchmark": _NAMES,
    "side": _NAMES,
    "similarity": pa.float64(),
}


def _lookups(duplicates: pa.Table) -> dict[str, IdLookup]:
    """Return the rows of each kind of duplicates by their ids."""
    keys = text_keys(duplicates["id"])
    found = {}
    for kind in duplicates["kind"].unique().to_pylist():
        rows = np.flatnonzero(pc.equal(duplicates["kind"], kind).to_numpy())
        lookup = IdLookup.of(keys[rows])
        found[kind] = IdLookup(lookup.keys, rows[lookup.rows])
    return found
