"""Hashes of word n-grams, a batch of texts at a time: what duplicates and leaks are found by.

A hash depends on the n words alone: it is the same in every process and on every machine, whatever
stands around them and whichever texts share the batch. Words of up to eight bytes are told apart
for certain; beyond that 64 bits decide, so that among 10^9 different n-grams about one pair in
forty runs collides.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

Hashes = npt.NDArray[np.uint64]
Positions = npt.NDArray[np.int64]

_CHUNK_BYTES = 1 << 18
_BLOCK = 8  # bytes of a word that are read at once
_LONG_WORD = 64  # bytes; beyond it a word is hashed alone, for a blob may be megabytes long
_SPACE = 32

# Random odd numbers, fixed for ever: a signature that is stored holds them. The base of the n-grams
# is 3 modulo 8, for which exchanged words leave nearly all bits of a difference.
_LENGTH = np.uint64(0x9E3779B97F4A7C15)
_NEXT_BLOCK = np.uint64(0xD6E8FEB86659FD93)
_BASE = np.uint64(0xF1357AEA2E62A9C3)
_FIRST_MIX = np.uint64(0xFF51AFD7ED558CCD)
_SECOND_MIX = np.uint64(0xC4CEB9FE1A85EC53)
_SHIFT = np.uint64(33)
_ALL = 1 << 64
_MASKS = np.array([(1 << (8 * size)) - 1 for size in range(_BLOCK + 1)], np.uint64)


@dataclass(frozen=True, slots=True, eq=False)
class NgramHashes:
    """The n-grams of several texts: those of text `t` are `hashes[offsets[t] : offsets[t + 1]]`."""

    n: int
    hashes: Hashes
    offsets: Positions
    _words: "WordHashes"

    def text_of(self, index: int) -> int:
        """Return which text the n-gram at `index` of `hashes` stands in."""
        return int(np.searchsorted(self.offsets, index, side="right")) - 1

    def span(self, index: int) -> tuple[int, int]:
        """Return the half-open range of bytes in its text that the n-gram at `index` covers."""
        text = self.text_of(index)
        first = int(self._words.offsets[text] + index - self.offsets[text])
        return int(self._words.starts[first]), int(self._words.ends[first + self.n - 1])


@dataclass(frozen=True, slots=True, eq=False)
class WordHashes:
    """The words of several texts: those of text `t` are `offsets[t]` up to `offsets[t + 1]`.

    `starts` and `ends` are byte offsets of each word within its text.
    """

    hashes: Hashes
    offsets: Positions
    starts: Positions
    ends: Positions

    def ngrams(self, n: int) -> NgramHashes:
        """Return the hashes of all n neighbouring words; a text of fewer words has none."""
        if n < 1:
            raise ValueError(f"an n-gram has at least one word, not {n}")
        counts = np.maximum(np.diff(self.offsets) - (n - 1), 0)
        offsets = np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
        # The n-grams of a text start at all its words but the last n - 1.
        first = np.arange(offsets[-1]) + np.repeat(self.offsets[:-1] - offsets[:-1], counts)
        hashes = _mixed(self.windows(n)[first])
        return NgramHashes(n=n, hashes=hashes, offsets=offsets, _words=self)

    def windows(self, n: int) -> Hashes:
        """Return a hash of the n words from each word on, be they of one text or of several.

        They tell n-grams apart as well as `ngrams` does and take half the time, but their bits
        depend less on each other.
        """
        hashes = np.full(max(len(self.hashes) - n + 1, 0), 0, np.uint64)
        if not len(hashes):
            return hashes
        # The digits of n in binary: the windows double, and grow by a word for each one.
        size, hashes = 1, self.hashes
        for digit in f"{n:b}"[1:]:
            hashes, size = _side_by_side(hashes, hashes[size:], size), 2 * size
            if digit == "1":
                hashes, size = _side_by_side(hashes, self.hashes[size:], 1), size + 1
        return hashes + np.uint64(n * pow(int(_BASE), n, _ALL) % _ALL)


def ngram_hashes(texts: Sequence[bytes], n: int) -> NgramHashes:
    """Return the hashes of all word n-grams of texts whose words are parted by single spaces.

    Raises `ValueError` if n is below 1. Where several n are wanted, `word_hashes(texts).ngrams(n)`
    reads the texts once.
    """
    return word_hashes(texts).ngrams(n)


def word_hashes(texts: Sequence[bytes]) -> WordHashes:
    """Return the hash and the place of every word of the texts; spaces part words."""
    return joined_words(map(_spaced_words, chunks(texts)))


def chunks(texts: Sequence[bytes]) -> Iterator[Sequence[bytes]]:
    """Yield the texts in groups of some 256 KB: their arrays stay in the processor's cache."""
    sizes = np.cumsum([len(text) for text in texts]) // _CHUNK_BYTES
    edges = [0, *(np.flatnonzero(np.diff(sizes)) + 1).tolist(), len(texts)]
    return (texts[start:end] for start, end in pairwise(edges) if end > start)


