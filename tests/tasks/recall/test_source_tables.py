"""Tables as sources: rows become pages, bad lines are counted and the rest is kept."""

import gzip
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_tables import MissingColumn
from gleanery.tasks.recall.sources import read_source

ROWS: Sequence[dict[str, Any]] = [
    {"url": f"https://a.example/{n}", "text": f"Text {n}", "html": f"<p>{n}", "other": "x" * 9}
    for n in range(600)
]


def read(path: Path, **config: Any) -> tuple[list[RawPage], list[Loss]]:
    items = list(read_source(str(path), SourceConfig(**config)))
    pages = [item for item in items if isinstance(item, RawPage)]
    return pages, [item for item in items if isinstance(item, Loss)]


def lines(rows: Sequence[object]) -> bytes:
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


def test_parquet_rows_are_pages_numbered_across_row_groups(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(list(ROWS)), path, row_group_size=100)
    pages, losses = read(path, format="parquet")
    assert [(page.url, page.text, page.offset) for page in pages] == [
        (row["url"], row["text"], number) for number, row in enumerate(ROWS)
    ]
    assert losses == []
    assert not pages[0].is_html


def test_html_column_is_html(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    rows = [{"url": "u", "html": "<p>Größe".encode("cp1252"), "day": "2024-01-02", "n": 7}]
    pq.write_table(pa.Table.from_pylist(rows), path)
    config = {"html_column": "html", "text_column": "", "date_column": "day", "id_column": "n"}
    [page], _ = read(path, format="parquet", **config)
    assert (page.body, page.text, page.is_html) == ("<p>Größe".encode("cp1252"), None, True)
    assert (page.date, page.record_id) == ("2024-01-02", "7")


def test_rows_without_content_or_address_are_counted_with_their_number(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    rows = [
        {"url": "u", "text": "  "},
        {"url": "", "text": "x"},
        {"url": "u"},
        {"text": "x"},
        {"url": "u", "text": ["x"]},
        {"url": "u", "text": "x" * 5000},
    ]
    path.write_bytes(lines(rows))
    pages, losses = read(path, format="jsonl", page_bytes=4000)
    assert pages == []
    assert [(loss.reason, loss.offset) for loss in losses] == [
        ("empty_page", 0),
        ("missing_url", 1),
        ("empty_page", 2),
        ("missing_url", 3),
        ("malformed_row", 4),
        ("page_too_large", 5),
    ]


def zstd(data: bytes) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.CompressedOutputStream(sink, "zstd") as stream:
        stream.write(data)
    return bytes(sink.getvalue())


@pytest.mark.parametrize("compress", [bytes, gzip.compress, zstd])
def test_malformed_line_is_counted_and_the_rest_kept(
    tmp_path: Path, compress: Callable[[bytes], bytes]
) -> None:
    path = tmp_path / "a.jsonl.any"
    data = lines(ROWS[:3]) + b'{"url": \n[1, 2]\n\xff\xfe\n\n' + lines(ROWS[3:5])
    path.write_bytes(compress(data))
    pages, losses = read(path, format="jsonl")
    assert [page.url for page in pages] == [row["url"] for row in ROWS[:5]]
    assert [page.offset for page in pages] == [0, 1, 2, 7, 8]
    places = [(loss.reason, loss.offset) for loss in losses]
    assert places == [("malformed_line", number) for number in (3, 4, 5)]


def test_endless_line_is_rejected_without_being_held(
    tmp_path: Path, watch_memory: Callable[[], Callable[[], int]]
) -> None:
    path = tmp_path / "a.jsonl.gz"
    with gzip.open(path, "wb", 1) as file:
        file.write(lines(ROWS[:1]) + b'{"text": "')
        for _ in range(64):
            file.write(b"x" * (1 << 20))
        file.write(b'"}\n' + lines(ROWS[1:2]))
    grown = watch_memory()
    pages, losses = read(path, format="jsonl", page_bytes=1 << 20)
    assert [page.offset for page in pages] == [0, 2]
    assert [(loss.reason, loss.offset) for loss in losses] == [("page_too_large", 1)]
    assert grown() < 20 << 20


def test_cut_compression_keeps_what_came_before_and_names_the_file(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(lines(ROWS))[:-200])
    pages, [loss] = read(path, format="jsonl")
    assert 0 < len(pages) < len(ROWS)
    assert (loss.reason, loss.source) == ("unreadable_file", str(path))


@pytest.mark.parametrize("content", [b"", b"no parquet at all", b"PAR1" + b"\0" * 100 + b"PAR1"])
def test_file_that_is_no_parquet_names_itself(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(content)
    pages, [loss] = read(path, format="parquet")
    assert pages == []
    assert (loss.reason, loss.source) == ("unreadable_file", str(path))


def test_missing_column_is_an_error_that_lists_the_columns(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    pq.write_table(pa.Table.from_pylist(list(ROWS[:3])), path)
    with pytest.raises(MissingColumn, match=r"no column 'body'; it has html, other, text, url"):
        read(path, format="parquet", text_column="body")


def test_datasets_rows_are_streamed(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "train.jsonl").write_bytes(lines(ROWS[:5]))
    pages, losses = read(tmp_path / "data", format="datasets")
    assert [(page.url, page.text, page.offset) for page in pages] == [
        (row["url"], row["text"], number) for number, row in enumerate(ROWS[:5])
    ]
    assert losses == []
