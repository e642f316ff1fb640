"""The candidates that a recipe leaves out whatever their scores: no judge is paid for them."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.compute as pc

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.tasks.curation.row_ranks import read_refused
from gleanery.tasks.id_keys import IdSet, id_keys


@dataclass(frozen=True, slots=True)
class LeftOut:
    """What is left out of all parts, candidates and whole pages: 8 bytes of memory for each."""

    parts: Parts
    out: IdSet

    def of_part(self, candidates: Receipt) -> frozenset[str]:
        """Return the ids of a part of candidates that are out, themselves or with their page."""
        columns = ("id", "document_id")
        table = read_columns(self.parts.store, candidates.data, columns)
        own, page = (self.out.has(id_keys(table[name])) for name in columns)
        return frozenset(table["id"].filter(pa.array(own | page)).to_pylist())


def find_left_out(
    parts: Parts,
    duplicates: Sequence[Receipt],
    kinds: Collection[str],
    ineligible: Receipt | None = None,
    is_threshold: Callable[[str], bool] | None = None,
) -> LeftOut:
    """Return what is left out: duplicates of these kinds, and what cannot be in the release.

    Not what a threshold on a score refuses: its reasons are told by `is_threshold`. Thresholds are
    applied in the release, and a judge is not asked again for one that is changed.
    """
    out = [read_refused(parts, ineligible, is_threshold).out.keys]
    for receipt in duplicates:
        table = read_columns(parts.store, receipt.data, ("id", "kind"))
        removed = pc.is_in(table["kind"], pa.array(sorted(kinds), pa.string()))
        out.append(id_keys(table["id"].filter(removed)))
    return LeftOut(parts, IdSet.of(*out))
