"""HTTP bodies as they were sent: transfer and content encodings are undone, within a limit."""

import io
from collections.abc import Callable
from typing import Any

from fastwarc.stream_io import BrotliReader, ChunkedReader, GzipReader, ZstdReader

_READERS: dict[str, Callable[[Any], Any]] = {
    "gzip": GzipReader,
    "x-gzip": GzipReader,
    "deflate": lambda stream: GzipReader(stream, zlib=True),
    "br": BrotliReader,
    "zstd": ZstdReader,
    "chunked": ChunkedReader,
}


class UndecodableBody(ValueError):
    """The body is not what its headers say, and not plain text either."""


def decode_body(body: bytes, transfer: str, content: str, limit: int) -> bytes:
    """Return the body without its encodings, at most `limit` + 1 bytes of it.

    Crawlers often store the decoded body under the header of the encoded one; a body that does
    not decode is then taken as it is. Raises `UndecodableBody` if it does not look like text.
    """
    applied = [*content.lower().split(","), *transfer.lower().split(",")]  # in this order
    for coding in reversed([name.strip() for name in applied]):
        if coding in {"", "identity"}:
            continue
        body = _undo(body, coding, limit)
    return body


def _undo(body: bytes, coding: str, limit: int) -> bytes:
    reader = _READERS.get(coding)
    try:
        if reader is None:
            raise OSError(f"unknown encoding {coding}")
        return bytes(reader(io.BytesIO(body)).read(limit + 1))
    except OSError as error:
        head = body[:1024]
        if b"\0" in head or b"<" not in head:
            raise UndecodableBody(f"{coding}: {error}") from error
        return body
