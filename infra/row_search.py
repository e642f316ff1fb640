"""Finding single rows in Parquet objects: one narrow column is read first, then what matches."""

import contextlib
from collections.abc import Container, Iterator, Sequence
from typing import Any, TypeVar

import fsspec
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from gleanery.infra.storage import StorageError, Store

R = TypeVar("R", bound=BaseModel)


def find_rows(
    store: Store, path: str, column: str, values: Container[str], record: type[R]
) -> list[R]:
    """Return the rows of a Parquet object whose `column` is one of `values`, in their order.

    Of a row group without a match only that column is read. Raises `FileNotFoundError` if the
    object does not exist, `StorageError` if it cannot be read.
    """
    found: list[R] = []
    with _opened(store, path) as file:
        for group in range(file.num_row_groups):
            keys = file.read_row_group(group, columns=[column])[column].to_pylist()
            places = [place for place, key in enumerate(keys) if key in values]
            if places:
                rows = file.read_row_group(group).take(places).to_pylist()
                found += [record.model_validate(row) for row in rows]
    return found


def read_column(store: Store, path: str, column: str) -> list[Any]:
    """Return one column of a Parquet object; the others are not read. Raises as `find_rows`."""
    with _opened(store, path) as file:
        values: list[Any] = file.read(columns=[column])[column].to_pylist()
        return values


def read_columns(store: Store, path: str, columns: Sequence[str]) -> pa.Table:
    """Return some columns of a Parquet object; the others are not read.

    Raises as `find_rows`, and `ValueError` where a column is not there.
    """
    with _opened(store, path) as file:
        _check_columns(store, path, file, columns)
        return file.read(columns=list(columns))


def row_batches(
    store: Store, path: str, columns: Sequence[str] | None = None, at_once: int = 1000
) -> Iterator[pa.Table]:
    """Yield the rows of a Parquet object in their order, or some columns of them, batch by batch.

    A batch has row groups of together `at_once` rows or a few more, or one larger group. Memory
    holds one batch. Raises as `read_columns`.
    """
    with _opened(store, path) as file:
        _check_columns(store, path, file, columns or ())
        groups: list[int] = []
        rows = 0
        for group in range(file.num_row_groups):
            groups.append(group)
            rows += file.metadata.row_group(group).num_rows
            if rows >= at_once or group == file.num_row_groups - 1:
                yield file.read_row_groups(groups, columns=list(columns) if columns else None)
                groups, rows = [], 0


def _check_columns(store: Store, path: str, file: pq.ParquetFile, columns: Sequence[str]) -> None:
    if missing := sorted(set(columns) - set(file.schema_arrow.names)):
        raise ValueError(
            f"{store.uri(path)} has no column {', '.join(missing)}: an earlier version wrote "
            "it, so run its stage again with --backfill"
        )


@contextlib.contextmanager
def _opened(store: Store, path: str) -> Iterator[pq.ParquetFile]:
    try:
        with (
            fsspec.open(store.uri(path), "rb", **store.options) as stream,
            pq.ParquetFile(stream, pre_buffer=True) as file,
        ):
            yield file
    except FileNotFoundError:
        raise
    except (OSError, pa.ArrowException) as error:
        raise StorageError(f"cannot read {store.uri(path)}: {error}") from error
