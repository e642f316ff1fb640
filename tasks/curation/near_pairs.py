"""Pairs of rows whose signatures are alike, found one band at a time.

Rows with the same hash of a band share a bucket. A small bucket is compared pair by pair. In a
large one (a boilerplate text in a hundred thousand versions) a row is compared with the first rows
only until one is like it, so that the work grows with the rows and not with their square; the rows
that this could not settle are compared again once the others are out of the way.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.exact_rows import Ranks, Values, bucket_starts, ranks_of, sorted_keys

Pairs = npt.NDArray[np.uint64]  # the worse rank in the upper 32 bits, the better in the lower
Alike = Callable[[Ranks, Ranks], npt.NDArray[np.bool_]]

SMALL_BUCKET = 32  # rows; at most 496 pairs
FIRST_ROWS = 8  # of a large bucket, that the others are compared with
_PAIRS_AT_ONCE = 1 << 16  # 16 MB of signatures
_HALF = np.uint64(32)


@dataclass(frozen=True, slots=True)
class BandPairs:
    """What one band shows: the pairs that are alike, and the ranks not compared with all others."""

    pairs: Pairs
    unsettled: Ranks


def band_pairs(values: Values, ranks: Ranks, alike: Alike) -> BandPairs:
    """Return the pairs of ranks (ascending) that share a bucket and are alike.

    `values` are the band's hashes, one for each rank.
    """
    keys, bits = sorted_keys(values, ranks)
    starts = bucket_starts(keys, bits)
    sizes = np.bincount(starts, minlength=len(starts))[starts]
    shared = np.flatnonzero(sizes > 1)
    members, place, sizes = ranks_of(keys[shared], bits), shared - starts[shared], sizes[shared]
    del keys, starts, shared
    large = np.flatnonzero(sizes > SMALL_BUCKET)
    pairs = [
        *_small_buckets(members, place, np.where(sizes > SMALL_BUCKET, 0, sizes), alike),
        *_large_buckets(members, place, large, alike),
    ]
    none = np.zeros(0, np.uint64)
    return BandPairs(np.concatenate([none, *pairs]), np.sort(members[large]))


def better_of(pairs: Pairs) -> Ranks:
    """Return the better rank of each pair."""
    return (pairs & np.uint64(0xFFFFFFFF)).astype(np.int64)


def worse_of(pairs: Pairs) -> Ranks:
    """Return the worse rank of each pair."""
    return (pairs >> _HALF).astype(np.int64)


def _small_buckets(members: Ranks, place: Ranks, sizes: Ranks, alike: Alike) -> Iterator[Pairs]:
    """Yield the pairs of each row with those behind it in its bucket, by how far they are apart."""
    rows = np.flatnonzero(place < sizes - 1)
    for apart in range(1, SMALL_BUCKET):
        rows = rows[place[rows] + apart < sizes[rows]]
        better, worse = members[rows], members[rows + apart]
        yield _packed(better, worse, _compared(better, worse, alike))


def _large_buckets(members: Ranks, place: Ranks, large: Ranks, alike: Alike) -> Iterator[Pairs]:
    """Yield for each row of a large bucket the pair with the first row that is like it."""
    rows = large
    for first in range(FIRST_ROWS):
        rows = rows[place[rows] > first]
        better, worse = members[rows - place[rows] + first], members[rows]
        verdict = _compared(better, worse, alike)
        yield _packed(better, worse, verdict)
        rows = rows[~verdict]


def _compared(better: Ranks, worse: Ranks, alike: Alike) -> npt.NDArray[np.bool_]:
    verdicts = [
        alike(better[at : at + _PAIRS_AT_ONCE], worse[at : at + _PAIRS_AT_ONCE])
        for at in range(0, len(better), _PAIRS_AT_ONCE)
    ]
    return np.concatenate([np.zeros(0, np.bool_), *verdicts])


def _packed(better: Ranks, worse: Ranks, chosen: npt.NDArray[np.bool_]) -> Pairs:
    return worse[chosen].astype(np.uint64) << _HALF | better[chosen].astype(np.uint64)
