"""Training and validation: what belongs together is on one side, and stays there.

Rows belong together when they share a document (or plan) or an origin, or when one is a duplicate
of the other, directly or through other rows. All candidates count, also those that a recipe leaves
out: so no threshold, weight or seed of the mix moves a row to the other side.

A group validates if **every** one of its documents and plans drew validation, each by a hash of its
own name and the seed, and if it has not more rows than `largest_group`. More rows can only turn
such a group to training: when two groups of different sides become one, training wins. So what
has been trained on never comes to validation, however much comes in later; the price is that
groups of many documents seldom validate, and that validation may be smaller than its share.

One thing stands above that: a group with a row of a held-out plan validates, whatever its size.
The plans were held out before anything was written, for evaluation that is about them.
"""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.dataset_records import HELD_OUT
from gleanery.tasks.release.recipe import Validation
from gleanery.tasks.release.selection_columns import NO_TEXT, keys_of_lists, text_keys, texts_of
from gleanery.tasks.release.splits_groups import connected_groups, pairs_of_equals
from gleanery.tasks.seeded import Integers, draw, key


def row_groups(rows: pa.Table) -> Integers:
    """Return for each row the number of its group; `same_as` may name rows that are not here."""
    count = len(rows)
    named, owners = keys_of_lists(rows["same_as"])
    pairs = [
        pairs_of_equals(
            np.concatenate([text_keys(rows["id"]), named]),
            np.concatenate([np.arange(count), owners]),
        )
    ]
    for name in ("split_by", "origin"):
        column = text_keys(rows[name])
        filled = np.flatnonzero(column != NO_TEXT)
        pairs.append(pairs_of_equals(column[filled], filled))
    one, other = (np.concatenate(side) for side in zip(*pairs, strict=True))
    return connected_groups(count, one, other)


def validation_rows(
    rows: pa.Table, validation: Validation, seed: int, groups: Integers | None = None
) -> npt.NDArray[np.bool_]:
    """Return which rows are for validation, of a table of `selection_rows.SCHEMA`."""
    count = len(rows)
    groups = row_groups(rows) if groups is None else groups
    drew = _anchors_that_drew(rows, validation.share, seed)
    sizes = np.bincount(groups, minlength=count)
    in_training = np.bincount(groups[~drew], minlength=count) > 0
    held_out = np.zeros(count, dtype=np.bool_)
    held_out[groups[texts_of(rows["split"]).equal(HELD_OUT)]] = True
    validates = (~in_training & (sizes <= validation.largest_group)) | held_out
    return validates[groups]


def _anchors_that_drew(rows: pa.Table, share: float, seed: int) -> npt.NDArray[np.bool_]:
    """Return which rows have a document or plan that drew validation; one without has its origin.

    A row without an origin either stands for itself.
    """
    anchors = text_keys(rows["split_by"])
    for name in ("origin", "id"):
        anchors = np.where(anchors == NO_TEXT, text_keys(rows[name]), anchors)
    return draw(key("split", seed), anchors) < np.uint64(int(share * 2**64))
