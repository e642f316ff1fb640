"""The rows of a benchmark's file or dataset, each with the line that it stands in."""

from collections.abc import Iterator, Mapping
from typing import IO, Any

import fsspec
import orjson

from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.file_problems import FileError, Problem

Row = Mapping[str, Any]
CONFIG = "dataset_config"
"""The key of a hub row under which the configuration stands that it came from."""


def read_rows(source: BenchmarkSource, options: Mapping[str, Any]) -> Iterator[tuple[int, Row]]:
    """Yield line (from 1) and values of the rows that `source.where` lets through.

    `options` go to fsspec. Raises `FileNotFoundError`, and `FileError` for what cannot be read.
    """
    rows = _dataset_rows(source) if source.dataset else _file_rows(source, options)
    for line, row in rows:
        if all(str(row.get(key)) == value for key, value in source.where.items()):
            yield line, row


def _file_rows(source: BenchmarkSource, options: Mapping[str, Any]) -> Iterator[tuple[int, Row]]:
    fs, path = fsspec.core.url_to_fs(source.path, **options)
    if not source.path or not fs.isfile(path):
        raise FileNotFoundError(
            f"there is no file of benchmark items at {source.path!r}: check path, or name a dataset"
        )
    with fs.open(path, "rb", compression="infer") as file:
        for line, row in enumerate(_values(file, source.path), 1):
            if row is None:
                continue
            if not isinstance(row, dict):
                problem = Problem(line, f"expected a JSON object, found {type(row).__name__}")
                raise FileError(source.path, [problem])
            yield line, row


def _values(file: IO[bytes], path: str) -> Iterator[Any]:
    """Yield the value of each line, None for an empty one; or the elements of one JSON array.

    Some sets are published as an array, whose elements are numbered like lines.
    """
    for line, text in enumerate(file, 1):
        try:
            if line == 1 and text.lstrip().startswith(b"["):
                yield from orjson.loads(text + file.read())
                return
            yield orjson.loads(text) if text.strip() else None
        except orjson.JSONDecodeError as error:
            problem = Problem(line, f"expected one JSON object per line: {error}")
            raise FileError(path, [problem]) from None


def _dataset_rows(source: BenchmarkSource) -> Iterator[tuple[int, Row]]:
    from datasets import load_dataset

    for config in source.dataset_configs or ("",):
        try:
            rows = load_dataset(source.dataset, config or None, split=source.split)
        except Exception as error:  # `datasets` raises what its readers and the hub's client raise
            what = f"cannot be loaded: {type(error).__name__}: {error}"
            raise FileError(f"{source.dataset} {config}".strip(), [Problem(0, what)]) from error
        several = len(source.dataset_configs) > 1
        for line, row in enumerate(rows, 1):
            yield line, (row | {CONFIG: config} if several else row)
