"""Which sessions each plan of a syllabus takes its concepts from.

A plan's sessions are found from its number alone, so more plans never change the earlier ones.
The two strategies take turns by their share. Within one, every session (or pair of sessions) comes
once, in random order, before any comes again; what has no combination left drops out.
"""

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gleanery.tasks.seeded import Integers, Words, draw, in_random_order
from gleanery.tasks.taxonomy.plans_levels import Levels, spanning

# What is drawn from a syllabus's key, so that no two draws are the same.
_OFFSET, _SINGLES, _PAIRS = range(3)
_SHARE_BITS = 32


class Sessions(NamedTuple):
    """A row for each plan: its syllabus, its number, and its sessions (alike for one).

    `turn` counts how often the session, or the pair, came before.
    """

    syllabus: Integers
    number: Integers
    one: Integers
    two: Integers
    turn: Integers


class SessionTurns:
    """The turns of many syllabuses, drawn together.

    `concepts` says how many concepts each session of each syllabus has, `counts` how many sets
    of concepts there are (`subset_counts`); `keys` has one for each syllabus.
    """

    def __init__(self, concepts: Sequence[Sequence[int]], counts: Integers, keys: Words) -> None:
        self.concepts = np.zeros((len(concepts), max(map(len, concepts), default=0)), np.int64)
        for row, sizes in zip(self.concepts, concepts, strict=True):
            row[: len(sizes)] = sizes
        self._keys = keys
        self._counts = counts
        self._single_rooms = counts[1:].sum(axis=0)
        self._singles = Levels(_rooms_of_sessions(self._single_rooms, row) for row in self.concepts)
        self._pairs = Levels(_rooms_of_pairs(counts, row) for row in self.concepts)

    def draw(self, share: float, first: int, count: int) -> Sessions:
        """Return the sessions of the plans from number `first` on, at most `count` a syllabus.

        `share` of the plans are of two sessions.
        """
        totals = self._singles.totals + self._pairs.totals
        syllabus, number = np.nonzero(first + np.arange(count) < totals[:, None])
        number += first
        before = self._pairs_before(share, syllabus, number)
        of_two = self._pairs_before(share, syllabus, number + 1) > before
        one, two, turn = (np.empty_like(number) for _ in range(3))
        rows = np.flatnonzero(~of_two)
        one[rows], turn[rows] = self._single(syllabus[rows], (number - before)[rows])
        two[rows] = one[rows]
        rows = np.flatnonzero(of_two)
        one[rows], two[rows], turn[rows] = self._pair(syllabus[rows], before[rows])
        return Sessions(syllabus, number, one, two, turn)

    def _pairs_before(self, share: float, syllabus: Integers, number: Integers) -> Integers:
        """Return how many plans before these are of two sessions."""
        offset = (draw(self._keys, _OFFSET) >> np.uint64(64 - _SHARE_BITS)).astype(np.int64)
        due = (number * round(share * 2**_SHARE_BITS) + offset[syllabus]) >> _SHARE_BITS
        least = number - self._singles.totals[syllabus]
        before: Integers = np.minimum(np.maximum(due, least), self._pairs.totals[syllabus])
        return before

    def _single(self, syllabus: Integers, position: Integers) -> tuple[Integers, Integers]:
        turn, place = self._singles.at(syllabus, position)
        courses, turns, row = _distinct(syllabus, turn)
        left = self._single_rooms[self.concepts[courses]] > turns[:, None]
        return self._order(_SINGLES, courses, turns, left)[row, place], turn

    def _pair(self, syllabus: Integers, position: Integers) -> tuple[Integers, Integers, Integers]:
        """Return pairs in an order in which no session comes again before all others came.

        The sessions sit around a table in random order, one in its middle if their number is
        even; those who face each other are a pair, and after each round everyone moves one seat
        on (the circle method of tournaments).
        """
        turn, place = self._pairs.at(syllabus, position)
        courses, turns, row = _distinct(syllabus, turn)
        taught = self.concepts[courses] > 0
        order = self._order(_PAIRS, courses, turns, taught)
        for group in np.flatnonzero(turns >= self._pairs.first[courses]):
            # Some pairs have no combination left: the others move up.
            left, right = _all_faced(int(taught[group].sum()))
            sizes = self.concepts[courses[group], order[group]]
            rooms = spanning(self._counts, sizes[left], sizes[right]).sum(axis=1)
            place[row == group] = np.flatnonzero(rooms > turns[group])[place[row == group]]
        left, right = _faced(taught.sum(axis=1)[row], place)
        one, two = order[row, left], order[row, right]
        return np.minimum(one, two), np.maximum(one, two), turn

    def _order(
        self, end: int, courses: Integers, turns: Integers, taking: npt.NDArray[np.bool_]
    ) -> Integers:
        """Return the sessions of each syllabus in the order of a turn, those not taking it last."""
        keys = draw(draw(self._keys[courses], end), turns)
        return in_random_order(keys, taking)


def _distinct(syllabus: Integers, turn: Integers) -> tuple[Integers, Integers, Integers]:
    """Return the distinct pairs of syllabus and turn, and which of them each row is."""
    wide = int(turn.max(initial=0)) + 1
    found, row = np.unique(syllabus * wide + turn, return_inverse=True)
    return found // wide, found % wide, row


def _faced(sessions: Integers, place: Integers) -> tuple[Integers, Integers]:
    """Return who make the pair at a place, by their seats; the middle one has the last seat."""
    odd = sessions % 2
    seats = sessions - 1 + odd
    rounds, apart = np.divmod(place, sessions // 2)
    apart = apart + odd
    left, right = (rounds + apart) % seats, (rounds - apart) % seats
    return left, np.where(apart == 0, seats, right)


@lru_cache(maxsize=16)
def _all_faced(sessions: int) -> tuple[Integers, Integers]:
    places = np.arange(sessions * (sessions - 1) // 2)
    return _faced(np.full_like(places, sessions), places)


def _rooms_of_sessions(single_rooms: Integers, concepts: Integers) -> tuple[Integers, Integers]:
    sizes, times = np.unique(concepts[concepts > 0], return_counts=True)
    return single_rooms[sizes], times


def _rooms_of_pairs(counts: Integers, concepts: Integers) -> tuple[Integers, Integers]:
    sizes, times = np.unique(concepts[concepts > 0], return_counts=True)
    one, two = np.triu_indices(len(sizes))
    rooms = spanning(counts, sizes[one], sizes[two]).sum(axis=1)
    return rooms, np.where(one == two, times[one] * (times[one] - 1) // 2, times[one] * times[two])
