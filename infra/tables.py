"""Rows as Parquet: a record class decides the columns, so that every part of a stage is alike."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import accumulate, chain
from operator import attrgetter
from pathlib import Path
from types import TracebackType, UnionType
from typing import Any, Generic, Protocol, Self, TypeVar, Union, get_args, get_origin

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from gleanery.infra.digests import DIGEST_CHARACTERS, record_digest
from gleanery.infra.scratch import scratch_folder

R = TypeVar("R", bound=BaseModel)

_ROWS_PER_GROUP = 1000

_SCALARS: dict[Any, pa.DataType] = {
    str: pa.string(),
    int: pa.int64(),
    float: pa.float64(),
    bool: pa.bool_(),
}


def arrow_schema(record: type[BaseModel]) -> pa.Schema:
    """Return the Parquet schema of a record class. Raises `TypeError` for a type it cannot hold."""
    return pa.schema(
        [
            pa.field(name, _arrow_type(field.annotation))
            for name, field in record.model_fields.items()
        ]
    )


def _arrow_type(annotation: Any) -> pa.DataType:
    if annotation in _SCALARS:
        return _SCALARS[annotation]
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin in (Union, UnionType):
        kinds = [kind for kind in arguments if kind is not type(None)]
        if len(kinds) == 1 and kinds[0] in _SCALARS:
            return _SCALARS[kinds[0]]
    if origin is list or (origin is tuple and arguments[1:] == (...,)):
        return pa.list_(_arrow_type(arguments[0]))
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return pa.struct(list(arrow_schema(annotation)))
    raise TypeError(f"{annotation} has no Parquet type here")


def _columns(records: Sequence[BaseModel], fields: Iterable[pa.Field]) -> list[pa.Array]:
    """Return an array for each field of the records, without making a mapping of any record."""
    return [_column(list(map(attrgetter(field.name), records)), field.type) for field in fields]


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_struct(kind):
        return pa.StructArray.from_arrays(_columns(values, kind), fields=list(kind))
    if pa.types.is_list(kind) and pa.types.is_nested(kind.value_type):
        ends = pa.array(accumulate(map(len, values), initial=0), pa.int32())
        inner = _column(list(chain.from_iterable(values)), kind.value_type)
        return pa.ListArray.from_arrays(ends, inner)
    return pa.array(values, kind)


class RowFile(Protocol):
    """Rows on their way into a Parquet file, as `Parts.commit_spooled` takes them."""

    path: Path
    count: int

    @property
    def row_digest(self) -> str:
        """The digest of all rows in their order."""
        ...

    def close(self) -> None:
        """Complete the file; it may be read and stored now."""
        ...


class RowSpool(Generic[R]):
    """Rows on their way into a Parquet file (zstd, level 3) on this machine's disk.

    Memory holds a thousand rows, however many there are. Counts and digest are those of all rows
    appended so far; `path` is complete after `close`. The file goes with the `with` block.
    """

    def __init__(self, record: type[R]) -> None:
        self._folder = scratch_folder()
        self.path = Path(self._folder.name, "rows.parquet")
        self.count = 0
        self.reasons: Counter[str] = Counter()  # of rows that have one
        self._schema = arrow_schema(record)
        self._writer = pq.ParquetWriter(
            self.path, self._schema, compression="zstd", compression_level=3
        )
        self._pending: list[R] = []
        self._digest = hashlib.sha256()

    def __enter__(self) -> Self:
        """Return the spool."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the file."""
        self.close()
        self._folder.cleanup()

    def append(self, row: R) -> None:
        """Add one row."""
        self.count += 1
        if (reason := vars(row).get("reason")) is not None:
            self.reasons[str(reason)] += 1
        self._digest.update(record_digest(row).encode() + b"\n")
        self._pending.append(row)
        if len(self._pending) >= _ROWS_PER_GROUP:
            self._flush()

    def extend(self, rows: Iterable[R]) -> None:
        """Add rows."""
        for row in rows:
            self.append(row)

    def close(self) -> None:
        """Complete the file; it may be read and stored now."""
        if self._writer.is_open:
            self._flush()
            self._writer.close()

    @property
    def row_digest(self) -> str:
        """The digest of all rows in their order."""
        return self._digest.hexdigest()[:DIGEST_CHARACTERS]

    def _flush(self) -> None:
        if self._pending:
            columns = _columns(self._pending, self._schema)
            self._writer.write_table(pa.Table.from_arrays(columns, schema=self._schema))
            self._pending = []


def from_parquet(data: bytes, record: type[R]) -> list[R]:
    """Return the rows of a Parquet file as records."""
    return [record.model_validate(row) for row in pq.read_table(pa.BufferReader(data)).to_pylist()]
