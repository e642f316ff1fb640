"""Columns of texts as numbers: equal texts have equal codes, and every text has a key of 64 bits.

Two different texts of a release of ten million have one key once in 400,000 releases; the order of
these two rows would then follow the order in which they came.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.tasks.seeded import Integers, Words, keys

_AT_ONCE = 65_536


@dataclass(frozen=True)
class Texts:
    """A column of texts: each row's code, and the text that each code stands for."""

    codes: Integers
    texts: pa.Array

    def where(self, wanted: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
        """Return which rows have one of the texts that are wanted, by their codes."""
        return wanted[self.codes] if len(wanted) else np.zeros(len(self.codes), dtype=np.bool_)

    def equal(self, text: str) -> npt.NDArray[np.bool_]:
        """Return which rows have this text."""
        return self.among((text,))

    def among(self, texts: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Return which rows have one of these texts."""
        known = pc.is_in(self.texts, value_set=pa.array(texts, pa.string()))
        return self.where(known.to_numpy(zero_copy_only=False))


@dataclass(frozen=True)
class TextLists:
    """A column of lists of texts, flat: for each text its code, and the row that it belongs to."""

    flat: Texts
    rows: Integers
    count: int

    def have(self, texts: tuple[str, ...]) -> npt.NDArray[np.bool_]:
        """Return which rows have one of these texts in their list."""
        found = np.zeros(self.count, dtype=np.bool_)
        found[self.rows[self.flat.among(texts)]] = True
        return found


def texts_of(column: pa.ChunkedArray) -> Texts:
    """Return a column of texts (plain or dictionary), coded."""
    # Encoding gives all chunks one dictionary; to unify that again would cost it for each chunk.
    if pa.types.is_dictionary(column.type):
        column = column.unify_dictionaries()
    else:
        column = column.dictionary_encode()
    if not column.num_chunks:
        return Texts(np.empty(0, dtype=np.int64), pa.array([], pa.string()))
    codes = [chunk.indices.to_numpy(zero_copy_only=False) for chunk in column.chunks]
    return Texts(
        np.concatenate(codes).astype(np.int64), column.chunk(0).dictionary.cast(pa.string())
    )


def lists_of(column: pa.ChunkedArray) -> TextLists:
    """Return a column of lists of texts, coded."""
    lengths = pc.list_value_length(column).to_numpy().astype(np.int64)
    flat = pa.chunked_array([chunk.flatten() for chunk in column.chunks], column.type.value_type)
    return TextLists(texts_of(flat), np.repeat(np.arange(len(column)), lengths), len(column))


def text_keys(texts: pa.Array | pa.ChunkedArray) -> Words:
    """Return the key of every text, which follows that text alone."""
    found = [
        keys(texts.slice(start, _AT_ONCE).to_pylist()) for start in range(0, len(texts), _AT_ONCE)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)
