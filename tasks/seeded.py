"""Chance from a key: the same key gives the same draw in any process, on any machine.

Everything here is integer arithmetic on 64 bits (SplitMix64: Steele, Lea and Flood, OOPSLA 2014)
and sorting, so no release of numpy or Python changes it. A number is drawn at its position and
not after those before it: position ten million costs as much as position one.
"""

import hashlib
from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from gleanery.infra.digests import canonical_json

Words = npt.NDArray[np.uint64]
Integers = npt.NDArray[np.int64]

_STEP = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_30, _27, _31 = np.uint64(30), np.uint64(27), np.uint64(31)
_ONE = np.uint64(1)
_LAST = np.uint64(2**64 - 1)

_EXCHANGES = 6  # four make a permutation that looks random; two more cost little


def key(*names: object) -> Words:
    """Return 64 bits, as an array of one, that follow these JSON-like values."""
    data = hashlib.sha256(canonical_json(names)).digest()
    return np.frombuffer(data[:8], dtype="<u8").astype(np.uint64)


def keys(names: Iterable[str], *before: object) -> Words:
    """Return a key for each text; it follows that text and `before`, not the other texts."""
    salt = canonical_json(before)
    words = b"".join(hashlib.sha256(salt + name.encode()).digest()[:8] for name in names)
    return np.frombuffer(words, dtype="<u8").astype(np.uint64)


def draw(keys: Words, numbers: npt.NDArray[Any] | int) -> Words:
    """Return 64 random bits for each key and number (0 or more); the two are broadcast."""
    mixed: Words = np.atleast_1d(numbers).astype(np.uint64)
    mixed = (mixed + _ONE) * _STEP + keys
    mixed = (mixed ^ (mixed >> _30)) * _MIX_1
    mixed = (mixed ^ (mixed >> _27)) * _MIX_2
    return mixed ^ (mixed >> _31)


def shuffled(keys: Words, count: int) -> Integers:
    """Return a row for each key: 0 to count-1 in random order."""
    return in_random_order(keys, np.ones((len(keys), count), dtype=np.bool_))


def in_random_order(keys: Words, first: npt.NDArray[np.bool_]) -> Integers:
    """Return a row for each key: the columns of `first` in random order, those that are set first.

    A column's place follows its number, so that more columns put none of the others elsewhere.
    """
    words = draw(keys[:, None], np.arange(first.shape[1]))
    words[~first] = _LAST
    return np.argsort(words, axis=1, kind="stable")


def permuted(keys: Words, sizes: npt.ArrayLike, positions: npt.NDArray[Any]) -> Integers:
    """Return what stands at each position of a random order of 0 to size-1, without making it.

    Key, size (1 to 2**62) and position (below the size) are broadcast; each key and size have an
    order of their own. A number is written with two digits, which change each other in turn; one
    that lands beyond the size goes through again (Black and Rogaway, CT-RSA 2002).
    """
    shape = np.broadcast_shapes(keys.shape, np.shape(sizes), positions.shape)
    key_of = np.broadcast_to(keys, shape)
    size = np.broadcast_to(np.asarray(sizes, dtype=np.uint64), shape)
    high = np.sqrt(size.astype(np.float64)).astype(np.uint64) + _ONE
    low = (size + high - _ONE) // high
    value = np.broadcast_to(positions, shape).astype(np.uint64)
    outside = np.arange(value.size)
    while outside.size:
        value[outside] = _exchange(key_of[outside], high[outside], low[outside], value[outside])
        outside = outside[value[outside] >= size[outside]]
    return value.astype(np.int64)


def _exchange(keys: Words, high: Words, low: Words, value: Words) -> Words:
    left, right = value // low, value % low
    for turn in range(0, _EXCHANGES, 2):
        left = (left + draw(keys + np.uint64(turn), right) % high) % high
        right = (right + draw(keys + np.uint64(turn + 1), left) % low) % low
    return left * low + right
