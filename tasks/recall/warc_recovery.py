"""Damaged archives: gzip members one by one, past those that are cut off or broken.

Common Crawl compresses each record as a gzip member of its own, so the next one can be found by
its magic number and read on its own.
"""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from gleanery.tasks.recall.source_streams import open_forward

GZIP_MAGIC = b"\x1f\x8b\x08"
DAMAGES = frozenset({"corrupt_record", "truncated_record"})
MAX_DAMAGES = 1000  # then the rest of the file is given up
_CHUNK = 256 << 10


@dataclass(frozen=True, slots=True)
class Member:
    """A gzip member: its decompressed bytes (cut at the limit), or what is wrong with it.

    `problem` is "", "corrupt_record", "truncated_record" or "page_too_large".
    """

    offset: int
    data: bytes
    problem: str


class _Window:
    """The bytes of a stream from `position` on, as many as were asked for."""

    def __init__(self, stream: Any, position: int) -> None:
        self.stream, self.position, self.buffer = stream, position, b""

    def fill(self, size: int) -> bool:
        """Return whether `size` bytes are in the buffer now."""
        while len(self.buffer) < size:
            more = self.stream.read(_CHUNK)
            if not more:
                return False
            self.buffer += more
        return True

    def drop(self, size: int) -> None:
        """Move on by `size` bytes."""
        self.buffer = self.buffer[size:]
        self.position += size


def read_members(uri: str, options: Mapping[str, Any], start: int, limit: int) -> Iterator[Member]:
    """Yield the gzip members from byte `start` on, each with at most `limit` bytes.

    After a broken one the next that holds a WARC record is looked for, so bytes between the two
    are part of the damage. Memory stays below `limit` plus some buffers, whatever a member
    inflates to.
    """
    position: int | None = start
    for _ in range(MAX_DAMAGES):
        if position is None:
            return
        broken = -1
        with open_forward(uri, options, position) as stream:
            window = _Window(stream, position)
            while window.fill(1):
                member = _read_member(window, limit)
                yield member
                if member.problem in DAMAGES:
                    broken = member.offset
                    break
        if broken < 0:
            return
        with open_forward(uri, options, broken + 1) as stream:
            position = _next_record(_Window(stream, broken + 1))
    yield Member(position or start, b"", "corrupt_record")


def _read_member(window: _Window, limit: int) -> Member:
    """Return the member at the window's position, and move the window behind it."""
    offset, data, size = window.position, bytearray(), 0
    inflater = zlib.decompressobj(wbits=31)
    try:
        while not inflater.eof:
            if not window.fill(1):
                return Member(offset, bytes(data), "truncated_record")
            piece = inflater.decompress(window.buffer, _CHUNK)
            rest = inflater.unused_data if inflater.eof else inflater.unconsumed_tail
            window.drop(len(window.buffer) - len(rest))
            size += len(piece)
            data += piece[: max(0, limit - len(data))]
    except zlib.error:
        return Member(offset, b"", "corrupt_record")
    return Member(offset, bytes(data), "page_too_large" if size > limit else "")


def _next_record(window: _Window) -> int | None:
    """Return the position of the next gzip member that starts a WARC record, if there is one."""
    while window.fill(64) or len(window.buffer) > len(GZIP_MAGIC):
        found = window.buffer.find(GZIP_MAGIC)
        if found < 0:
            window.drop(len(window.buffer) - len(GZIP_MAGIC) + 1)
            if not window.fill(len(GZIP_MAGIC)):
                return None
            continue
        window.drop(found)
        window.fill(512)
        if starts_record(window.buffer):
            return window.position
        window.drop(1)
    return None


def starts_record(compressed: bytes) -> bool:
    """Return whether these bytes start a gzip member that holds a WARC record."""
    try:
        return zlib.decompressobj(wbits=31).decompress(compressed, 5) == b"WARC/"
    except zlib.error:
        return False
