"""The signatures of one level on this machine's disk: memory holds what is ranked, no signature."""

from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.infra.scratch import scratch_folder
from gleanery.tasks.curation.signatures import BANDS, DIGEST_BYTES, PERMUTATIONS
from gleanery.tasks.curation.signatures_table import SignedRows
from gleanery.tasks.curation.texts_on_disk import TextsOnDisk

Rows = npt.NDArray[np.int64]

_COLUMNS: dict[str, tuple[type, int]] = {
    "groups": (np.uint64, 1),
    "qualities": (np.float32, 1),
    "words": (np.int32, 1),
    "digests": (np.uint8, DIGEST_BYTES),
    "minima": (np.uint8, PERMUTATIONS),
    **{f"band_{number:02}": (np.uint64, 1) for number in range(BANDS)},
}


class SignatureIndex:
    """Signed rows in the order of their arrival, a file per column; they go with the `with` block.

    Some 330 bytes of disk a row. Rows are numbers from 0.
    """

    def __init__(self) -> None:
        self.count = 0
        self._folder = scratch_folder()
        self._ids = TextsOnDisk(Path(self._folder.name), "ids")
        self._open = ExitStack()
        self._files = {
            name: self._open.enter_context(self._path(name).open("wb")) for name in _COLUMNS
        }

    def __enter__(self) -> Self:
        """Return the index."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the files."""
        self._open.close()
        self._ids.close()
        self._folder.cleanup()

    def append(self, rows: SignedRows) -> None:
        """Add rows; all must be added before any is read."""
        self.count += len(rows.ids)
        self._ids.append(rows.ids)
        signed = rows.signatures
        columns: dict[str, npt.NDArray[Any]] = {
            "groups": rows.groups,
            "qualities": rows.qualities,
            "words": signed.words,
            "digests": signed.digests,
            "minima": signed.minima,
            **{f"band_{band:02}": signed.bands[:, band] for band in range(BANDS)},
        }
        for name, values in columns.items():
            self._files[name].write(values.astype(_COLUMNS[name][0], copy=False).tobytes())

    def column(self, name: str) -> npt.NDArray[Any]:
        """Return a column, mapped from its file."""
        kind, width = _COLUMNS[name]
        self._files[name].flush()
        if not self._path(name).stat().st_size:
            return np.zeros((0, width)[: 1 + (width > 1)], kind)
        values: npt.NDArray[Any] = np.memmap(self._path(name), kind, "r")
        return values.reshape(-1, width) if width > 1 else values

    def band(self, number: int) -> npt.NDArray[np.uint64]:
        """Return the hashes of one band."""
        return self.column(f"band_{number:02}")

    def ids(self, rows: Rows) -> pa.Array:
        """Return the ids of rows."""
        return self._ids.take(rows)

    def bytes_on_disk(self) -> int:
        """Return how many bytes all files take."""
        for file in self._files.values():
            file.flush()
        return sum(path.stat().st_size for path in Path(self._folder.name).iterdir())

    def _path(self, name: str) -> Path:
        return Path(self._folder.name, name)
