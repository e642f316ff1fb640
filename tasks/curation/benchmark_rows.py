"""Rows of a benchmark, each with its place; what cannot be read is named with file and line."""

import codecs
import shlex
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import fsspec
import orjson

from gleanery.tasks.curation.benchmark_config import BenchmarkConfig
from gleanery.tasks.file_problems import FileError, Problem

_DAMAGED = (OSError, EOFError, zlib.error, UnicodeDecodeError)


@dataclass(frozen=True, slots=True)
class BenchmarkRow:
    """A row's values; `line` counts from 1 in `source`, a file or a split of a dataset."""

    source: str
    line: int
    values: Mapping[str, Any]


def read_benchmark(
    config: BenchmarkConfig, options: Mapping[str, Any]
) -> Iterator[BenchmarkRow | tuple[str, Problem]]:
    """Yield the rows of a benchmark, and a source with its problem for a line that is none.

    `options` go to fsspec. Raises `FileNotFoundError` for a path that names nothing, and
    `FileError` for a file or dataset that cannot be read at all.
    """
    if config.dataset:
        yield from _dataset_rows(config, options)
        return
    fs, base = fsspec.core.url_to_fs(config.path, **options)
    names = sorted(fs.glob(base)) if any(sign in base for sign in "*?[") else [base]
    if not names or not all(map(fs.isfile, names)):
        raise FileNotFoundError(
            f"there is no file of benchmark {config.name!r} at {config.path}: check its path"
        )
    for name in names:
        source = name if "://" not in config.path else str(fs.unstrip_protocol(name))
        yield from _json_rows(fs, name, source)


def _json_rows(fs: Any, name: str, source: str) -> Iterator[BenchmarkRow | tuple[str, Problem]]:
    line = 0
    try:
        with fs.open(name, "rb", compression="infer") as file:
            for line, text in enumerate(file, 1):
                if line == 1:
                    text = text.removeprefix(codecs.BOM_UTF8)
                    _refuse_array(text, source)
                if text.strip():
                    yield _json_row(text, source, line)
    except _DAMAGED as error:
        what = f"cannot be read beyond this line ({type(error).__name__}: {error})"
        raise FileError(source, [Problem(line, what)]) from error


def _refuse_array(first: bytes, source: str) -> None:
    """Raise one error for a whole file that is an array, instead of one for each of its lines."""
    if first.lstrip().startswith(b"["):
        what = (
            "the file is one JSON array, and one object per line is expected: "
            f"jq -c '.[]' {shlex.quote(source)} > items.jsonl makes that of it"
        )
        raise FileError(source, [Problem(1, what)])


def _json_row(text: bytes, source: str, line: int) -> BenchmarkRow | tuple[str, Problem]:
    try:
        values = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        return source, Problem(line, f"expected one JSON object per line: {error}")
    if isinstance(values, dict):
        return BenchmarkRow(source, line, values)
    return source, Problem(line, f"expected a JSON object, found {type(values).__name__}")


def _dataset_rows(config: BenchmarkConfig, options: Mapping[str, Any]) -> Iterator[BenchmarkRow]:
    from datasets import load_dataset

    source = ":".join(filter(None, [config.dataset, config.dataset_config, config.split]))
    try:
        rows = load_dataset(
            config.dataset,
            config.dataset_config or None,
            split=config.split,
            storage_options=dict(options) or None,
        )
    except Exception as error:  # `datasets` raises what its readers and the hub's client raise
        what = f"benchmark {config.name!r} cannot be loaded: {type(error).__name__}: {error}"
        raise FileError(source, [Problem(0, what)]) from error
    for line, values in enumerate(rows, 1):
        yield BenchmarkRow(source, line, values)
