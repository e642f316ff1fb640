"""A part of candidates on its way into a release: what is in becomes records, the rest is counted.

Records cost most of a release's time: of a row that is out none is made.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import numpy as np
import pyarrow as pa

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns, row_batches
from gleanery.infra.tables import arrow_schema
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.id_keys import IdLookup, id_keys
from gleanery.tasks.release.archive_places import archive_place
from gleanery.tasks.release.candidate_scores import CandidateScores
from gleanery.tasks.release.fates import UNKNOWN, Fates
from gleanery.tasks.release.release_statistics import ReleaseStatistics
from gleanery.tasks.release.release_work import Split
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.selection_columns import repeated_text_keys, text_keys
from gleanery.tasks.release.verdict_counts import VerdictCounts
from gleanery.tasks.seeded import Integers

_COLUMNS = ("id", "document_id", "pipeline", "method", "scores")
_NO_SCORES = arrow_schema(ExampleScore).empty_table()
_AT_ONCE = 200  # rows that are records; the scores of their part wait as columns

Released = tuple[Candidate, Split, list[ExampleScore]]


class ReleasedPart:
    """A part of candidates with all that is said of them, as columns.

    `folders` are those of the pipelines' local sources: archives are named below them.
    """

    def __init__(
        self,
        parts: Parts,
        candidates: Receipt,
        scores: Sequence[Receipt],
        fates: Fates,
        folders: Mapping[str, Sequence[str]],
    ) -> None:
        self._folders = folders
        self._store, self._path = parts.store, candidates.data
        self._rows = read_columns(parts.store, candidates.data, _COLUMNS)
        self._ids = text_keys(self._rows["id"])
        self._codes = fates.of(self._ids)
        self._kept = (self._codes != UNKNOWN) & (self._codes < len(SPLITS))
        self._scores = [
            read_columns(parts.store, receipt.data, _NO_SCORES.column_names)
            for receipt in scores
            if receipt.part == candidates.part
        ]

    def count(self, statistics: ReleaseStatistics, verdicts: VerdictCounts) -> None:
        """Count all candidates, with their scores, their lengths and what was found in them."""
        verdicts.add(self._ids, repeated_text_keys(self._rows["document_id"]))
        scores = CandidateScores(self._rows, self._scores)
        statistics.add(self._rows["pipeline"].to_pylist(), scores, self._kept)
        first = 0
        for batch in row_batches(self._store, self._path, ("messages",)):
            kept = self._kept[first : first + len(batch)]
            statistics.add_lengths(batch["messages"].to_pylist(), kept)
            first += len(batch)

    def released(self) -> Iterator[Released]:
        """Yield the candidates that are in, with their splits and scores, in their order."""
        scores = _ScoreRows(self._rows["id"], self._scores)
        first = 0
        for batch in row_batches(self._store, self._path):
            here = np.flatnonzero(self._kept[first : first + len(batch)])
            for some in np.array_split(here, range(_AT_ONCE, len(here), _AT_ONCE)):
                rows = batch.take(pa.array(some)).to_pylist()
                places = first + some
                for row, code, said in zip(
                    rows, self._codes[places].tolist(), scores.of(places), strict=True
                ):
                    yield self._candidate(row), cast(Split, SPLITS[code]), said
            first += len(batch)

    def _candidate(self, row: dict[str, Any]) -> Candidate:
        folders = self._folders.get(row["pipeline"], ())
        return Candidate.model_validate({**row, "archive": archive_place(row["archive"], folders)})


class _ScoreRows:
    """The scores of some candidates as columns, to be had by the candidates' places."""

    def __init__(self, ids: pa.ChunkedArray, tables: Sequence[pa.Table]) -> None:
        self._rows = pa.concat_tables([_NO_SCORES, *tables]).combine_chunks()
        self._of = IdLookup.of(id_keys(self._rows["id"]))
        self._keys = id_keys(ids)

    def of(self, places: Integers) -> list[list[ExampleScore]]:
        """Return the scores of the candidates at some places, in the order of their scorers."""
        found: list[list[ExampleScore]] = [[] for _ in places]
        whose, at = self._of.pairs(self._keys[places])
        rows = self._rows.take(pa.array(at)).to_pylist()
        for number, row in zip(whose.tolist(), rows, strict=True):
            found[number].append(ExampleScore.model_validate(row))
        return found
