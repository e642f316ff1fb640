"""The rows of a dataset in the order in which their meaning is compared: by rank.

Memory holds some numbers for each row; ids and texts lie on disk, and of these only what is found
alike is read.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.compute as pc

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import read_columns
from gleanery.tasks.curation.row_ranks import Ranks
from gleanery.tasks.curation.texts_on_disk import TextsOnDisk
from gleanery.tasks.curation.who_stays import Numbers, Originals, ranked_originals
from gleanery.tasks.id_keys import IdLookup, IdSet, Keys, id_keys, joined_keys


@dataclass(frozen=True, slots=True, eq=False)
class VectorRows:
    """All rows with a vector, in the order of the parts.

    `keys` are those of their ids, `groups` the same for siblings and 0 for a row without any,
    `numbers` the same for texts with the same numbers.
    """

    keys: Keys
    groups: Keys
    numbers: Numbers
    ids: TextsOnDisk
    texts: TextsOnDisk


@dataclass(frozen=True, slots=True, eq=False)
class Earlier:
    """What is known of exact and near duplicates: those of the same level, and of others.

    Of the same level, `pointing` are the keys of rows that go and `to` those of the rows that they
    went for; of others, `gone` are those that went and `relied_on` those that they went for.
    """

    pointing: Keys
    to: Keys
    gone: IdSet
    relied_on: IdSet


@dataclass(frozen=True, slots=True, eq=False)
class ComparedRows:
    """The rows that are compared, originals by their rank, then followers.

    `rows` are the numbers of those that have a vector here: the best of each original, and behind
    them the followers, with `leaders` (ascending) for the original that each points to.
    """

    originals: Originals
    rows: Numbers
    leaders: Numbers


def read_vector_rows(parts: Parts, vectors: Sequence[Receipt], folder: Path) -> VectorRows:
    """Return the rows of all parts of vectors; ids and texts go to files in a folder."""
    ids, texts = TextsOnDisk(folder, "ids"), TextsOnDisk(folder, "texts")
    keys, groups, numbers = [], [], []
    for receipt in vectors:
        table = read_columns(parts.store, receipt.data, ("id", "origin", "text", "numbers"))
        ids.append(table["id"])
        texts.append(table["text"])
        keys.append(id_keys(table["id"]))
        alone = pc.equal(table["origin"], "").to_numpy()
        groups.append(np.where(alone, np.uint64(0), id_keys(table["origin"])))
        numbers.append(id_keys(table["numbers"]))
    return VectorRows(
        keys=joined_keys(keys),
        groups=joined_keys(groups),
        numbers=joined_keys(numbers).view(np.int64),
        ids=ids,
        texts=texts,
    )


def read_earlier(parts: Parts, duplicates: Sequence[Receipt], level: str) -> Earlier:
    """Return what is known of duplicates that were found before."""
    columns = [
        read_columns(parts.store, receipt.data, ("id", "kept_id", "level"))
        for receipt in duplicates
    ]
    ids, to = (joined_keys(id_keys(c[name]) for c in columns) for name in ("id", "kept_id"))
    levels = [pc.equal(c["level"], level).to_numpy() for c in columns]
    here = np.concatenate([np.zeros(0, np.bool_), *levels])
    return Earlier(ids[here], to[here], IdSet.of(ids[~here]), IdSet.of(to[~here]))


def compared_rows(rows: VectorRows, earlier: Earlier, out: IdSet, ranks: Ranks) -> ComparedRows:
    """Return the rows that are compared; `ranks` are those of all rows, `out` are passed over.

    Of a row that came twice, the first one counts.
    """
    lookup = IdLookup.of(rows.keys)
    left = lookup.first(rows.keys) == np.arange(len(rows.keys))
    left &= ~out.has(rows.keys) & ~IdSet.of(earlier.pointing).has(rows.keys)
    arrived = np.flatnonzero(left)
    originals = ranked_originals(arrived, rows.groups[arrived], ranks[arrived])
    original_of = np.full(len(rows.keys) + 1, -1, np.int64)  # the last for what is no row
    original_of[originals.rows] = originals.of
    pointing = IdLookup.of(earlier.pointing)
    once = pointing.first(earlier.pointing) == np.arange(len(earlier.pointing))
    once &= ~out.has(earlier.pointing)
    followers = lookup.first(earlier.pointing[once])
    leaders = original_of[lookup.first(earlier.to[once])]
    known = np.flatnonzero((followers >= 0) & (leaders >= 0))
    known = known[np.argsort(leaders[known], kind="stable")]
    return ComparedRows(
        originals, np.concatenate([originals.best, followers[known]]), leaders[known]
    )
