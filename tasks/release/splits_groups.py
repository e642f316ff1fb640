"""Groups of rows that share something, directly or through other rows."""

import numpy as np

from gleanery.tasks.seeded import Integers


def connected_groups(count: int, one: Integers, other: Integers) -> Integers:
    """Return for each of `count` rows the smallest row of its group, given pairs of rows.

    Each round hands the smaller number across every pair, to the root of the other, and then lets
    all rows jump to their roots (Shiloach and Vishkin, J. Algorithms 1982): the number of rounds
    grows with the logarithm of the longest chain, and all is done on whole arrays.
    """
    roots = np.arange(count)
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


def pairs_of_equals(codes: Integers) -> tuple[Integers, Integers]:
    """Return pairs of positions that link all positions with the same code, small whole numbers."""
    positions = np.arange(len(codes))
    heads = np.empty(codes.max(initial=-1) + 1, dtype=np.int64)
    heads[codes] = positions
    rest = np.flatnonzero(heads[codes] != positions)
    return rest, heads[codes[rest]]
