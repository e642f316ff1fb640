"""Groups of rows that share something, directly or through other rows."""

import numpy as np
import numpy.typing as npt

from gleanery.tasks.seeded import Integers, Words

Rows = npt.NDArray[np.int32]  # numbers of rows: half the memory, for up to two billion of them


def connected_groups(count: int, one: Rows, other: Rows) -> Rows:
    """Return for each of `count` rows the smallest row of its group, given pairs of rows.

    Each round hands the smaller number across every pair, to the root of the other, and then lets
    all rows jump to their roots (Shiloach and Vishkin, J. Algorithms 1982): the number of rounds
    grows with the logarithm of the longest chain, and all is done on whole arrays.
    """
    roots = np.arange(count, dtype=np.int32)
    while len(one):
        one, other = roots[one], roots[other]
        apart = one != other
        one, other = one[apart], other[apart]
        low, high = np.minimum(one, other), np.maximum(one, other)
        np.minimum.at(roots, high, low)
        while True:
            further = roots[roots]
            if np.array_equal(further, roots):
                break
            roots = further
    return roots


def pairs_of_equals(keys: Words, rows: Integers) -> tuple[Rows, Rows]:
    """Return pairs of rows that link all rows with the same key; each key is that of one row."""
    order = np.argsort(keys)
    sorted_keys = keys[order]
    same = np.flatnonzero(sorted_keys[1:] == sorted_keys[:-1])
    del sorted_keys  # of all rows, where few are linked
    return rows[order[same]].astype(np.int32), rows[order[same + 1]].astype(np.int32)
