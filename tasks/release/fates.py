"""What became of every candidate, by the key of its id: ten bytes each."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import row_batches
from gleanery.tasks.id_keys import joined_keys
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.selection_columns import text_keys
from gleanery.tasks.release.verdict_columns import ROWS_AT_ONCE, Naming
from gleanery.tasks.seeded import Words
from gleanery.tasks.seeded import keys as seeded_keys

UNKNOWN = -1
TRAIN = 0  # the code of what is in for training

FateCodes = npt.NDArray[np.int16]


@dataclass(frozen=True, eq=False)
class Fates:
    """The split of each row that is in, and the reason of each that is out.

    `names` are the splits, and from place 2 on the reasons; `codes` are places in it, by sorted
    keys of ids.
    """

    keys: Words
    codes: FateCodes
    names: tuple[str, ...]

    def of(self, keys: Words) -> FateCodes:
        """Return what became of the rows of these keys, `UNKNOWN` of one that is not there."""
        if not len(self.keys):
            return np.full(len(keys), UNKNOWN, np.int16)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        found = np.where(self.keys[places] == keys, self.codes[places], UNKNOWN)
        return found.astype(np.int16, copy=False)

    def reason(self, row_id: str) -> str | None:
        """Return why the row of an id is out; `None` for one that is in or not there."""
        [code] = self.of(seeded_keys([row_id])).tolist()
        return self.names[code] if is_out(code) else None

    def code(self, name: str) -> int:
        """Return the code of a split or a reason, `UNKNOWN` where no row has it."""
        return self.names.index(name) if name in self.names else UNKNOWN


def is_out(code: int) -> bool:
    """Return whether a fate is a reason to be out."""
    return code >= len(SPLITS)


def read_fates(parts: Parts, selection: Receipt) -> Fates:
    """Return what a selection says of every candidate."""
    naming = Naming()
    naming.add(pa.chunked_array([pa.array(SPLITS)]))  # so that their names come first
    keys = []
    for path, columns in (
        (selection.data, ("id", "split")),
        (selection.losses, ("row_id", "reason")),
    ):
        for batch in row_batches(parts.store, path, columns, ROWS_AT_ONCE) if path else ():
            keys.append(text_keys(batch[columns[0]]))
            naming.add(batch[columns[1]])
    unsorted, named = joined_keys(keys), naming.named
    order = np.argsort(unsorted)
    return Fates(unsorted[order], named.codes[len(SPLITS) :][order], named.names)
