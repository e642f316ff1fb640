"""The candidates with their scores and their fates, one after the other."""

from collections import defaultdict
from collections.abc import Iterator
from typing import cast

import numpy as np
import pyarrow as pa

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns, row_batches
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.id_keys import IdLookup, id_keys
from gleanery.tasks.release.fates import Fates
from gleanery.tasks.release.release_work import Split
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.selection_columns import text_keys
from gleanery.tasks.release.selection_part import Curated

_AT_ONCE = 1000  # rows that are records; the scores of their part wait as columns


def scored_candidates(
    parts: Parts, curated: Curated, fates: Fates
) -> Iterator[tuple[Candidate, list[ExampleScore], Split | None]]:
    """Yield every candidate with its scores and its split, `None` where it is out."""
    for receipt in curated.candidates:
        scores = _PartScores(parts, curated, receipt)
        first = 0
        for batch in row_batches(parts.store, receipt.data, at_once=_AT_ONCE):
            said = scores.of(first, len(batch))
            codes = fates.of(text_keys(batch["id"])).tolist()
            for place, (row, code) in enumerate(zip(batch.to_pylist(), codes, strict=True)):
                split = cast(Split, SPLITS[code]) if 0 <= code < len(SPLITS) else None
                yield Candidate.model_validate(row), said[first + place], split
            first += len(batch)


class _PartScores:
    """The scores of a part of candidates as columns, in the order of their rows."""

    def __init__(self, parts: Parts, curated: Curated, candidates: Receipt) -> None:
        ids = read_columns(parts.store, candidates.data, ("id",))["id"]
        tables = [
            read_columns(parts.store, receipt.data, tuple(ExampleScore.model_fields))
            for receipt in curated.scores
            if receipt.part == candidates.part
        ]
        self._table = pa.concat_tables(tables) if tables else None
        keys = [id_keys(table["id"]) for table in tables]
        places = IdLookup.of(id_keys(ids)).first(np.concatenate(keys)) if keys else np.zeros(0)
        self._order = np.argsort(places, kind="stable")
        self._places = places[self._order]

    def of(self, first: int, count: int) -> dict[int, list[ExampleScore]]:
        """Return the scores of some rows from a first one on, by their places."""
        found: defaultdict[int, list[ExampleScore]] = defaultdict(list)
        start, end = np.searchsorted(self._places, (first, first + count)).tolist()
        if self._table is not None:
            rows = self._table.take(pa.array(self._order[start:end])).to_pylist()
            for place, row in zip(self._places[start:end].tolist(), rows, strict=True):
                found[place].append(ExampleScore.model_validate(row))
        return found
