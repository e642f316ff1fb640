"""The first of all rows with the same value, by one sort in place."""

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

Ranks = npt.NDArray[np.int64]
Values = npt.NDArray[np.uint64]
Same = Callable[[Ranks, Ranks], npt.NDArray[np.bool_]]


def sorted_keys(values: Values, ranks: Ranks) -> tuple[Values, int]:
    """Return each rank below the upper bits of its value, sorted, and how many bits a rank takes.

    Values must be hashes. Ten million ranks leave 40 bits, so that some 45 pairs of different
    values look the same: whoever needs to know for certain compares the rows themselves. Eight
    bytes for each, and sorting numbers in place is several times as fast as sorting an order.
    """
    bits = max(int(ranks[-1]).bit_length(), 1) if len(ranks) else 1
    keys = (values >> np.uint64(bits)) << np.uint64(bits)
    keys |= ranks.astype(np.uint64)
    keys.sort()
    return keys, bits


def bucket_starts(keys: Values, bits: int) -> Ranks:
    """Return for each sorted key the position of the first of its bucket."""
    upper = keys >> np.uint64(bits)
    starts = np.zeros(len(keys), np.int64)
    new = np.flatnonzero(upper[1:] != upper[:-1]) + 1
    starts[new] = new
    return np.maximum.accumulate(starts, out=starts)


def ranks_of(keys: Values, bits: int) -> Ranks:
    """Return the ranks that stand in the lower bits of keys."""
    return (keys & np.uint64((1 << bits) - 1)).astype(np.int64)


def first_of_equal(values: Values, ranks: Ranks, same: Same) -> Ranks:
    """Return for each of the ranks (ascending) the first whose row is the same; mostly its own.

    `values` are hashes of what must be the same, one for each rank; `same` says for pairs of ranks
    whether it is.
    """
    first = np.empty(len(ranks), np.int64)
    left = np.arange(len(ranks))
    while len(left):  # more than once only where two different values look the same
        keys, bits = sorted_keys(values[left], left)
        members, heads = ranks_of(keys, bits), ranks_of(keys[bucket_starts(keys, bits)], bits)
        del keys
        other = np.flatnonzero(members != heads)
        differs = other[~same(ranks[members[other]], ranks[heads[other]])]
        first[members] = ranks[heads]
        left = np.sort(members[differs])
    return first


def first_siblings(groups: Values) -> Ranks:
    """Return for each row the first one of its group, itself where the group is 0: none."""
    first = np.arange(len(groups))
    grouped = np.flatnonzero(groups)
    first[grouped] = first_of_equal(
        groups[grouped], grouped, lambda ones, others: groups[ones] == groups[others]
    )
    return first
