"""Texts in two files on this machine's disk, read back by their numbers: memory holds none."""

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.id_keys import Texts, chunks_of, text_bytes

Rows = npt.NDArray[np.int64]


class TextsOnDisk:
    """Texts in the order of their arrival, numbered from 0; all are added before any is read.

    Each takes its bytes and 8 more of disk. The files lie in a folder that someone else removes.
    """

    def __init__(self, folder: Path, name: str) -> None:
        self._open = ExitStack()
        self._paths = folder / f"{name}-ends", folder / name
        self._ends, self._data = (self._open.enter_context(path.open("wb")) for path in self._paths)
        self._ends.write(np.zeros(1, np.int64).tobytes())
        self._count = self._bytes = 0

    def append(self, texts: Texts) -> None:
        """Add texts; none may be null."""
        for chunk in chunks_of(texts):
            data, ends = text_bytes(chunk)
            self._ends.write((ends[1:] + self._bytes).tobytes())
            self._data.write(data)
            self._count += len(chunk)
            self._bytes += len(data)

    def take(self, rows: Rows) -> pa.Array:
        """Return the texts of these numbers."""
        return self._mapped.take(pa.array(rows, pa.int64()))

    def text(self, row: int) -> str:
        """Return the text of this number."""
        return str(self._mapped[row].as_py())

    def close(self) -> None:
        """Let go of the files."""
        self._open.close()

    @cached_property
    def _mapped(self) -> Any:
        self._open.close()
        ends, data = self._paths
        # An empty file cannot be mapped.
        texts = pa.memory_map(str(data)).read_buffer() if self._bytes else pa.py_buffer(b"")
        edges = pa.memory_map(str(ends)).read_buffer()
        return pa.LargeStringArray.from_buffers(self._count, edges, texts)
