"""Taking turns when some have more to give than others."""

from collections.abc import Iterable

import numpy as np

from gleanery.tasks.seeded import Integers


class Levels:
    """The turns of many groups, in each of which some drop out before others.

    A group is given as how often its members may come, and how many members may come that often.
    """

    def __init__(self, groups: Iterable[tuple[Integers, Integers]]) -> None:
        rows = []
        for rooms, times in groups:
            levels, which = np.unique(rooms[times > 0], return_inverse=True)
            ending = np.bincount(which, weights=times[times > 0]).astype(np.int64)
            rows.append((levels, np.cumsum(ending[::-1])[::-1]))
        width = max((len(levels) for levels, _ in rows), default=0) or 1
        self._levels = np.zeros((len(rows), width), dtype=np.int64)
        self._taking = np.ones((len(rows), width), dtype=np.int64)
        for row, (levels, taking) in enumerate(rows):
            self._levels[row, : len(levels)] = levels
            self._levels[row, len(levels) :] = levels[-1] if len(levels) else 0
            self._taking[row, : len(levels)] = taking
        self.first = self._levels[:, 0]  # from this turn on, not all take part
        lower = np.hstack([np.zeros_like(self._levels[:, :1]), self._levels[:, :-1]])
        self.totals = ((self._levels - lower) * self._taking).sum(axis=1)

    def at(self, group: Integers, position: Integers) -> tuple[Integers, Integers]:
        """Return the turn that each position of its group falls into, and its place in it."""
        return turns_at(self._levels[group], self._taking[group], position)


def turns_at(levels: Integers, taking: Integers, positions: Integers) -> tuple[Integers, Integers]:
    """Return the turn that each position falls into, and its place in that turn.

    A row for each position: from turn `levels[i - 1]` (0 at first) up to turn `levels[i]`,
    `taking[i]` take part. Levels rise along the row.
    """
    lower = np.zeros_like(levels)
    lower[:, 1:] = levels[:, :-1]
    spans = (levels - lower) * taking
    ends = np.cumsum(spans, axis=1)
    level = (positions[:, None] >= ends).sum(axis=1)
    row = np.arange(len(positions))
    past = (ends - spans)[row, level]
    turns, places = np.divmod(positions - past, np.broadcast_to(taking, levels.shape)[row, level])
    return lower[row, level] + turns, places


def spanning(counts: Integers, one: Integers, two: Integers) -> Integers:
    """Return how many sets of concepts take from both of two sessions: rows, by sizes from 1 up.

    `one` and `two` say how many concepts the sessions have, `counts` is `subset_counts`.
    """
    sizes = counts[1:]
    return (sizes[:, one + two] - sizes[:, one] - sizes[:, two]).T
