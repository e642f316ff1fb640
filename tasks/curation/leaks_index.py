"""The index of benchmark texts: n-grams and whole short texts, as sorted hashes."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.benchmark_config import Side
from gleanery.tasks.ngram_hashes import Hashes

SIDES: tuple[Side, ...] = ("question", "answer", "choices")
ANCHORS = (4, 2)  # words that a whole text is found by: two where it has fewer than four
_FILTER_BITS = 24


@dataclass(frozen=True, slots=True, eq=False)
class HashTable:
    """Hashes in order, and what each stands for; most lookups end at a filter of bits."""

    hashes: Hashes
    values: npt.NDArray[np.uint32]
    bits: npt.NDArray[np.uint8]

    @classmethod
    def of(cls, hashes: Hashes, values: npt.NDArray[np.uint32]) -> "HashTable":
        """Return the table of these hashes and values; a hash may stand for several."""
        order = np.lexsort((values, hashes))
        # About 32 bits per hash let one lookup in 32 through.
        size = min(max(len(hashes).bit_length() + 5, 10), _FILTER_BITS)
        bits = np.zeros(1 << (size - 3), np.uint8)
        places = (hashes >> np.uint64(64 - size)).astype(np.int64)
        np.bitwise_or.at(bits, places >> 3, (1 << (places & 7)).astype(np.uint8))
        return cls(hashes[order], values[order], bits)

    def find(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """Return the places in `hashes` of those that the table has, in their order."""
        if not len(self.hashes):
            return np.zeros(0, np.int64)
        size = len(self.bits).bit_length() + 2
        places = (hashes >> np.uint64(64 - size)).astype(np.int64)
        maybe = np.flatnonzero((self.bits[places >> 3] >> (places & 7).astype(np.uint8)) & 1)
        wanted = hashes[maybe]
        at = np.minimum(np.searchsorted(self.hashes, wanted), len(self.hashes) - 1)
        found: npt.NDArray[np.int64] = maybe[self.hashes[at] == wanted]
        return found

    def values_of(self, value: np.uint64) -> list[int]:
        """Return what a hash stands for."""
        first, last = (np.searchsorted(self.hashes, value, side) for side in ("left", "right"))
        return [int(v) for v in self.values[first:last]]

    @property
    def size(self) -> int:
        """Bytes in memory."""
        return self.hashes.nbytes + self.values.nbytes + self.bits.nbytes


@dataclass(frozen=True, slots=True, eq=False)
class WholeTexts:
    """Texts that are sought whole, by the hashes of their words.

    Text `t` is `texts[t]` of the index and has the words `hashes[offsets[t] : offsets[t + 1]]`; in
    `anchors[size]` a hash of `size` words stands for `t`, from its word `places[t]` on. `standing`
    says how clearly a text must stand by itself.
    """

    texts: npt.NDArray[np.uint32]
    hashes: Hashes
    offsets: npt.NDArray[np.int64]
    places: npt.NDArray[np.uint16]
    standing: npt.NDArray[np.uint8]
    anchors: dict[int, HashTable]


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
            whole.texts, whole.hashes, whole.offsets, whole.places, whole.standing,
            texts.benchmark_of, texts.items, texts.sides, texts.offsets,
        ]  # fmt: skip
        tables = [self.ngrams, *whole.anchors.values()]
        ids = sum(49 + len(name) + 8 for name in texts.ids)
        return sum(a.nbytes for a in arrays) + sum(t.size for t in tables) + len(texts.blob) + ids