def joined_words(groups: Iterable[WordHashes]) -> WordHashes:
    """Return the words of groups of texts as those of all texts, in the same order."""
    several = list(groups)
    if len(several) == 1:
        return several[0]
    none = np.zeros(0, np.int64)
    counts = [none, *(np.diff(group.offsets) for group in several)]
    return WordHashes(
        hashes=np.concatenate([none.astype(np.uint64), *(group.hashes for group in several)]),
        offsets=np.concatenate([[0], np.cumsum(np.concatenate(counts))]).astype(np.int64),
        starts=np.concatenate([none, *(group.starts for group in several)]),
        ends=np.concatenate([none, *(group.ends for group in several)]),
    )


def hash_words(
    data: bytes, starts: Positions, ends: Positions, lengths: Sequence[int]
) -> WordHashes:
    """Return the words of texts that stand in `data`, one byte apart, where someone found them.

    `starts` and `ends` are offsets of the words in `data`, and `lengths` those of the texts in
    bytes.
    """
    text_starts = np.concatenate([[0], np.cumsum(np.array(lengths, np.int64) + 1)])
    offsets = np.searchsorted(starts, text_starts).astype(np.int64)
    hashes = byte_hashes(data, starts, ends)
    before = np.repeat(text_starts[:-1], np.diff(offsets))
    return WordHashes(hashes, offsets, starts - before, ends - before)


def _side_by_side(hashes: Hashes, behind: Hashes, words: int) -> Hashes:
    """Return the hashes of windows with those of the windows, of so many words, behind them."""
    joined = hashes[: len(behind)] * np.uint64(pow(int(_BASE), words, _ALL))
    joined += behind[: len(joined)]
    return joined


def _spaced_words(texts: Sequence[bytes]) -> WordHashes:
    data = b" ".join(texts)
    space = np.ones(len(data) + 2, np.bool_)
    np.equal(np.frombuffer(data, np.uint8), _SPACE, out=space[1:-1])
    edges = np.flatnonzero(space[1:] != space[:-1])  # a word's start and its end by turns
    return hash_words(data, edges[::2].copy(), edges[1::2].copy(), [len(text) for text in texts])


def byte_hashes(data: bytes, starts: Positions, ends: Positions) -> Hashes:
    """Return a hash for each range of bytes in `data`, which follows these bytes alone."""
    data += bytes(_BLOCK)  # the last word is read with what stands behind it
    blocks = np.ndarray((len(data) - _BLOCK + 1,), "<u8", data, strides=(1,))
    lengths = ends - starts
    hashes = blocks[starts].astype(np.uint64, copy=False) & _MASKS[np.minimum(lengths, _BLOCK)]
    hashes = _mixed(hashes + lengths.astype(np.uint64) * _LENGTH)
    longer = np.flatnonzero(lengths > _BLOCK)
    so_far, left, at = hashes[longer], lengths[longer] - _BLOCK, starts[longer] + _BLOCK
    for _ in range(_BLOCK, _LONG_WORD, _BLOCK):
        if not len(longer):
            break
        block = blocks[at].astype(np.uint64, copy=False) & _MASKS[np.minimum(left, _BLOCK)]
        hashes[longer] = so_far = _mixed(so_far * _NEXT_BLOCK + block)
        more = np.flatnonzero(left > _BLOCK)
        longer, so_far = longer[more], so_far[more]
        left, at = left[more] - _BLOCK, at[more] + _BLOCK
    for word in longer.tolist():
        name = hashlib.blake2b(data[starts[word] : ends[word]], digest_size=8).digest()
        hashes[word] = int.from_bytes(name, "little")
    return hashes


def _mixed(values: Hashes) -> Hashes:
    """Return the values with every bit depending on every other (the finaliser of MurmurHash3)."""
    values = values ^ (values >> _SHIFT)
    values *= _FIRST_MIX
    values ^= values >> _SHIFT
    values *= _SECOND_MIX
    return values ^ (values >> _SHIFT)
