"""The rows of a release by 64-bit digests: what two releases are compared by, and nothing else.

Ten million rows take 260 MB. Of so many, two different ids share a digest with a chance of 3e-6.
"""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import orjson

from gleanery.infra.digests import digest_bytes, record_digest
from gleanery.tasks.release.rows import BadRow, ReleasedRow

Digests = npt.NDArray[np.uint64]


@dataclass
class RowIndex:
    """A digest of each row's id, of its text and split, and of all of it; and its source.

    `sources` are the names that the numbers in `source` stand for.
    """

    ids: "array[int]" = field(default_factory=lambda: array("Q"))
    texts: "array[int]" = field(default_factory=lambda: array("Q"))
    wholes: "array[int]" = field(default_factory=lambda: array("Q"))
    source: "array[int]" = field(default_factory=lambda: array("H"))
    sources: list[str] = field(default_factory=list)

    def add(self, row: ReleasedRow) -> str:
        """Add a row; return the digest of all of it, as every record's is."""
        whole = record_digest(row)
        text = orjson.dumps([row.split, [[turn.role, turn.content] for turn in row.messages]])
        self.ids.append(id_digest(row.id))
        self.texts.append(_short(digest_bytes(text)))
        self.wholes.append(_short(whole))
        if row.source not in self.sources:
            self.sources.append(row.source)
        self.source.append(self.sources.index(row.source))
        return whole

    def check_ids(self) -> None:
        """Raise `BadRow` if two rows have one id."""
        ids = np.sort(digests(self.ids))
        twice = np.flatnonzero(ids[1:] == ids[:-1])
        if len(twice):
            place = self.ids.index(int(ids[twice[0]]))
            raise BadRow(
                f"{len(twice)} ids stand more than once in the release, the first of them at row "
                f"{place + 1}: give each row once"
            )


def digests(values: Sequence[int]) -> Digests:
    """Return an index column as an array, without a copy."""
    return np.frombuffer(values, dtype=np.uint64)  # type: ignore[call-overload, no-any-return]


def id_digest(row_id: str) -> int:
    """Return the digest that the index has of an id."""
    return _short(digest_bytes(row_id.encode()))


def _short(digest: str) -> int:
    return int(digest[:16], 16)
