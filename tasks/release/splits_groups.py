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
    """Return pairs of positions that link all positions with the same code: each with the first."""
    _, first, inverse = np.unique(codes, return_index=True, return_inverse=True)
    heads = first[inverse]
    rest = np.flatnonzero(heads != np.arange(len(codes)))
    return rest, heads[rest]
