"""Similar vectors among very many: each row is compared with the rows of the clusters nearest it.

An inverted file over k-means centres (Jégou, Douze and Schmid, TPAMI 2011), in numpy. It misses
pairs that the cluster borders part: of 20,000 real questions it finds 0.97 of the pairs by vectors
of words at 0.6 and all by those of a small embedding model at 0.87, with the default 8 probes.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks import seeded
from gleanery.tasks.curation.who_stays import SimilarPairs

_BLOCK = 4096
_COSINES = 1 << 22  # at once, where there are many centres: 16 MB
_HALF = np.uint64(32)
_KEY = seeded.key("centres of clusters")

Vectors = npt.NDArray[np.float16] | npt.NDArray[np.float32]
Numbers = npt.NDArray[np.int64]
Visits = npt.NDArray[np.uint64]


class ClusteredSearch(Config):
    """How finely rows are divided, and how far around each is looked."""

    rows_per_cluster: int = Field(
        500, ge=10, le=1_000_000, description="Rows in a cluster, on average."
    )
    probes: int = Field(
        8, ge=1, le=1000, description="Clusters that each row is compared with: its nearest ones."
    )
    rounds: int = Field(6, ge=1, le=100, description="Rounds of k-means.")
    training_rows: int = Field(
        50, ge=2, le=10_000, description="Rows per cluster that the centres are found from."
    )


def clustered_pairs(
    vectors: Vectors, rows: Numbers, threshold: float, search: ClusteredSearch
) -> Iterator[SimilarPairs]:
    """Yield pairs of `rows` whose cosine is at least `threshold`; a pair may come twice.

    The same vectors give the same pairs. Time grows with rows x probes x rows_per_cluster, memory
    with 8 bytes a row and probe.
    """
    centres = _centres(vectors, rows, search)
    visits = _visits(vectors, rows, centres, min(search.probes, len(centres)))
    for cluster in range(len(centres)):
        members, visitors = (_of_cluster(side, cluster) for side in visits)
        for start in range(0, len(members), _BLOCK):
            there = rows[members[start : start + _BLOCK]]
            right = vectors[there].astype(np.float32)
            for at in range(0, len(visitors), _BLOCK):
                here = rows[visitors[at : at + _BLOCK]]
                cosines = vectors[here].astype(np.float32) @ right.T
                cosines[here[:, None] == there[None, :]] = -2
                i, j = np.nonzero(cosines >= threshold)
                if len(i):
                    yield SimilarPairs(here[i], there[j], cosines[i, j])


def _centres(vectors: Vectors, rows: Numbers, search: ClusteredSearch) -> npt.NDArray[np.float32]:
    """Return the centres, found by spherical k-means on a sample that follows from the rows.

    The sample is read anew in each round: of millions of rows it would take gigabytes.
    """
    count = max(1, len(rows) // search.rows_per_cluster)
    drawn = np.argsort(seeded.draw(_KEY, np.arange(len(rows))), kind="stable")
    sample = np.sort(rows[drawn[: count * search.training_rows]])
    del drawn
    first = sample[np.linspace(0, len(sample) - 1, count).astype(np.int64)]
    centres = vectors[first].astype(np.float32)
    at_once = _rows_beside(centres)
    for _ in range(search.rounds):
        sums = np.zeros_like(centres)
        for start in range(0, len(sample), at_once):
            block = vectors[sample[start : start + at_once]].astype(np.float32)
            home = (block @ centres.T).argmax(axis=1)
            order = np.argsort(home, kind="stable")
            used, starts = np.unique(home[order], return_index=True)
            sums[used] += np.add.reduceat(block[order], starts, axis=0)
        lengths = np.linalg.norm(sums, axis=1, keepdims=True)
        centres = np.divide(sums, lengths, out=centres, where=lengths > 0)
    return centres


def _visits(
    vectors: Vectors, rows: Numbers, centres: npt.NDArray[np.float32], probes: int
) -> tuple[Visits, Visits]:
    """Return the nearest cluster of each row, and the nearest `probes` ones: who lives, who comes.

    Sorted numbers, with the cluster in the upper 32 bits and the place in `rows` in the lower.
    """
    homes = np.empty(len(rows), np.uint64)
    visits = np.empty((len(rows), probes), np.uint64)
    at_once = _rows_beside(centres)
    for start in range(0, len(rows), at_once):
        block = vectors[rows[start : start + at_once]].astype(np.float32)
        cosines = block @ centres.T
        near = np.argpartition(-cosines, probes - 1, axis=1)[:, :probes]
        best = np.take_along_axis(cosines, near, axis=1).argmax(axis=1)
        places = np.arange(start, start + len(block), dtype=np.uint64)
        packed = near.astype(np.uint64) << _HALF | places[:, None]
        visits[start : start + len(block)] = packed
        homes[start : start + len(block)] = packed[np.arange(len(block)), best]
    homes.sort()
    visits.ravel().sort()
    return homes, visits.ravel()


def _rows_beside(centres: npt.NDArray[np.float32]) -> int:
    """Return how many rows are compared with all centres at once."""
    return max(1, min(_BLOCK, _COSINES // len(centres)))


def _of_cluster(visits: Visits, cluster: int) -> Numbers:
    edges = np.array([cluster, cluster + 1], np.uint64) << _HALF
    first, last = np.searchsorted(visits, edges).tolist()
    return (visits[first:last] & np.uint64(0xFFFFFFFF)).astype(np.int64)
