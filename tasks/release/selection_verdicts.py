"""The first reason that refused each row."""

import numpy as np
import numpy.typing as npt

from gleanery.tasks.release.selection_columns import Texts
from gleanery.tasks.seeded import Integers

KEPT = ""
NO_SCORE, SCORE_BELOW, SCORE_ABOVE = "no_score", "score_below", "score_above"


def is_about_score(reason: str) -> bool:
    """Return whether a row was refused for a score of its own, or for having none.

    What such a reason refuses, another threshold lets in; the score's name follows a colon.
    """
    return reason.partition(":")[0] in {NO_SCORE, SCORE_BELOW, SCORE_ABOVE}


class Verdicts:
    """Reasons so far, as positions in `names`; a row keeps the first one that it was given."""

    def __init__(self, rows: int) -> None:
        self.names = [KEPT]
        self.reasons: npt.NDArray[np.int16] = np.zeros(rows, dtype=np.int16)

    def refuse(self, which: npt.NDArray[np.bool_], reason: str) -> None:
        """Give this reason to the rows that are set, where they have none yet."""
        self.reasons[which & (self.reasons == 0)] = self._number(reason)

    def refuse_at(self, places: Integers, reason: str) -> None:
        """Give this reason to rows by their places; they must be open."""
        self.reasons[places] = self._number(reason)

    def open_rows(self) -> Integers:
        """Return the places of the rows that nothing has refused."""
        return np.flatnonzero(self.reasons == 0)

    def counts(self, pipelines: Texts) -> dict[tuple[str, str], int]:
        """Return how many rows of each pipeline have each reason, `KEPT` too; none are left out."""
        both = pipelines.codes * len(self.names) + self.reasons
        found, rows = np.unique(both, return_counts=True)
        names = pipelines.texts.to_pylist()
        return dict(
            sorted(
                ((names[code // len(self.names)], self.names[code % len(self.names)]), int(count))
                for code, count in zip(found.tolist(), rows, strict=True)
            )
        )

    def _number(self, reason: str) -> int:
        if reason not in self.names:
            self.names.append(reason)
        return self.names.index(reason)
