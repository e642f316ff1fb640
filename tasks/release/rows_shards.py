"""Rows on their way into a release: Parquet shards on this machine's disk, named when all are in.

How many shards there are, and so how each is called, is known at the end. Memory holds one row
group of each split, however many rows come.
"""

import hashlib
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import DIGEST_CHARACTERS, digest
from gleanery.infra.scratch import scratch_folder
from gleanery.tasks.release.manifest import FORMAT, ReleaseFile, RowCounts
from gleanery.tasks.release.rows import SPLITS, BadRow, ReleasedRow, released_schema
from gleanery.tasks.release.rows_counts import RowCounter
from gleanery.tasks.release.rows_index import RowIndex

_MOST_ROWS_PER_GROUP = 10_000
_LEVEL = 3  # zstd; level 9 takes four times as long


class ShardLimits(Config):
    """How large the files of a release grow."""

    shard_bytes: int = Field(
        256 << 20, ge=1 << 10, le=4 << 30, description="A shard is closed when it is this large."
    )
    group_bytes: int = Field(
        32 << 20,
        ge=1 << 10,
        le=1 << 30,
        description="A row group is written when its texts are this large before compression.",
    )


class ReleaseShards:
    """The rows of a release on disk, below the folder of the `with` block.

    `files` are known after `close`, their paths as in the release; `counts`, `row_digest` and
    `index` are those of all rows. There is a column for every score that any of them has, and for
    those in `columns`: what is configured has its column in every release, whoever was asked.
    """

    def __init__(self, limits: ShardLimits | None = None, columns: Iterable[str] = ()) -> None:
        self._scores = {*columns}
        self.index = RowIndex()
        self.files: list[ReleaseFile] = []
        self._folder = scratch_folder()
        self._counter = RowCounter()
        self._splits = {
            split: _SplitWriter(Path(self._folder.name, split), self._scores, limits)
            for split in SPLITS
        }

    def __enter__(self) -> Self:
        """Return the shards."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Remove the files."""
        for writer in self._splits.values():
            writer.abandon()
        self._folder.cleanup()

    def extend(self, rows: Iterable[ReleasedRow]) -> None:
        """Add rows; each split keeps their order."""
        for row in rows:
            whole = self.index.add(row)
            self._counter.add(row)
            self._scores.update(row.scores)
            self._splits[row.split].append(row, whole)

    def close(self) -> None:
        """Complete the files. Raises `BadRow` if an id stands twice or nothing is trained on."""
        self.index.check_ids()
        if not self._splits[SPLITS[0]].rows:
            raise BadRow(
                "no row to train on is left, so there is no release: see the reasons of the rows "
                "that were left out, and loosen the recipe"
            )
        self.files = [file for split in SPLITS for file in self._splits[split].close(split)]

    def local(self, file: ReleaseFile) -> Path:
        """Return where a file of the release lies on this machine's disk."""
        split, number = Path(file.path).name.split("-")[:2]
        return self._splits[split].paths[int(number)]

    @property
    def score_columns(self) -> list[str]:
        """The columns of all scores so far, in their fixed order."""
        return sorted(self._scores)

    @property
    def counts(self) -> RowCounts:
        """How many rows there are, by the values of their columns."""
        return self._counter.counts()

    @property
    def row_digest(self) -> str:
        """The digest of the rows in their order, with their splits and score columns."""
        splits = {split: writer.row_digest for split, writer in self._splits.items()}
        return digest([FORMAT, self.score_columns, splits])


class _SplitWriter:
    """The shards of one split; `scores` grows while rows come."""

    def __init__(self, folder: Path, scores: set[str], limits: ShardLimits | None) -> None:
        folder.mkdir()
        self.rows = 0
        self.paths: list[Path] = []
        self._rows_of: list[int] = []
        self._folder, self._scores, self._limits = folder, scores, limits or ShardLimits()
        self._writer: pq.ParquetWriter | None = None
        self._pending: list[dict[str, Any]] = []
        self._pending_bytes = 0
        self._digest = hashlib.sha256()

    @property
    def row_digest(self) -> str:
        return self._digest.hexdigest()[:DIGEST_CHARACTERS]

    def append(self, row: ReleasedRow, whole: str) -> None:
        self.rows += 1
        self._digest.update(whole.encode() + b"\n")
        values = row.model_dump()
        self._pending.append(values | values.pop("scores"))
        # Each turn stands twice: in the messages, and in the prompt or the completion.
        self._pending_bytes += 2 * sum(len(m.content) for m in row.messages) + len(row.lineage)
        full = self._pending_bytes >= self._limits.group_bytes
        if full or len(self._pending) >= _MOST_ROWS_PER_GROUP:
            self._flush()

    def close(self, split: str) -> list[ReleaseFile]:
        """Complete the shards; return them as files of the release."""
        self._flush()
        self.abandon()
        schema = released_schema(sorted(self._scores))
        for path in self.paths:
            if pq.read_schema(path) != schema:
                _widened(path, schema).close()
        files = []
        for number, (path, rows) in enumerate(zip(self.paths, self._rows_of, strict=True)):
            with path.open("rb") as content:
                sha256 = hashlib.file_digest(content, "sha256").hexdigest()
            name = f"data/{split}-{number:05d}-of-{len(self.paths):05d}.parquet"
            size = path.stat().st_size
            files.append(ReleaseFile(path=name, size=size, sha256=sha256, rows=rows))
        return files

    def abandon(self) -> None:
        """Close the file that is open, if one is."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None

    def _flush(self) -> None:
        if not self._pending:
            return
        schema = released_schema(sorted(self._scores))
        table = pa.Table.from_pylist(self._pending, schema=schema)
        if self._writer is None:
            self.paths.append(self._folder / f"{len(self.paths):05d}.parquet")
            self._rows_of.append(0)
            self._writer = _writer(self.paths[-1], schema)
        elif self._writer.schema != schema:
            self._writer.close()
            self._writer = _widened(self.paths[-1], schema)
        self._writer.write_table(table)
        self._rows_of[-1] += len(self._pending)
        self._pending, self._pending_bytes = [], 0
        if self.paths[-1].stat().st_size >= self._limits.shard_bytes:
            self.abandon()


def _writer(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=_LEVEL,
        # Pages end where the content says so: one row more does not move the pages after it, and a
        # hub that stores by content takes only what is new.
        use_content_defined_chunking=True,
        write_page_index=True,
    )


def _widened(path: Path, schema: pa.Schema) -> pq.ParquetWriter:
    """Return a file's writer again, its row groups with the columns that have come since."""
    narrow = path.rename(path.with_suffix(".narrow"))
    writer = _writer(path, schema)
    with pq.ParquetFile(narrow) as file:
        for group in range(file.num_row_groups):
            table = file.read_row_group(group)
            columns = [
                table[field.name] if field.name in table.schema.names else _nulls(table, field)
                for field in schema
            ]
            writer.write_table(pa.Table.from_arrays(columns, schema=schema))
    narrow.unlink()
    return writer


def _nulls(table: pa.Table, field: pa.Field) -> pa.Array:
    return pa.nulls(table.num_rows, field.type)
