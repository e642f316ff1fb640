"""Which rows of an index say the same as one that stays, exactly or nearly.

Rows are ranked by quality, then by arrival. Rank by rank, a row goes if it is like one that stays,
and what it points to is the best ranked of these: a chain of similar rows removes nothing by
itself. Siblings (rows of one group) are compared once, by the best ranked, and move together;
where each has a text of its own, they are compared apart, but never with each other.
Rows of the same text are compared once as well, so that a million copies cost one sort.
"""

from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.exact_rows import Ranks, first_of_equal, first_siblings
from gleanery.tasks.curation.near_index import SignatureIndex
from gleanery.tasks.curation.near_pairs import Pairs, band_pairs, better_of, worse_of
from gleanery.tasks.curation.signatures import BANDS, SHINGLE, estimated_jaccard

Groups = npt.NDArray[np.uint64]

N = TypeVar("N", np.uint64, np.int64)

_STAYS = -1
_ROUNDS = 20  # of comparing what large buckets left; two or three do unless someone aims at it
_LOOP_PAIRS = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Removed:
    """Rows of an index that are duplicates, in the order of arrival; arrays of the same length.

    `kept` is the row that each is a duplicate of, `similarity` 1 where `exact`, else the estimated
    Jaccard similarity of the two originals.
    """

    rows: Ranks
    kept: Ranks
    similarity: npt.NDArray[np.float32]
    exact: npt.NDArray[np.bool_]

    def only(self, chosen: npt.NDArray[np.bool_]) -> Self:
        """Return those of these places."""
        return type(self)(
            self.rows[chosen], self.kept[chosen], self.similarity[chosen], self.exact[chosen]
        )


class _Ranked:
    """An index in the order of its ranks, 0 for the best."""

    def __init__(self, index: SignatureIndex) -> None:
        qualities = np.asarray(index.column("qualities"))
        self.index = index
        self.rows = np.argsort(-qualities, kind="stable").astype(np.uint32)  # of each rank
        self._minima, self._digests = index.column("minima"), index.column("digests")

    def column(self, name: str) -> npt.NDArray[np.uint64]:
        """Return a column of numbers in the order of the ranks."""
        return np.asarray(self.index.column(name)[self.rows])

    def same_text(self, ones: Ranks, others: Ranks) -> npt.NDArray[np.bool_]:
        """Return for pairs of ranks whether their texts have the same words."""
        ours, theirs = self._digests[self.rows[ones]], self._digests[self.rows[others]]
        return np.asarray((ours == theirs).all(axis=1))

    def similarity(self, ones: Ranks, others: Ranks) -> npt.NDArray[np.float32]:
        """Return the estimated Jaccard similarity of pairs of ranks."""
        return estimated_jaccard(self._minima[self.rows[ones]], self._minima[self.rows[others]])


def find_duplicates(
    index: SignatureIndex, threshold: float, siblings_apart: bool = False
) -> Removed:
    """Return the rows that go.

    Two rows are alike if their texts are the same, or if they are long enough and their estimated
    Jaccard similarity reaches the threshold (0 to 1). With `siblings_apart` each row goes or stays
    for itself, and one that is only like siblings stays.
    """
    ranked = _Ranked(index)
    groups = ranked.column("groups") if siblings_apart else np.zeros(index.count, np.uint64)
    siblings = np.arange(index.count) if siblings_apart else first_siblings(ranked.column("groups"))
    own = np.arange(index.count) == siblings
    compared = np.flatnonzero(own & (ranked.column("words") > 0))
    texts = np.arange(index.count)
    texts[compared] = _first_copies(ranked, compared)
    distinct = compared[texts[compared] == compared]
    long_enough = distinct[ranked.column("words")[distinct] >= SHINGLE]
    kept_for = _near(ranked, long_enough, threshold, groups)
    return _removed(ranked, siblings, texts, kept_for, groups)


def _first_copies(ranked: _Ranked, ranks: Ranks) -> Ranks:
    """Return for each of the ranks the best rank with the same text."""
    digests = ranked.index.column("digests")
    values = np.ascontiguousarray(digests[:, :8]).view("<u8")[:, 0].astype(np.uint64)
    return first_of_equal(values[ranked.rows[ranks]], ranks, ranked.same_text)


