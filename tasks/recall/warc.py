"""Web archives (WARC, WET): every page of a file, and a loss for all that is not one.

The fast way is fastwarc over one forward read. It stops at the first damage and says nothing of a
file that was cut off; where it stops, `warc_recovery` goes on, slower and exact.
"""

import io
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from fastwarc.warc import ArchiveIterator

from gleanery.infra.losses import Loss
from gleanery.infra.storage import StorageError
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.source_streams import open_forward
from gleanery.tasks.recall.warc_records import page_of_record
from gleanery.tasks.recall.warc_recovery import DAMAGES, GZIP_MAGIC, Member, read_members

_HEADER_BYTES = 64 << 10
_RECORD_SLACK = 4 * _HEADER_BYTES  # what a member may hold beside its page
_HEAD_BYTES = 4096
_NOT_A_WARC = "no WARC record at its beginning: is this a WARC or WET file?"


@dataclass(slots=True)
class _End:
    """Where fastwarc ended: at which record, with what error, and what was said of that record."""

    offset: int = -1
    error: str = ""
    loss: Loss | None = None
    held: Loss | None = None  # not told yet: the record may be malformed because it was cut off


def read_warc(uri: str, options: Mapping[str, Any], page_bytes: int) -> Iterator[RawPage | Loss]:
    """Yield the pages of an archive in their order, and a `Loss` for each record that is none.

    Reasons are those of `page_of_record`, and for damage `truncated_record`, `corrupt_record` and
    `not_a_warc`. A page's `offset` is that of its gzip member. Raises `StorageError` if the
    storage fails.
    """
    end = _End()
    with open_forward(uri, options) as stream:
        records = ArchiveIterator(stream, max_header_len=_HEADER_BYTES, strict_mode=False)
        while True:
            try:
                record = next(records, None)
                if record is None:
                    break
                if end.held:
                    yield end.held
                end.offset, end.loss, end.held = record.stream_pos, None, None
                item = page_of_record(record, uri, end.offset, page_bytes)
            except OSError as error:
                if error.errno:  # from the disk; fastwarc's own have no number
                    raise StorageError(f"cannot read {uri} to its end: {error}") from error
                end.error = str(error)
                break
            if isinstance(item, Loss):
                end.loss = item
                if item.reason == "malformed_record":
                    end.held = item
                    continue
            if item is not None:
                yield item
    yield from _read_on(uri, options, page_bytes, end)


def _read_on(
    uri: str, options: Mapping[str, Any], page_bytes: int, end: _End
) -> Iterator[RawPage | Loss]:
    """Yield what stands behind the record where fastwarc ended or broke off."""
    with open_forward(uri, options, max(end.offset, 0)) as stream:
        head = stream.read(_HEAD_BYTES)
    zipped = head.startswith(GZIP_MAGIC)
    if end.offset < 0 and not (end.error and zipped and not _inflates_to_other(head)):
        yield _lose("not_a_warc", uri, 0, end.error or _NOT_A_WARC)
    elif zipped:
        yield from _recover(uri, options, page_bytes, end)
    else:  # not compressed record by record: there is nothing to go by
        if end.held:
            yield end.held
        if end.error:
            detail = f"{end.error}; the rest of the file is not read"
            yield _lose("corrupt_record", uri, end.offset, detail)


def _recover(
    uri: str, options: Mapping[str, Any], page_bytes: int, end: _End
) -> Iterator[RawPage | Loss]:
    """Yield the items of the gzip members behind fastwarc's last, and what was wrong with that."""
    suspect = False
    for member in read_members(uri, options, max(end.offset, 0), page_bytes + _RECORD_SLACK):
        if member.offset == end.offset:
            if member.problem in DAMAGES:
                if not (end.loss and end.loss.reason in DAMAGES):
                    yield _lose(member.problem, uri, end.offset, end.error or "gzip member")
            elif end.held:
                yield end.held
            # A sound member that fastwarc broke off after: it lied about its record's length, …
            suspect = bool(end.error) and not member.problem
            continue
        items = list(_items_of_member(member, uri, page_bytes))
        # … unless the next one is broken.
        if suspect and not any(isinstance(i, Loss) and i.reason in DAMAGES for i in items):
            yield _lose("corrupt_record", uri, end.offset, end.error)
        suspect = False
        yield from items
    if suspect:
        yield _lose("corrupt_record", uri, end.offset, end.error)


def _items_of_member(member: Member, uri: str, page_bytes: int) -> Iterator[RawPage | Loss]:
    if member.problem:
        yield _lose(member.problem, uri, member.offset, "gzip member")
        return
    try:
        for record in ArchiveIterator(io.BytesIO(member.data), max_header_len=_HEADER_BYTES):
            item = page_of_record(record, uri, member.offset, page_bytes)
            if item is not None:
                yield item
    except OSError as error:
        yield _lose("corrupt_record", uri, member.offset, str(error))


def _inflates_to_other(compressed: bytes) -> bool:
    """Return whether these bytes are a sound gzip member that holds something else."""
    try:
        return not zlib.decompressobj(wbits=31).decompress(compressed, 5).startswith(b"WARC/")
    except zlib.error:
        return False


def _lose(reason: str, uri: str, offset: int, detail: str) -> Loss:
    row_id = f"{uri}@{offset}"
    return Loss(row_id=row_id, reason=reason, detail=detail, source=uri, offset=offset)
