"""Which concepts of its sessions each plan takes.

The plans of a session or a pair take every number of concepts in turn, in random order, and of the
sets of that size every one is as likely as any other; none comes twice.
"""

from functools import cache

import numpy as np

from gleanery.tasks.seeded import Integers, Words, draw, in_random_order, permuted
from gleanery.tasks.seeded_subsets import subset_counts, subsets
from gleanery.tasks.taxonomy.plans_levels import spanning, turns_at
from gleanery.tasks.taxonomy.plans_syllabus import MOST_CONCEPTS
from gleanery.tasks.taxonomy.plans_turns import Sessions

_SIZE, _SUBSET = range(2)


@cache
def concept_set_counts(largest: int) -> Integers:
    """Return how many sets of up to `largest` concepts one or two sessions have."""
    return subset_counts(2 * MOST_CONCEPTS, largest)


def draw_members(
    counts: Integers, concepts: Integers, keys: Words, sessions: Sessions
) -> tuple[Integers, Integers]:
    """Return the concepts that plans take of their first and of their second session.

    A row for each plan: numbers of concepts in rising order, then -1. `concepts` says how many
    each session (column) of each syllabus (row) has; plans of one syllabus share their key.
    """
    m = concepts[sessions.syllabus, sessions.one]
    n = concepts[sessions.syllabus, sessions.two] * (sessions.one != sessions.two)
    rooms = np.where((n == 0)[:, None], counts[1:, m].T, spanning(counts, m, n))
    levels = np.sort(rooms, axis=1)
    rounds, places = turns_at(levels, np.arange(rooms.shape[1], 0, -1), sessions.turn)

    keys = draw(draw(keys, sessions.one), sessions.two)
    sizes = in_random_order(draw(draw(keys, _SIZE), rounds), rooms > rounds[:, None]) + 1
    row = np.arange(len(m))
    size = sizes[row, places]
    number = permuted(draw(draw(keys, _SUBSET), size), rooms[row, size - 1], rounds)
    return _split(counts, m, n, size, number)


def _split(
    counts: Integers, m: Integers, n: Integers, size: Integers, number: Integers
) -> tuple[Integers, Integers]:
    """Return the members of set `number` on either side; all are on the first where n is 0."""
    largest = len(counts) - 1
    of_one = np.arange(1, largest)
    of_two = np.maximum(size[:, None] - of_one, 0)
    splits = counts[of_one, m[:, None]] * counts[of_two, n[:, None]]
    splits[(of_two == 0) | (n == 0)[:, None]] = 0
    ends = np.cumsum(splits, axis=1)
    split = np.minimum((number[:, None] >= ends).sum(axis=1), largest - 2)
    rows = np.arange(len(number))
    number = np.where(n == 0, number, number - (ends - splits)[rows, split])
    size_two = np.where(n == 0, 0, of_two[rows, split])
    number_one, number_two = np.divmod(number, counts[size_two, n])
    return subsets(counts, number_one, size - size_two), subsets(counts, number_two, size_two)
