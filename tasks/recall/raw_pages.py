"""A page as a source holds it, before anything is made of it."""

from dataclasses import dataclass


@dataclass(slots=True)
class RawPage:
    """A page as it was read: `body` holds HTML bytes, or `text` holds text (or decoded HTML).

    `source` and `offset` (the byte offset of a WARC record, the row or line number in a table)
    find it again; `url`, `record_id` and `date` are whatever the source says, unchecked.
    `charset` is the one that the HTTP header names, or "". `is_html` says what `text` holds.
    """

    url: str
    source: str
    offset: int
    record_id: str
    date: str
    content_type: str
    charset: str
    body: bytes | None
    text: str | None
    is_html: bool

    @property
    def row_id(self) -> str:
        """Name of the page in losses: file and offset, since record ids may repeat."""
        return f"{self.source}@{self.offset}"
