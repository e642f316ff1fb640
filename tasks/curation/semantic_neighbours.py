"""Pairs of vectors whose cosine reaches a threshold, searched within groups of equal keys."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.semantic_clusters import ClusteredSearch, clustered_pairs
from gleanery.tasks.curation.who_stays import SimilarPairs

_BLOCK = 2048  # rows of each side of a product: 16 MB of cosines

AnyVectors = npt.NDArray[np.float16] | npt.NDArray[np.float32]
Keys = npt.NDArray[np.int64]


def similar_pairs(
    vectors: AnyVectors,
    keys: Keys,
    threshold: float,
    exhaustive_rows: int = 100_000,
    search: ClusteredSearch | None = None,
) -> Iterator[SimilarPairs]:
    """Yield all pairs of rows with one key whose cosine is at least `threshold`, in blocks.

    `vectors` (n, d) are of length one, and may lie on disk (a memory map): besides two blocks of
    2,048 rows only the pairs found take memory. A group of more than `exhaustive_rows` is searched
    by clusters, which misses some pairs (see `clustered_pairs`); smaller ones miss none.
    """
    order = np.argsort(keys, kind="stable")
    edges = np.flatnonzero(np.diff(keys[order], prepend=~keys[order[:1]]))
    sizes = np.diff(edges, append=len(keys))
    for start, size in zip(edges[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        rows = order[start : start + size]
        if len(rows) <= exhaustive_rows:
            yield from _all_pairs(vectors, rows, threshold)
        else:
            yield from clustered_pairs(vectors, rows, threshold, search or ClusteredSearch())


def _all_pairs(vectors: AnyVectors, rows: Keys, threshold: float) -> Iterator[SimilarPairs]:
    for start in range(0, len(rows), _BLOCK):
        one = rows[start : start + _BLOCK]
        left = vectors[one].astype(np.float32)
        for across in range(start, len(rows), _BLOCK):
            other = rows[across : across + _BLOCK]
            right = left if across == start else vectors[other].astype(np.float32)
            cosines = left @ right.T
            if across == start:
                cosines[np.tril_indices(len(one))] = -2  # each pair once, no row with itself
            i, j = np.nonzero(cosines >= threshold)
            if len(i):
                yield SimilarPairs(one[i], other[j], cosines[i, j])
