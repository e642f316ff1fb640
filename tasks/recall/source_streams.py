"""Files wherever they are, read front to back in one pass that survives broken connections."""

import io
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any, TypeVar

import fsspec
from fsspec.implementations.local import LocalFileSystem

from gleanery.infra.storage import StorageError

T = TypeVar("T")

BLOCK_BYTES = 8 * 2**20
_AFTER_SEEK_BYTES = 64 << 10
_WAITS_S = (0.2, 1.0, 3.0, 8.0)  # between tries of one block
_S3_DEFAULTS = {
    "use_listings_cache": False,
    "config_kwargs": {"connect_timeout": 10, "read_timeout": 60, "retries": {"max_attempts": 2}},
}
# About this file, and not about the storage: another try does not mend them.
FILE_ERRORS = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


class RangeStream(io.RawIOBase):
    """The bytes of a remote file from `start` on, fetched in blocks by range as they are read.

    The next block is on its way while one is used. A block that fails is asked for again at the
    same position, so a cut connection costs one block. Raises `StorageError` when it keeps
    failing, and `FILE_ERRORS` if the file is not there.
    """

    def __init__(self, uri: str, options: Mapping[str, Any], start: int = 0) -> None:
        super().__init__()
        self.uri = uri
        self._fs, self._path = fsspec.core.url_to_fs(uri, **options)
        self._size = int(self._keep_trying(lambda: self._fs.info(self._path)["size"]))
        self._position = start  # of the next byte that `read` returns
        self._block = memoryview(b"")
        self._jumped = True  # a short read at `start` may be all that is wanted
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="read-ahead")
        self._ahead: Future[bytes] | None = None  # the block behind this one, being fetched

    def close(self) -> None:
        """Stop fetching."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        super().close()

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return the next `size` bytes, fewer only at the end; all if it is negative."""
        wanted = self._size if size is None or size < 0 else size
        pieces: list[memoryview] = []
        while wanted > 0:
            if not self._block:
                self._block = memoryview(self._fetch(wanted))
            piece, self._block = self._block[:wanted], self._block[wanted:]
            if not piece:
                break
            self._position += len(piece)
            wanted -= len(piece)
            pieces.append(piece)
        return b"".join(pieces)

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer and return the number of bytes read; 0 at the end."""
        piece = self.read(len(buffer))
        buffer[: len(piece)] = piece
        return len(piece)

    def tell(self) -> int:
        """Return the position of the next byte in the file."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        """Move to a position, and return it."""
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        if base + offset != self._position:
            self._position, self._block, self._jumped = base + offset, memoryview(b""), True
            self._ahead = None
        return self._position

    def _fetch(self, wanted: int) -> bytes:
        """Return the block at the position, and ask for the next one if reading goes on."""
        if self._jumped:
            self._jumped = False
            return self._load(self._position, max(wanted, _AFTER_SEEK_BYTES))
        ahead, self._ahead = self._ahead, None
        block = ahead.result() if ahead else self._load(self._position, BLOCK_BYTES)
        if block:
            self._ahead = self._pool.submit(self._load, self._position + len(block), BLOCK_BYTES)
        return block

    def _load(self, start: int, length: int) -> bytes:
        end = min(start + length, self._size)
        if start >= end:
            return b""

        def load() -> bytes:
            block = bytes(self._fs.cat_file(self._path, start=start, end=end))
            if len(block) != end - start:
                raise OSError(f"{len(block)} bytes came instead of {end - start}")
            return block

        return self._keep_trying(load)

    def _keep_trying(self, action: Callable[[], T]) -> T:
        for wait in (*_WAITS_S, None):
            try:
                return action()
            except FILE_ERRORS:
                raise
            except Exception as error:
                if wait is None or isinstance(error, PermissionError):
                    raise StorageError(
                        f"cannot read {self.uri}: {type(error).__name__}: {error}. Is the storage "
                        "up, and may it be read with these credentials? Run again when it is."
                    ) from error
                time.sleep(wait)
        raise AssertionError("unreachable")


def open_forward(uri: str, options: Mapping[str, Any], start: int = 0) -> Any:
    """Return a binary stream of a file from byte `start` on; local files are opened directly."""
    if uri.startswith("s3://"):
        options = {**_S3_DEFAULTS, **options}
    fs, path = fsspec.core.url_to_fs(uri, **options)
    if not isinstance(fs, LocalFileSystem):
        return RangeStream(uri, options, start)
    file = open(path, "rb")  # noqa: SIM115 - the caller closes it
    file.seek(start)
    return file
