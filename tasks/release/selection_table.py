"""A part of candidates as selection sees it: their columns, with what curation says of them."""

from collections.abc import Iterable, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.tasks.id_keys import IdLookup, IdSet
from gleanery.tasks.release.candidate_columns import ANSWER, QUESTION
from gleanery.tasks.release.newest_pages import NewestPages
from gleanery.tasks.release.selection_columns import (
    NO_TEXT,
    flat_lists,
    repeated_text_keys,
    text_keys,
)
from gleanery.tasks.release.selection_rows import COMPACT, REPEATED, SCORE
from gleanery.tasks.release.verdict_columns import DuplicateColumns, LeakColumns, Named
from gleanery.tasks.seeded import Integers, Words


class CandidateVerdicts:
    """What curation says of candidates, by their ids or, of whole pages, by their documents'.

    `forgotten` are ids to leave out; of `pages` all documents but the newest.
    """

    def __init__(
        self,
        duplicates: DuplicateColumns,
        leaks: LeakColumns,
        forgotten: Iterable[str],
        pages: NewestPages,
    ) -> None:
        self._duplicates, self._leaks, self._pages = duplicates, leaks, pages
        self._duplicate_of = IdLookup.of(duplicates.ids)
        self._leak_of = IdLookup.of(leaks.ids)
        self._kept = IdSet.of(duplicates.kept)
        self._forgotten = IdSet.of(text_keys(pa.array([*forgotten], pa.string())))

    def columns(self, candidates: pa.Table, ids: Words, documents: Words) -> dict[str, pa.Array]:
        """Return the columns about some candidates that hold verdicts."""
        # Of pages that are alike, all rows of the one go with it.
        of_pages = np.flatnonzero(documents != NO_TEXT)
        rows = np.concatenate([np.arange(len(ids)), of_pages])
        names = np.concatenate([ids, documents[of_pages]])
        places, found = self._duplicate_of.pairs(names)
        leaked, leaks = self._leak_of.pairs(ids)
        texts, with_text = _page_texts(candidates["page_text"])
        itself = self._kept.has(names)
        return {
            "same_as": _lists(
                len(ids),
                np.concatenate([rows[places], rows[itself], with_text]),
                np.concatenate([self._duplicates.kept[found], names[itself], texts]),
            ),
            "duplicates": _named(len(ids), rows[places], self._duplicates.kinds, found),
            "leaks": _named(len(ids), leaked, self._leaks.kinds, leaks),
            "forgotten": pa.array(self._forgotten.has(ids)),
            "superseded": pa.array(
                self._pages.superseded(repeated_text_keys(candidates["page"]), documents)
            ),
        }


def selection_table(
    candidates: pa.Table, verdicts: CandidateVerdicts, scores: Mapping[str, pa.Array]
) -> pa.Table:
    """Return a part of candidates as a table of `selection_rows.COMPACT` and columns of scores.

    `candidates` has the columns of `candidate_columns.read_candidates`.
    """
    ids = text_keys(candidates["id"])
    named = ("page", "document_id", "plan_id", "origin")
    page, document, plan, origin = (repeated_text_keys(candidates[name]) for name in named)
    split_by = np.where(document == NO_TEXT, plan, document)
    columns = {
        "id": pa.array(ids),
        "origin": pa.array(origin),
        "split_by": pa.array(np.where(page == NO_TEXT, split_by, page)),
        "nodes": _key_lists(candidates["nodes"]),
        **{name: candidates[name].dictionary_encode() for name in REPEATED},
        **{name: candidates[name] for name in (QUESTION, ANSWER)},
        **verdicts.columns(candidates, ids, document),
    }
    table = pa.Table.from_arrays([columns[name] for name in COMPACT.names], schema=COMPACT)
    for name, column in scores.items():
        table = table.append_column(SCORE + name, column)
    return table


def _page_texts(column: pa.ChunkedArray) -> tuple[Words, Integers]:
    """Return the names that rows have by the texts of their pages, by keys, and these rows."""
    rows = np.flatnonzero(pc.not_equal(column, "").to_numpy())
    texts = column.take(pa.array(rows))
    return repeated_text_keys(pc.binary_join_element_wise("text", texts, " ")), rows


def _key_lists(column: pa.ChunkedArray) -> pa.Array:
    flat, rows = flat_lists(column)
    return _in_lists(len(column), rows, pa.array(repeated_text_keys(flat)))


def _lists(count: int, rows: Integers, values: npt.NDArray[np.uint64]) -> pa.Array:
    """Return for each row the list of its values, in order and each once."""
    order = np.lexsort((values, rows))
    rows, values = rows[order], values[order]
    new = np.ones(len(rows), np.bool_)
    new[1:] = (rows[1:] != rows[:-1]) | (values[1:] != values[:-1])
    return _in_lists(count, rows[new], pa.array(values[new]))


def _named(count: int, rows: Integers, column: Named, at: Integers) -> pa.Array:
    """Return for each row the list of the names at some places of a column."""
    by_name = np.argsort(np.array(column.names)).astype(np.uint64)
    rank = np.empty(len(by_name), np.uint64)
    rank[by_name.astype(np.int64)] = np.arange(len(by_name), dtype=np.uint64)
    lists = _lists(count, rows, rank[column.codes[at]])
    names = pa.array(sorted(column.names), pa.string())
    return pa.ListArray.from_arrays(lists.offsets, names.take(lists.values))


def _in_lists(count: int, rows: Integers, values: pa.Array) -> pa.Array:
    """Return lists of values for each of `count` rows; `rows` says whose each is, in order."""
    ends = np.cumsum(np.bincount(rows, minlength=count))
    return pa.ListArray.from_arrays(pa.array(np.append(0, ends), pa.int32()), values)
