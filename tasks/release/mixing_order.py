"""Places in a random order: of the whole, or within groups."""

import numpy as np

from gleanery.tasks.seeded import Integers, Words


def places(groups: Integers | Words, draws: Words) -> Integers:
    """Return for each row its place within its group, in the order of the draws, from 0.

    A row that comes in later moves those behind it by one place, and no other.
    """
    order = np.lexsort((draws, groups))
    sorted_groups = groups[order]
    other = np.ones(len(groups), dtype=np.bool_)  # than the one before
    other[1:] = sorted_groups[1:] != sorted_groups[:-1]
    starts = np.flatnonzero(other)
    lengths = np.diff(np.append(starts, len(groups)))
    places = np.empty(len(groups), dtype=np.int64)
    places[order] = np.arange(len(groups)) - np.repeat(starts, lengths)
    return places
