"""Columns of texts as numbers: equal texts have equal codes, and every text has a key of 64 bits.

Two different texts of a release of ten million have one key once in 400,000 releases; these two
would then be taken for one. Where a column is looked at by its keys alone, it may hold the keys.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from gleanery.tasks.seeded import Integers, Words, keys

_AT_ONCE = 65_536
NO_TEXT = keys([""])[0]  # the key of a text that is not there

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True)
class Texts:
    """A column of texts: each row's code, and the text that each code stands for."""

    codes: Codes
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
        return Texts(np.empty(0, dtype=np.int32), pa.array([], pa.string()))
    codes = [chunk.indices.to_numpy(zero_copy_only=False) for chunk in column.chunks]
    return Texts(
        np.concatenate(codes).astype(np.int32, copy=False),
        column.chunk(0).dictionary.cast(pa.string()),
    )


def lists_of(column: pa.ChunkedArray) -> TextLists:
    """Return a column of lists of texts, coded."""
    flat, rows = flat_lists(column)
    return TextLists(texts_of(flat), rows, len(column))


def keys_of_lists(column: pa.ChunkedArray) -> tuple[Words, Integers]:
    """Return the keys of the texts in a column of lists, flat, and the row of each."""
    flat, rows = flat_lists(column)
    return text_keys(flat), rows


def flat_lists(column: pa.ChunkedArray) -> tuple[pa.ChunkedArray, Integers]:
    """Return what a column of lists holds, flat, and the row of each."""
    lengths = pc.list_value_length(column).to_numpy().astype(np.int64)
    flat = pa.chunked_array([chunk.flatten() for chunk in column.chunks], column.type.value_type)
    return flat, np.repeat(np.arange(len(column)), lengths)


def text_keys(texts: pa.Array | pa.ChunkedArray) -> Words:
    """Return the key of every text, which follows that text alone; of keys, these themselves."""
    if pa.types.is_uint64(texts.type):
        return np.asarray(texts.to_numpy(), dtype=np.uint64)
    found = [
        keys(texts.slice(start, _AT_ONCE).to_pylist()) for start in range(0, len(texts), _AT_ONCE)
    ]
    return np.concatenate(found) if found else np.empty(0, dtype=np.uint64)


def repeated_text_keys(column: pa.ChunkedArray) -> Words:
    """Return the keys of a column whose texts stand in more than one row."""
    texts = texts_of(column)
    return text_keys(texts.texts)[texts.codes]
