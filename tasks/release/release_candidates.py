"""The candidates with their scores and their fates, one after the other."""

from collections.abc import Iterator, Sequence
from typing import cast

import numpy as np
import pyarrow as pa

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns, row_batches
from gleanery.infra.tables import arrow_schema
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.id_keys import IdLookup, id_keys, joined_keys
from gleanery.tasks.release.fates import Fates
from gleanery.tasks.release.release_work import Split
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.selection_columns import text_keys
from gleanery.tasks.release.selection_part import Curated

_AT_ONCE = 200  # rows that are records; the scores of their part wait as columns


def scored_candidates(
    parts: Parts, curated: Curated, fates: Fates
) -> Iterator[tuple[Candidate, list[ExampleScore], Split | None]]:
    """Yield every candidate with its scores and its split, `None` where it is out."""
    for receipt in curated.candidates:
        scores, first = _PartScores(parts, curated, receipt), 0
        for batch in row_batches(parts.store, receipt.data):
            for start in range(0, len(batch), _AT_ONCE):
                rows = batch.slice(start, _AT_ONCE)
                yield from _with_scores(rows, scores.of(first, len(rows)), fates)
                first += len(rows)


def _with_scores(
    rows: pa.Table, scores: Sequence[list[ExampleScore]], fates: Fates
) -> Iterator[tuple[Candidate, list[ExampleScore], Split | None]]:
    codes = fates.of(text_keys(rows["id"])).tolist()
    for row, said, code in zip(rows.to_pylist(), scores, codes, strict=True):
        split = cast(Split, SPLITS[code]) if 0 <= code < len(SPLITS) else None
        yield Candidate.model_validate(row), said, split


class _PartScores:
    """The scores of a part of candidates as columns, in the order of their rows."""

    def __init__(self, parts: Parts, curated: Curated, candidates: Receipt) -> None:
        ids = read_columns(parts.store, candidates.data, ("id",))["id"]
        tables = [
            read_columns(parts.store, receipt.data, tuple(ExampleScore.model_fields))
            for receipt in curated.scores
            if receipt.part == candidates.part
        ]
        keys = joined_keys(id_keys(table["id"]) for table in tables)
        places = IdLookup.of(id_keys(ids)).first(keys)
        order = np.argsort(places, kind="stable")
        self._places = places[order]
        self._table = pa.concat_tables(tables or [_NO_SCORES]).take(pa.array(order))

    def of(self, first: int, count: int) -> list[list[ExampleScore]]:
        """Return the scores of each of some rows, from a first one on."""
        found: list[list[ExampleScore]] = [[] for _ in range(count)]
        start, end = np.searchsorted(self._places, (first, first + count)).tolist()
        rows = self._table.slice(start, end - start).to_pylist()
        for place, row in zip(self._places[start:end].tolist(), rows, strict=True):
            found[place - first].append(ExampleScore.model_validate(row))
        return found


_NO_SCORES = arrow_schema(ExampleScore).empty_table()
