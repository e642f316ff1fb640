"""Which candidates are in a release, and the reason of every other one."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.release.mixing import Taken
from gleanery.tasks.release.recipe import Recipe

KEPT = ""


@dataclass(frozen=True)
class Selection:
    """The verdict on each row, in the order in which the rows were given.

    `reasons` holds for each row the position of its reason in `names`; position 0 is `KEPT`.
    `validation` says which rows are for validation; it is set for rows that are out, too: which
    side a row is on does not depend on whether it is in. `taken` has what each source gave, and
    `notes` are warnings for whoever reads the release.
    """

    reasons: npt.NDArray[np.int16]
    names: tuple[str, ...]
    validation: npt.NDArray[np.bool_]
    counts: dict[tuple[str, str], int]  # rows by pipeline and reason, KEPT too
    taken: tuple[Taken, ...]
    notes: tuple[str, ...]

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Which rows are in."""
        return self.reasons == 0


def select(rows: pa.Table, recipe: Recipe) -> Selection:
    """Return the verdict on each row of a table of `selection_rows.SCHEMA` and score columns.

    Raises `RecipeError` when the recipe asks for something that these rows do not have.
    """
    raise NotImplementedError
