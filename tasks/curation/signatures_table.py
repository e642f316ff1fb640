"""Signatures as a Parquet part: arrays from end to end, for a record a row would cost far more."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from gleanery.infra.digests import DIGEST_CHARACTERS
from gleanery.infra.scratch import scratch_folder
from gleanery.tasks.curation.signatures import BANDS, DIGEST_BYTES, PERMUTATIONS, Signatures

DOCUMENT, QUESTION, EXAMPLE, RELEASED = "document", "question", "example", "released"
LEVELS = (DOCUMENT, QUESTION, EXAMPLE, RELEASED)  # in the order in which a part holds them

_BAND_NAMES = [f"band_{number:02}" for number in range(BANDS)]
_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("level", pa.string()),
        pa.field("group", pa.uint64()),
        pa.field("quality", pa.float32()),
        pa.field("words", pa.int32()),
        pa.field("digest", pa.binary(DIGEST_BYTES)),
        pa.field("minima", pa.binary(PERMUTATIONS)),
        *(pa.field(name, pa.uint64()) for name in _BAND_NAMES),
    ]
)
_COMPRESSION = {name: "zstd" if name in ("id", "level") else "none" for name in _SCHEMA.names}


@dataclass(frozen=True, slots=True, eq=False)
class SignedRows:
    """Rows of one level with the signatures of their texts.

    `ids` are strings; `groups` is the same number for siblings and 0 for a row without any. The
    better `qualities`, the rather does a row stay: of a page the score that it was recalled with;
    what candidates are worth is told by others, so that they have 0 here.
    """

    level: str
    ids: pa.Array
    groups: npt.NDArray[np.uint64]
    qualities: npt.NDArray[np.float32]
    signatures: Signatures

    def only(self, chosen: npt.NDArray[np.bool_]) -> Self:
        """Return the rows of these places."""
        signed = self.signatures
        return replace(
            self,
            ids=self.ids.filter(pa.array(chosen)),
            groups=self.groups[chosen],
            qualities=self.qualities[chosen],
            signatures=Signatures(
                words=signed.words[chosen],
                digests=signed.digests[chosen],
                minima=signed.minima[chosen],
                bands=signed.bands[chosen],
            ),
        )


class SignatureSpool:
    """Signed rows on their way into a Parquet file, which goes with the `with` block."""

    def __init__(self) -> None:
        self._folder = scratch_folder()
        self.path = Path(self._folder.name, "signatures.parquet")
        self.count = 0
        self._digest = hashlib.sha256()
        self._writer = pq.ParquetWriter(
            self.path, _SCHEMA, compression=_COMPRESSION, use_dictionary=["level"]
        )

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

    def append(self, rows: SignedRows) -> None:
        """Add rows of one level, as a row group of their own."""
        if not len(rows.ids):
            return
        self.count += len(rows.ids)
        signed = rows.signatures
        self._digest.update("\n".join([rows.level, *rows.ids.to_pylist()]).encode())
        for array in (rows.groups, rows.qualities, signed.words, signed.digests, signed.minima):
            little = array.astype(array.dtype.newbyteorder("<"), copy=False)
            self._digest.update(little.tobytes())
        columns = [
            rows.ids,
            pa.array([rows.level] * len(rows.ids), pa.string()),
            pa.array(rows.groups),
            pa.array(rows.qualities),
            pa.array(signed.words),
            _fixed_binary(signed.digests),
            _fixed_binary(signed.minima),
            *(pa.array(np.ascontiguousarray(signed.bands[:, band])) for band in range(BANDS)),
        ]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=_SCHEMA))

    def close(self) -> None:
        """Complete the file; it may be read and stored now."""
        if self._writer.is_open:
            self._writer.close()

    @property
    def row_digest(self) -> str:
        """The digest of all rows in their order; bands follow from the rest."""
        return self._digest.hexdigest()[:DIGEST_CHARACTERS]


def read_signed_rows(data: bytes, level: str) -> Iterator[SignedRows]:
    """Yield the rows of one level of a Parquet part, in their order, a row group at a time."""
    file = pq.ParquetFile(pa.BufferReader(data))
    place = _SCHEMA.get_field_index("level")
    for group in range(file.num_row_groups):
        if file.metadata.row_group(group).column(place).statistics.min == level:
            yield _signed_rows(file.read_row_group(group))


def _signed_rows(table: pa.Table) -> SignedRows:
    bands = [table.column(name).to_numpy() for name in _BAND_NAMES]
    return SignedRows(
        level=table.column("level")[0].as_py(),
        ids=table.column("id").combine_chunks(),
        groups=table.column("group").to_numpy(),
        qualities=table.column("quality").to_numpy(),
        signatures=Signatures(
            words=table.column("words").to_numpy(),
            digests=_bytes_of(table.column("digest"), DIGEST_BYTES),
            minima=_bytes_of(table.column("minima"), PERMUTATIONS),
            bands=np.stack(bands, axis=1),
        ),
    )


def _fixed_binary(rows: npt.NDArray[np.uint8]) -> Any:
    kind = pa.binary(rows.shape[1])
    return pa.Array.from_buffers(kind, len(rows), [None, pa.py_buffer(np.ascontiguousarray(rows))])


def _bytes_of(column: Any, width: int) -> npt.NDArray[np.uint8]:
    (array,) = column.chunks
    data = np.frombuffer(array.buffers()[1], np.uint8)
    return data[array.offset * width : (array.offset + len(array)) * width].reshape(-1, width)
