"""Subsets by their number, so that one can be drawn without listing the others."""

from math import comb

import numpy as np
import numpy.typing as npt

from gleanery.tasks.seeded import Integers

_BEYOND = 2**62


def subset_counts(places: int, largest: int) -> Integers:
    """Return a table of how many subsets of each size (row) there are of so many items (column).

    Rows go to `largest`, columns to `places`; a count beyond 2**62 is given as 2**62.
    """
    return np.array(
        [[min(comb(n, size), _BEYOND) for n in range(places + 1)] for size in range(largest + 1)],
        dtype=np.int64,
    )


def subsets(counts: Integers, numbers: npt.NDArray[np.int64], sizes: npt.ArrayLike) -> Integers:
    """Return the subset with each number: members in rising order, then -1 up to the table's size.

    The numbering (the combinatorial number system) does not depend on how many items there are:
    numbers below C(n, size) are the subsets of items 0 to n-1.
    """
    largest = len(counts) - 1
    size = np.broadcast_to(np.asarray(sizes), numbers.shape)
    members = np.full((len(numbers), largest), -1, dtype=np.int64)
    left = numbers.astype(np.int64)
    for place in range(largest, 0, -1):
        rows = np.flatnonzero(size >= place)
        if rows.size:
            found = np.searchsorted(counts[place], left[rows], side="right") - 1
            members[rows, place - 1] = found
            left[rows] -= counts[place][found]
    return members
