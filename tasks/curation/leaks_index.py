"""The index of benchmark texts: n-grams and whole short texts, as sorted hashes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.benchmark_config import Side
from gleanery.tasks.ngram_hashes import Hashes

SIDES: tuple[Side, ...] = ("question", "answer", "choices")
ANCHOR = 3  # words that a whole text is found by
_MOST_BITS = 27  # 16 MB
_BIT = (1 << np.arange(8)).astype(np.uint8)

Places = npt.NDArray[np.int64]


def runs_of(found: Sequence[int], n: int) -> Iterator[tuple[int, int]]:
    """Yield the ranges of words that n-grams cover together; `found` is where they begin."""
    start, end = found[0], found[0] + n
    for first in found[1:]:
        if first > end:
            yield start, end
            start = first
        end = first + n
    yield start, end


@dataclass(frozen=True, slots=True, eq=False)
class HashTable:
    """Hashes in order, and what each stands for; most lookups end at a filter of bits.

    A hash sets two bits of the filter: one by its highest bits and one by its lowest.
    """

    hashes: Hashes
    values: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, hashes: Hashes, values: npt.NDArray[np.uint32]) -> "HashTable":
        """Return the table of these hashes and values; a hash may stand for several."""
        order = np.lexsort((values, hashes))
        # About 32 bits per hash: of 300 others, one gets past both.
        size = min(max(len(hashes).bit_length() + 5, 10), _MOST_BITS)
        table = cls(hashes[order], values[order], np.zeros(1 << (size - 3), np.uint8))
        for places in (table._high(hashes), table._low(hashes)):
            np.bitwise_or.at(table.bits, places >> 3, (1 << (places & 7)).astype(np.uint8))
        return table

    def find(self, hashes: Hashes) -> tuple[Places, Places]:
        """Return each place in `hashes` whose hash the table has, in order, with each value."""
        if not len(self.hashes):
            return np.zeros(0, np.int64), np.zeros(0, np.int64)
        maybe = np.flatnonzero(self._set(self._high(hashes)))
        maybe = maybe[self._set(self._low(hashes[maybe]))]
        wanted = hashes[maybe]
        first = np.searchsorted(self.hashes, wanted)
        counts = np.searchsorted(self.hashes, wanted, "right") - first
        # Where the values of each place begin, less how many come before.
        skipped = np.repeat(first - np.cumsum(counts) + counts, counts)
        values = self.values[skipped + np.arange(len(skipped))]
        return np.repeat(maybe, counts), values.astype(np.int64)

    def _high(self, hashes: Hashes) -> Places:
        return (hashes >> np.uint64(64 - self._filter_bits)).view(np.int64)

    def _low(self, hashes: Hashes) -> Places:
        return (hashes & np.uint64((1 << self._filter_bits) - 1)).view(np.int64)

    def _set(self, places: Places) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = (self.bits.take(places >> 3) & _BIT.take(places & 7)) != 0
        return found

    @property
    def _filter_bits(self) -> int:
        return len(self.bits).bit_length() + 2

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.hashes.nbytes + self.values.nbytes + self.bits.nbytes


@dataclass(frozen=True, slots=True, eq=False)
class WholeTexts:
    """Texts that are sought whole, by the hashes of their words.

    Text `t` is `texts[t]` of the index and has the words `hashes[offsets[t] : offsets[t + 1]]`; in
    `anchors` the hash of its three words from `places[t]` on stands for it. `alone` says
    which texts must stand by themselves.
    """

    texts: npt.NDArray[np.uint32]
    hashes: Hashes
    offsets: npt.NDArray[np.int64]
    places: npt.NDArray[np.uint16]
    alone: npt.NDArray[np.bool_]
    anchors: HashTable


@dataclass(frozen=True, slots=True, eq=False)
class ItemTexts:
    """The sought texts as people read them: text `t` is of item `items[t]`."""

    benchmarks: tuple[str, ...]
    benchmark_of: npt.NDArray[np.uint16]
    ids: tuple[str, ...]
    items: npt.NDArray[np.uint32]
    sides: npt.NDArray[np.uint8]
    blob: bytes
    offsets: npt.NDArray[np.int64]

    def text(self, index: int) -> str:
        """Return a sought text."""
        return self.blob[self.offsets[index] : self.offsets[index + 1]].decode()


@dataclass(frozen=True, slots=True, eq=False)
class LeakIndex:
    """All that decides whether a text holds a benchmark item; `digest` names it."""

    digest: str
    n: int
    texts: ItemTexts
    ngrams: HashTable
    whole: WholeTexts
    notes: dict[str, int]

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        whole, texts = self.whole, self.texts
        arrays: Sequence[npt.NDArray[np.generic]] = [
            whole.texts, whole.hashes, whole.offsets, whole.places, whole.alone,
            texts.benchmark_of, texts.items, texts.sides, texts.offsets,
        ]  # fmt: skip
        tables = [self.ngrams, whole.anchors]
        ids = sum(49 + len(name) + 8 for name in texts.ids)
        return sum(a.nbytes for a in arrays) + sum(t.size for t in tables) + len(texts.blob) + ids
