"""Values with the marks of what is kept, counted: memory follows how many different ones there are.

Most scores have a handful of values, and lengths a few thousand.
"""

from array import array

import numpy as np
import numpy.typing as npt

_AT_ONCE = 1 << 14


class ValueCounts:
    """How often each value came, and how often its row is kept."""

    def __init__(self) -> None:
        self._new, self._new_kept = array("d"), array("b")
        self._values = np.zeros(0)
        self._counts = np.zeros((2, 0), np.int64)  # of rows that are out, and of those kept

    def add(self, value: float, kept: bool) -> None:
        """Count a value."""
        self._new.append(value)
        self._new_kept.append(kept)
        if len(self._new) >= max(_AT_ONCE, len(self._values)):
            self._fold()

    def _fold(self) -> None:
        """Put the new ones to the others; they are as many, so that each is sorted a few times."""
        new = np.concatenate([self._values, np.array(self._new, np.float64)])
        values, place = np.unique(new, return_inverse=True)
        counts = np.zeros((2, len(values)), np.int64)
        old = len(self._values)
        counts[:, place[:old]] = self._counts
        np.add.at(counts, (np.array(self._new_kept, np.int8), place[old:]), 1)
        self._values, self._counts = values, counts
        self._new, self._new_kept = array("d"), array("b")

    def expanded(self) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
        """Return all values, those of kept rows last, and which these are."""
        self._fold()
        out, kept = (np.repeat(self._values, counts) for counts in self._counts)
        return np.concatenate([out, kept]), np.repeat([False, True], [len(out), len(kept)])
