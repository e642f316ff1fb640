"""All sets of so many members, in an order that uses every member equally often.

The members stand in a circle. A set that is turned around the circle, one place at a time, makes a
round of sets, in which every member stands equally often; each set belongs to just one round. So
the sets are drawn as rounds in random order: none comes twice, and nothing has to be remembered
but one set of each round.
"""

from math import comb

import numpy as np

from gleanery.tasks.seeded import Integers, Words, permuted
from gleanery.tasks.seeded_subsets import subset_counts, subsets

BEYOND = 2**62  # nobody draws that many
_FEWEST, _MOST = 1 << 10, 1 << 16  # sets tried at a time


class CircleSets:
    """The sets of `size` among `places` places on a circle; `total` says how many there are."""

    def __init__(self, places: int, size: int, key: Words) -> None:
        self.places, self.size = places, size
        self.total = min(comb(places, size), BEYOND)
        self._key = key
        self._tried = 0
        self._rounds = np.empty((0, size), dtype=np.int64)  # a set of each, from place 0 on
        self._ends = np.empty(0, dtype=np.int64)  # where each round ends in the order
        if size and self.total:
            self._counts = subset_counts(_reach(places - 1, size - 1), size - 1)
            self._trials = int(self._counts[-1, -1])

    def at(self, positions: Integers) -> Integers:
        """Return the sets at these positions (below `total`) of the order: rows of places."""
        if not len(positions) or not self.size:
            return np.empty((len(positions), self.size), dtype=np.int64)
        last = int(positions.max())
        while not len(self._ends) or self._ends[-1] <= last:
            self._find_rounds()
        which = np.searchsorted(self._ends, positions, side="right")
        turned = positions - np.where(which, self._ends[which - 1], 0)
        return (self._rounds[which] + turned[:, None]) % self.places

    def round_ends(self, until: int) -> list[int]:
        """Return where the rounds end, up to the first that ends at `until` or later."""
        self.at(np.array([until - 1]))
        ends: list[int] = self._ends[: int(np.searchsorted(self._ends, until)) + 1].tolist()
        return ends

    def _find_rounds(self) -> None:
        """Go through more of the sets with a member at place 0, in random order."""
        chunk = min(max(self._tried, _FEWEST), _MOST)
        trials = np.arange(self._tried, min(self._tried + chunk, self._trials))
        if not len(trials):
            raise IndexError(f"there are no more sets of {self.size} among {self.places}")
        self._tried += len(trials)
        numbers = permuted(self._key, self._trials, trials)
        sets = np.zeros((len(numbers), self.size), dtype=np.int64)
        sets[:, 1:] = subsets(self._counts, numbers, self.size - 1) + 1
        stands, lengths = _stand_for_round(sets, self.places)
        start = self._ends[-1] if len(self._ends) else 0
        self._rounds = np.concatenate([self._rounds, sets[stands]])
        self._ends = np.concatenate([self._ends, start + np.cumsum(lengths[stands])])


def _stand_for_round(sets: Integers, places: int) -> tuple[np.typing.NDArray[np.bool_], Integers]:
    """Return which sets stand for their round, and how many sets the round of each has.

    Of those that are each other turned, it is the one whose gaps, from the last one back, are
    greatest.
    """
    size = sets.shape[1]
    gaps = np.diff(sets, append=places, axis=1)[:, ::-1]
    stands = np.ones(len(sets), dtype=np.bool_)
    alike = np.ones(len(sets), dtype=np.int64)
    for turn in range(1, size):
        difference = gaps - np.roll(gaps, turn, axis=1)
        first = np.argmax(difference != 0, axis=1)
        sign = difference[np.arange(len(sets)), first]
        stands &= sign >= 0
        alike += sign == 0
    return stands, places // alike


def _reach(places: int, size: int) -> int:
    """Return how many places sets may reach into so that they can be numbered below 2**62."""
    if comb(places, size) < BEYOND:
        return places
    low, high = size, places  # the sets of `low` places can be numbered, those of `high` cannot
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if comb(middle, size) < BEYOND else (low, middle)
    return low
