"""Training and validation: what belongs together is on one side, and stays there.

Rows belong together when they share a document (or plan) or an origin, or when one is a duplicate
of the other, directly or through other rows. All candidates count, also those that a recipe leaves
out: so no threshold, weight or seed of the mix moves a row to the other side.

A group validates if **every** one of its documents and plans drew validation, each by a hash of its
own name and validation's seed, and if it has not more rows than `largest_group`. More rows can only
turn such a group to training: when two groups of different sides become one, training wins. The
price is that groups of many documents seldom validate, and that validation may be smaller than its
share. A larger share or another seed draws more or others: a group with a row that the newest
release trains on stays in training whatever it drew. So what has been trained on does not come to
validation later.

One thing stands above that: a group with a row of a held-out plan validates, whatever its size.
The plans were held out before anything was written, for evaluation that is about them.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.dataset_records import HELD_OUT
from gleanery.tasks.id_keys import IdSet
from gleanery.tasks.release.recipe import Validation
from gleanery.tasks.release.selection_columns import NO_TEXT, keys_of_lists, text_keys, texts_of
from gleanery.tasks.release.splits_groups import Rows, connected_groups, pairs_of_equals
from gleanery.tasks.seeded import draw, key

Flags = npt.NDArray[np.bool_]

_NONE = IdSet.of()


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """Which rows are for validation, and which drew it and are trained on already."""

    validation: Flags
    kept_in_training: Flags


def row_groups(rows: pa.Table) -> Rows:
    """Return for each row the number of its group; `same_as` may name rows that are not here."""
    count = len(rows)
    named, owners = keys_of_lists(rows["same_as"])
    ids = text_keys(rows["id"])
    linked = np.flatnonzero(IdSet.of(named).has(ids))  # an id that nobody names links nothing
    keys, places = np.concatenate([ids[linked], named]), np.concatenate([linked, owners])
    del ids, named, owners, linked
    pairs = [pairs_of_equals(keys, places)]
    del keys, places
    for name in ("split_by", "origin"):
        column = text_keys(rows[name])
        filled = np.flatnonzero(column != NO_TEXT)
        pairs.append(pairs_of_equals(column[filled], filled))
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return connected_groups(count, one, other)


def split_rows(rows: pa.Table, validation: Validation, trained: IdSet = _NONE) -> Sides:
    """Return which rows of a table of `selection_rows.SCHEMA` are on which side.

    `trained` are the keys of rows that the newest release trains on.
    """
    count = len(rows)
    groups = row_groups(rows)
    drew = _anchors_that_drew(rows, validation)
    sizes = np.bincount(groups, minlength=count)
    in_training = np.bincount(groups[~drew], minlength=count) > 0
    seen = trained.has(text_keys(rows["id"]))
    held_out, was_trained = (np.zeros(count, dtype=np.bool_) for _ in range(2))
    held_out[groups[texts_of(rows["split"]).equal(HELD_OUT)]] = True
    was_trained[groups[seen]] = True
    would = ~in_training & (sizes <= validation.largest_group)
    validates = (would & ~was_trained) | held_out
    return Sides(validates[groups], seen & (would & ~validates)[groups])


def _anchors_that_drew(rows: pa.Table, validation: Validation) -> Flags:
    """Return which rows have a document or plan that drew validation; one without has its origin.

    A row without an origin either stands for itself.
    """
    anchors = text_keys(rows["split_by"])
    for name in ("origin", "id"):
        anchors = np.where(anchors == NO_TEXT, text_keys(rows[name]), anchors)
    draws = draw(key("split", validation.seed), anchors)
    return draws < np.uint64(int(validation.share * 2**64))
