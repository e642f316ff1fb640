"""Rows of JSON lines, Parquet files and `datasets` datasets, each with its place."""

import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import fsspec
import orjson
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.losses import Loss

_BATCH_ROWS = 256
_DAMAGED = (EOFError, zlib.error, pa.ArrowException)


class InstructionSource(Config):
    """An instruction dataset: where it is, and which of its columns hold what."""

    format: Literal["jsonl", "parquet", "datasets"] = Field(
        "jsonl", description="What the files are; `datasets` is a name on the hub or a folder."
    )
    paths: tuple[str, ...] = Field(
        (), description="Files or globs, local or s3://; for `datasets` names or folders."
    )
    instruction_column: str = Field(
        "instruction", description="Column of the request; `a.0.b` looks inside lists and mappings."
    )
    input_column: str = Field(
        "", description="Column of material that belongs to the request; '' if there is none."
    )
    response_column: str = Field("", description="Column of the answer; '' if there is none.")
    messages_column: str = Field(
        "",
        description="Column of chat messages (role and content, or from and value); the first "
        "request and the answer to it take the place of the columns above.",
    )
    dataset_config: str = Field("", description="For `datasets`: the configuration's name.")
    split: str = Field("train", description="For `datasets`: the split.")
    data_files: tuple[str, ...] = Field(
        (), description="For `datasets`: the data files, if not the dataset's own."
    )
    most_rows: int = Field(
        0, ge=0, description="Label a random sample of so many instructions; 0 labels all."
    )
    seed: int = Field(0, description="Another seed draws another sample.")


@dataclass(frozen=True, slots=True)
class Row:
    """A row's values, and where it stands: `number` counts from 0 in `source`."""

    source: str
    number: int
    values: Mapping[str, Any]

    def lose(self, reason: str, detail: str) -> Loss:
        """Return the loss of this row."""
        return _lose(self.source, self.number, reason, detail)


def read_rows(config: InstructionSource, options: Mapping[str, Any]) -> Iterator[Row | Loss]:
    """Yield the rows of all paths. Raises `FileNotFoundError` for a path that names nothing.

    A damaged file ends in the loss "unreadable_file"; what was read of it before stands.
    """
    for path in config.paths:
        if config.format == "datasets":
            yield from _dataset_rows(path, config, options)
            continue
        fs, base = fsspec.core.url_to_fs(path, **options)
        names = sorted(fs.glob(base)) if any(sign in base for sign in "*?[") else [base]
        if not names or not all(map(fs.isfile, names)):
            raise FileNotFoundError(f"there is no {config.format} file at {path}: check the path")
        read = _parquet_rows if config.format == "parquet" else _json_rows
        for name in names:
            source = name if "://" not in path else str(fs.unstrip_protocol(name))
            yield from read(fs, name, source)


def _dataset_rows(
    name: str, config: InstructionSource, options: Mapping[str, Any]
) -> Iterator[Row]:
    from datasets import load_dataset

    rows = load_dataset(
        name,
        config.dataset_config or None,
        data_files=list(config.data_files) or None,
        split=config.split,
        streaming=True,
        storage_options=dict(options) or None,
    )
    for number, values in enumerate(rows):
        yield Row(name, number, values)


def _json_rows(fs: Any, name: str, source: str) -> Iterator[Row | Loss]:
    number = -1
    try:
        with fs.open(name, "rb", compression="infer") as file:
            for number, line in enumerate(file):
                if line.strip():
                    yield _json_row(line, source, number)
    except _DAMAGED as error:
        yield _lose(source, number + 1, "unreadable_file", f"{type(error).__name__}: {error}")


def _json_row(line: bytes, source: str, number: int) -> Row | Loss:
    try:
        values = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        return _lose(source, number, "malformed_line", f"line {number + 1}: {error}")
    if isinstance(values, dict):
        return Row(source, number, values)
    detail = f"line {number + 1}: expected an object, found {type(values).__name__}"
    return _lose(source, number, "malformed_line", detail)


def _parquet_rows(fs: Any, name: str, source: str) -> Iterator[Row | Loss]:
    number = 0
    try:
        with fs.open(name, "rb") as file:
            for batch in pq.ParquetFile(file).iter_batches(_BATCH_ROWS):
                for values in batch.to_pylist():
                    yield Row(source, number, values)
                    number += 1
    except _DAMAGED as error:
        yield _lose(source, number, "unreadable_file", f"{type(error).__name__}: {error}")


def _lose(source: str, number: int, reason: str, detail: str) -> Loss:
    row_id = f"{source}@{number}"
    return Loss(row_id=row_id, reason=reason, detail=detail, source=source, offset=number)
