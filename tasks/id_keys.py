"""Ids as numbers of 64 bits: sets and lookups of millions of ids in arrays, not in objects.

Ten million ids take 80 MB so, and some 1 GB as texts in a Python set. Of so many, two different
ones have one key with a chance of 3e-6.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.tasks.ngram_hashes import byte_hashes

Keys = npt.NDArray[np.uint64]
Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Texts: TypeAlias = pa.Array | pa.ChunkedArray | Sequence[str]


def id_keys(ids: Texts) -> Keys:
    """Return the key of each id, which follows that id alone. Ids must not be null."""
    return joined_keys(_keys_of(chunk) for chunk in chunks_of(ids))


def chunks_of(texts: Texts) -> Sequence[pa.Array]:
    """Return texts as the arrays that they lie in."""
    if isinstance(texts, pa.ChunkedArray):
        return list(texts.chunks)
    return [texts if isinstance(texts, pa.Array) else pa.array(texts, pa.string())]


def text_bytes(chunk: pa.Array) -> tuple[bytes, Places]:
    """Return the bytes of all texts of an array, and where each starts, with the last one's end."""
    if not len(chunk):
        return b"", np.zeros(1, np.int64)
    whole = chunk.cast(pa.large_string())
    _, offsets, data = whole.buffers()
    edges = np.frombuffer(offsets, np.int64)[whole.offset : whole.offset + len(whole) + 1]
    first, last = int(edges[0]), int(edges[-1])
    return (data[first:last].to_pybytes() if data else b""), edges - first


def _keys_of(chunk: pa.Array) -> Keys:
    data, edges = text_bytes(chunk)
    return byte_hashes(data, edges[:-1], edges[1:])


@dataclass(frozen=True, slots=True, eq=False)
class IdSet:
    """A set of ids by their keys, sorted and once each."""

    keys: Keys

    @classmethod
    def of(cls, *several: Keys) -> Self:
        """Return the set of all keys in these arrays."""
        return cls(np.unique(np.concatenate([np.zeros(0, np.uint64), *several])))

    def __len__(self) -> int:
        """Return how many ids it has."""
        return len(self.keys)

    def has(self, keys: Keys) -> Flags:
        """Return for each key whether it is in the set."""
        if not len(self.keys):
            return np.zeros(len(keys), np.bool_)
        places = np.searchsorted(self.keys, keys)
        return np.asarray(self.keys[np.minimum(places, len(self.keys) - 1)] == keys)

    def without(self, other: Self) -> Self:
        """Return the set of those that the other one does not have."""
        return type(self)(self.keys[~other.has(self.keys)])


@dataclass(frozen=True, slots=True, eq=False)
class IdLookup:
    """Rows by the keys of their ids, of which several may have one."""

    keys: Keys
    rows: Places

    @classmethod
    def of(cls, keys: Keys) -> Self:
        """Return the lookup of rows that have these keys, in their order."""
        rows = np.argsort(keys, kind="stable")
        return cls(keys[rows], rows)

    def first(self, keys: Keys) -> Places:
        """Return for each key the first row that has it; -1 where there is none."""
        if not len(self.keys):
            return np.full(len(keys), -1, np.int64)
        places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[places] == keys, self.rows[places], -1)

    def pairs(self, keys: Keys) -> tuple[Places, Places]:
        """Return all pairs of a place in `keys` and a row that has this key, in that order."""
        first, last = (np.searchsorted(self.keys, keys, side) for side in ("left", "right"))
        counts = last - first
        places = np.repeat(np.arange(len(keys)), counts)
        within = np.arange(len(places)) - np.repeat(np.cumsum(counts) - counts, counts)
        return places, self.rows[np.repeat(first, counts) + within]


def joined_keys(several: Iterable[Keys]) -> Keys:
    """Return the keys of several arrays as one."""
    return np.concatenate([np.zeros(0, np.uint64), *several])
