"""Pages from tables: Parquet, JSON lines and `datasets` datasets, row by row."""

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from typing import Any

import orjson

from gleanery.infra.losses import Loss
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_streams import open_forward

_BATCH_ROWS = 256
_GZIP, _ZSTD = b"\x1f\x8b", b"\x28\xb5\x2f\xfd"


class MissingColumn(ValueError):
    """The table lacks a column that the configuration names: no row of it can be read."""


def read_parquet(
    uri: str, config: SourceConfig, options: Mapping[str, Any]
) -> Iterator[RawPage | Loss]:
    """Yield the rows of a Parquet file as pages; only the columns that are needed are read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    row = 0
    try:
        with open_forward(uri, options) as file:
            table = pq.ParquetFile(file)
            _check_columns(config, table.schema_arrow.names, uri)
            columns = [name for name in _columns(config) if name in table.schema_arrow.names]
            for group in range(table.num_row_groups):  # all at once would be read ahead
                for batch in table.iter_batches(_BATCH_ROWS, row_groups=[group], columns=columns):
                    for values in batch.to_pylist():
                        yield page_of_row(values, config, uri, row)
                        row += 1
    except pa.ArrowException as error:
        yield _unreadable(uri, row, f"{type(error).__name__}: {error}")
    except OSError as error:
        if error.errno:  # from the disk; pyarrow's own have no number
            raise
        yield _unreadable(uri, row, f"damaged Parquet file: {error}")


def read_jsonl(
    uri: str, config: SourceConfig, options: Mapping[str, Any]
) -> Iterator[RawPage | Loss]:
    """Yield the lines of a JSON lines file (plain, .gz or .zst) as pages.

    A line that is no JSON object is lost as `malformed_line`, with its number (from 0) as offset;
    one that is longer than the page limit allows as `page_too_large`, without being read whole.
    """
    limit = 2 * config.page_bytes + (64 << 10)  # escapes make a line longer than its page
    number = 0
    with open_forward(uri, options) as raw:
        lines = _decompressed(raw)
        while True:
            try:
                line = lines.readline(limit)
                too_long = len(line) == limit and not line.endswith(b"\n")
                while too_long and (rest := lines.readline(limit)) and not rest.endswith(b"\n"):
                    pass
            except (OSError, EOFError, zlib.error) as error:
                if isinstance(error, OSError) and error.errno:
                    raise
                yield _unreadable(uri, number, f"damaged compression: {error}")
                return
            if not line:
                return
            if too_long:
                detail = f"line of more than {limit} bytes"
                yield _lose("page_too_large", uri, number, detail)
            elif line.strip():
                yield _page_of_line(line, config, uri, number)
            number += 1


def read_dataset(
    name: str, config: SourceConfig, options: Mapping[str, Any]
) -> Iterator[RawPage | Loss]:
    """Yield the rows of a `datasets` dataset as pages, streamed."""
    from datasets import load_dataset

    rows = load_dataset(
        name,
        config.dataset_config or None,
        data_files=list(config.data_files) or None,
        split=config.split,
        streaming=True,
        storage_options=dict(options) or None,
    )
    if rows.column_names is not None:
        _check_columns(config, rows.column_names, name)
        rows = rows.select_columns([c for c in _columns(config) if c in rows.column_names])
    for number, values in enumerate(rows):
        yield page_of_row(values, config, name, number)


def page_of_row(
    values: Mapping[str, Any], config: SourceConfig, source: str, row: int
) -> RawPage | Loss:
    """Return a table's row as a page, or the loss of one without content or without address."""
    content = values.get(config.html_column or config.text_column)
    url = _text(values.get(config.url_column)).strip()
    if not isinstance(content, str | bytes | None):
        return _lose("malformed_row", source, row, f"content is a {type(content).__name__}")
    if not content or not content.strip():
        return _lose("empty_page", source, row, url or "row without content")
    if not url:
        return _lose("missing_url", source, row, f"no value in column {config.url_column!r}")
    if len(content) > config.page_bytes:
        return _lose("page_too_large", source, row, f"{len(content)} characters {url}")
    is_html = bool(config.html_column)
    body = content if isinstance(content, bytes) else None
    return RawPage(
        url=url,
        source=source,
        offset=row,
        record_id=_text(values.get(config.id_column)),
        date=_text(values.get(config.date_column)),
        content_type="text/html" if is_html else "text/plain",
        charset="",
        body=body if is_html else None,
        text=None if is_html and body is not None else _text(content),
        is_html=is_html,
    )


def _page_of_line(line: bytes, config: SourceConfig, source: str, number: int) -> RawPage | Loss:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _lose("malformed_line", source, number, f"line {number + 1}: {error}")
    if not isinstance(values, dict):
        detail = f"line {number + 1}: expected an object, found {type(values).__name__}"
        return _lose("malformed_line", source, number, detail)
    return page_of_row(values, config, source, number)


def _decompressed(raw: Any) -> Any:
    stream = io.BufferedReader(raw) if isinstance(raw, io.RawIOBase) else raw
    head = stream.peek(4)[:4]
    if head.startswith(_GZIP):
        return gzip.GzipFile(fileobj=stream, mode="rb")
    if head.startswith(_ZSTD):
        import pyarrow as pa

        return io.BufferedReader(pa.CompressedInputStream(stream, "zstd"))
    return stream


def _check_columns(config: SourceConfig, present: list[str], source: str) -> None:
    content = config.html_column or config.text_column
    for name in (content, config.url_column):
        if name not in present:
            raise MissingColumn(
                f"{source} has no column {name!r}; it has {', '.join(sorted(present))}: "
                "name the columns in the source's configuration"
            )


def _columns(config: SourceConfig) -> list[str]:
    content = config.html_column or config.text_column
    names = (content, config.url_column, config.id_column, config.date_column)
    return [name for name in names if name]


def _text(value: object) -> str:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    return "" if value is None else str(value)


def _lose(reason: str, source: str, row: int, detail: str) -> Loss:
    return Loss(row_id=f"{source}@{row}", reason=reason, detail=detail, source=source, offset=row)


def _unreadable(uri: str, row: int, detail: str) -> Loss:
    return _lose("unreadable_file", uri, row, f"{detail}; {row} rows were read before")
