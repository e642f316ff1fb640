"""Which rows balance takes: of each group the first ones in random order, as many as it may keep.

The formula stands in `recipe_balance.Balance`.
"""

import numpy as np
import numpy.typing as npt

from gleanery.tasks.release.mixing_order import places
from gleanery.tasks.release.recipe_balance import Balance
from gleanery.tasks.seeded import Integers, Words

NO_GROUP = -1


def balanced(
    balance: Balance, sources: Integers, groups: Integers, draws: Words
) -> npt.NDArray[np.bool_]:
    """Return which rows stay: each has the number of its source and group, and a random draw.

    A row whose group is `NO_GROUP` stays.
    """
    stays = np.ones(len(groups), dtype=np.bool_)
    if balance.mode == "none":
        return stays
    grouped = np.flatnonzero(groups != NO_GROUP)
    if not len(grouped):
        return stays
    pairs = sources[grouped] * (int(groups.max()) + 1) + groups[grouped]
    found, codes, sizes = np.unique(pairs, return_inverse=True, return_counts=True)
    source_of = found // (int(groups.max()) + 1)
    allowed = np.zeros(len(found), dtype=np.int64)
    for source in np.unique(source_of):
        here = source_of == source
        allowed[here] = allowance(balance, sizes[here])
    stays[grouped] = places(codes, draws[grouped]) < allowed[codes]
    return stays


def allowance(balance: Balance, sizes: Integers) -> Integers:
    """Return how many rows each group of one source keeps of those that it has."""
    whole = balance.rows
    if whole is None:
        ordered = np.sort(sizes)
        whole = int(ordered[0 if balance.mode == "uniform" else (len(ordered) - 1) // 2])
    power = balance.exponent if balance.mode == "smooth" else 0.0
    # A product of two powers may come out a hair below the whole number that it is.
    smoothed = np.floor(float(whole) ** (1 - power) * sizes.astype(np.float64) ** power + 1e-6)
    return np.where(sizes <= whole, sizes, np.clip(smoothed, 1, sizes)).astype(np.int64)


def rarest_group(codes: Integers, parents: Integers, rows: int, names: Words) -> Integers:
    """Return for each row the one of its groups that has the fewest rows, or `NO_GROUP`.

    `codes` are groups and `parents` the rows that they belong to, in rising order; `names` are keys
    of the groups, which decide between groups of the same size.
    """
    rarest = np.full(rows, NO_GROUP, dtype=np.int64)
    if len(codes):
        sizes = np.bincount(codes, minlength=len(names))
        rank = np.empty(len(names), dtype=np.int64)
        rank[np.lexsort((names, sizes))] = np.arange(len(names))
        order = np.lexsort((rank[codes], parents))
        first = np.flatnonzero(np.diff(parents[order], prepend=-1))
        rarest[parents[order][first]] = codes[order][first]
    return rarest
