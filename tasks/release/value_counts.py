"""Values with the marks of what is kept, counted: memory follows how many different ones there are.

Most scores have a handful of values, and lengths a few thousand.
"""

import numpy as np
import numpy.typing as npt

_AT_ONCE = 1 << 14

Values = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]


class ValueCounts:
    """How often each value came, and how often its row is kept."""

    def __init__(self) -> None:
        self._new: list[tuple[Values, Flags]] = []
        self._waiting = 0
        self._values = np.zeros(0)
        self._counts = np.zeros((2, 0), np.int64)  # of rows that are out, and of those kept

    def add(self, values: Values, kept: Flags) -> None:
        """Count some values."""
        self._new.append((values, kept))
        self._waiting += len(values)
        # When they are as many as the others: so each is sorted a few times only.
        if self._waiting >= max(_AT_ONCE, len(self._values)):
            self._fold()

    def _fold(self) -> None:
        """Put the new ones to the others."""
        kept = np.concatenate([np.zeros(0, np.bool_), *(marks for _, marks in self._new)])
        values, place = np.unique(
            np.concatenate([self._values, *(values for values, _ in self._new)]),
            return_inverse=True,
        )
        old, counts = len(self._values), np.zeros((2, len(values)), np.int64)
        counts[:, place[:old]] = self._counts
        for row, marked in enumerate((~kept, kept)):
            counts[row] += np.bincount(place[old:][marked], minlength=len(values))
        self._values, self._counts = values, counts
        self._new, self._waiting = [], 0

    def expanded(self) -> tuple[Values, Flags]:
        """Return all values, those of kept rows last, and which these are."""
        self._fold()
        out, kept = (np.repeat(self._values, counts) for counts in self._counts)
        return np.concatenate([out, kept]), np.repeat([False, True], [len(out), len(kept)])
