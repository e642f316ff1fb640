"""Rows as Parquet: what is read back is what was written, under the digest of its values."""

import hashlib

from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, ConfigDict

from gleanery.infra.digests import digest, record_digest
from gleanery.infra.tables import RowSpool, from_parquet


class Word(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    text: str
    weight: float | None = None


class Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    first: Word
    words: list[Word] = []


class Page(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    number: int
    title: str | None
    head: Line
    lines: tuple[Line, ...]
    cells: list[list[str]]
    marks: list[bool]


TEXT = st.text(max_size=8)
WORDS = st.builds(Word, text=TEXT, weight=st.none() | st.floats(allow_nan=False))
LINES = st.builds(Line, first=WORDS, words=st.lists(WORDS, max_size=3))
PAGES = st.builds(
    Page,
    number=st.integers(-(2**63), 2**63 - 1),
    title=st.none() | TEXT,
    head=LINES,
    lines=st.lists(LINES, max_size=3).map(tuple),
    cells=st.lists(st.lists(TEXT, max_size=3), max_size=3),
    marks=st.lists(st.booleans(), max_size=3),
)


@settings(max_examples=60, deadline=None)
@given(rows=st.lists(PAGES, max_size=6))
def test_records_within_records_are_read_back_as_they_were(rows: list[Page]) -> None:
    with RowSpool(Page) as spool:
        spool.extend(rows)
        spool.close()
        assert from_parquet(spool.path.read_bytes(), Page) == rows


@settings(deadline=None)
@given(page=PAGES)
def test_digest_of_a_record_is_that_of_its_values(page: Page) -> None:
    assert record_digest(page) == digest(page.model_dump())


def test_row_digest_is_that_of_the_digests_of_all_rows_in_their_order() -> None:
    words = [Word(text=str(number), weight=number / 7) for number in range(2500)]
    with RowSpool(Word) as spool:
        spool.extend(words)
        lines = "".join(digest(word.model_dump()) + "\n" for word in words)
        assert spool.row_digest == hashlib.sha256(lines.encode()).hexdigest()[:32]
        assert spool.count == len(words)