def _related(groups: Groups, ones: Ranks, others: Ranks) -> npt.NDArray[np.bool_]:
    """Return for pairs of ranks whether they are in one group; 0 is none."""
    return np.asarray((groups[ones] == groups[others]) & (groups[ones] > 0))


def _near(ranked: _Ranked, ranks: Ranks, threshold: float, groups: Groups) -> Ranks:
    """Return for every rank of the index the one it is a near duplicate of, or `_STAYS`."""
    kept_for = np.full(ranked.index.count, _STAYS, np.int64)
    known, unsettled, again = np.zeros(0, np.uint64), np.zeros(0, np.int64), ranks
    for _ in range(_ROUNDS):
        found, left = _alike_pairs(ranked, again, threshold, groups)
        together = _union(known, found)
        if len(together) == len(known):
            break
        known = together
        kept_for = _greedy(known, ranked.index.count)
        unsettled = _union(unsettled, left)
        again = unsettled[kept_for[unsettled] == _STAYS]
    return kept_for


def _alike_pairs(
    ranked: _Ranked, ranks: Ranks, threshold: float, groups: Groups
) -> tuple[Pairs, Ranks]:
    """Return the pairs that reach the threshold, and the ranks left unsettled by large buckets."""

    def alike(ones: Ranks, others: Ranks) -> npt.NDArray[np.bool_]:
        near = ranked.similarity(ones, others) >= threshold
        return near & ~_related(groups, ones, others)

    pairs, unsettled = np.zeros(0, np.uint64), np.zeros(0, np.int64)
    for number in range(BANDS if len(ranks) > 1 else 0):
        values = ranked.index.band(number)[ranked.rows[ranks]]
        found = band_pairs(values, ranks, alike)
        pairs = _union(pairs, found.pairs)
        unsettled = _union(unsettled, found.unsettled)
    return pairs, unsettled


def _union(ones: npt.NDArray[N], others: npt.NDArray[N]) -> npt.NDArray[N]:
    """Return all numbers of both, sorted and once each, in the memory of both: no table of them."""
    if not len(others):
        return ones
    together = np.concatenate([ones, others])
    together.sort()
    first = np.concatenate([[True], together[1:] != together[:-1]])
    return np.asarray(together[first])


def _greedy(pairs: Pairs, count: int) -> Ranks:
    """Return for each rank the best one that stays and is a pair with it, or `_STAYS`.

    The pairs are sorted, so whether the better rank of a pair stays is known when it comes.
    """
    kept_for = np.full(count, _STAYS, np.int64)
    gone = bytearray(count)
    for at in range(0, len(pairs), _LOOP_PAIRS):
        block = pairs[at : at + _LOOP_PAIRS]
        for worse, better in zip(worse_of(block).tolist(), better_of(block).tolist(), strict=True):
            if not gone[worse] and not gone[better]:
                gone[worse] = 1
                kept_for[worse] = better
    return kept_for


def _removed(
    ranked: _Ranked, siblings: Ranks, texts: Ranks, kept_for: Ranks, groups: Groups
) -> Removed:
    originals = siblings  # what was compared for each rank: the best of its siblings,
    copies = texts[originals]  # for which stands the best of the same text,
    kept = np.where(kept_for[copies] == _STAYS, copies, kept_for[copies])  # or what that is like
    gone = np.flatnonzero((kept != originals) & ~_related(groups, kept, originals))
    exact = kept[gone] == copies[gone]
    similarity = np.ones(len(gone), np.float32)
    near = np.flatnonzero(~exact)
    for at in range(0, len(near), _LOOP_PAIRS >> 4):
        block = near[at : at + (_LOOP_PAIRS >> 4)]
        ones, others = copies[gone[block]], kept[gone[block]]
        similarity[block] = ranked.similarity(ones, others)
    rows = ranked.rows.astype(np.int64)
    order = np.argsort(rows[gone])
    gone = gone[order]
    return Removed(rows[gone], rows[kept[gone]], similarity[order], exact[order])
