"""All pairs above a threshold, within groups of equal keys."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from gleanery.tasks.curation import semantic_clusters, semantic_neighbours
from gleanery.tasks.curation.semantic_clusters import ClusteredSearch
from gleanery.tasks.curation.semantic_neighbours import similar_pairs
from gleanery.tasks.curation.who_stays import SimilarPairs

Floats = npt.NDArray[np.float32]


def planted(rows: int, copies: int, width: int = 48, noise: float = 0.5) -> Floats:
    """Rows of length one, the last `copies` of them near the first ones."""
    random = np.random.default_rng(5)
    vectors = random.standard_normal((rows, width)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    strayed = random.standard_normal((copies, width)).astype(np.float32) / np.sqrt(width)
    vectors[rows - copies :] = vectors[:copies] + noise * strayed
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def as_set(found: Iterable[SimilarPairs]) -> set[tuple[int, int]]:
    return {
        (min(one, other), max(one, other))
        for pairs in found
        for one, other in zip(pairs.one.tolist(), pairs.other.tolist(), strict=True)
    }


def by_hand(vectors: Floats, keys: npt.NDArray[np.int64], threshold: float) -> set[tuple[int, int]]:
    cosines = vectors @ vectors.T
    cosines[keys[:, None] != keys[None, :]] = -2
    one, other = np.nonzero(np.triu(cosines >= threshold, 1))
    return set(zip(one.tolist(), other.tolist(), strict=True))


@pytest.mark.parametrize("block", [7, 64, 2048])
def test_every_pair_of_one_key_is_found_and_none_of_two_keys(
    monkeypatch: pytest.MonkeyPatch, block: int
) -> None:
    monkeypatch.setattr(semantic_neighbours, "_BLOCK", block)
    vectors = planted(400, 150)
    keys = np.arange(400, dtype=np.int64) % 250 % 3
    keys[:40] = 900 + np.arange(40)  # alone
    found = list(similar_pairs(vectors, keys, 0.8))
    expected = by_hand(vectors, keys, 0.8)
    assert len(expected) > 50
    assert as_set(found) == expected
    assert sum(len(pairs.one) for pairs in found) == len(expected)


def test_vectors_on_disk_give_the_same_pairs(tmp_path: Path) -> None:
    vectors, keys = planted(300, 100), np.zeros(300, np.int64)
    mapped = np.memmap(tmp_path / "vectors", np.float16, "w+", shape=vectors.shape)
    mapped[:] = vectors.astype(np.float16)
    found = as_set(similar_pairs(mapped, keys, 0.8))
    assert len(found ^ by_hand(vectors, keys, 0.8)) <= 2  # those on the threshold


def test_no_rows_have_no_pairs() -> None:
    assert not list(similar_pairs(np.empty((0, 8), np.float32), np.empty(0, np.int64), 0.5))


def test_clusters_find_almost_all_pairs_with_a_fraction_of_the_products(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    vectors, keys = planted(12_000, 4_000, width=64, noise=0.6), np.zeros(12_000, np.int64)
    expected = as_set(similar_pairs(vectors, keys, 0.8, exhaustive_rows=20_000))
    search = ClusteredSearch(rows_per_cluster=200, probes=8)
    found = as_set(similar_pairs(vectors, keys, 0.8, exhaustive_rows=1_000, search=search))
    assert len(expected) > 3_000
    assert found <= expected
    assert len(found) >= 0.95 * len(expected)
    again = as_set(similar_pairs(vectors, keys, 0.8, exhaustive_rows=1_000, search=search))
    assert again == found
    monkeypatch.setattr(semantic_clusters, "_BLOCK", 333)
    blocked = as_set(similar_pairs(vectors, keys, 0.8, exhaustive_rows=1_000, search=search))
    assert len(blocked ^ found) <= 5  # products of other shapes round differently


def test_more_probes_find_more() -> None:
    vectors, keys = planted(6_000, 2_000, width=64, noise=0.6), np.zeros(6_000, np.int64)
    counts = [
        len(
            as_set(
                similar_pairs(
                    vectors, keys, 0.8, 1_000, ClusteredSearch(rows_per_cluster=100, probes=probes)
                )
            )
        )
        for probes in (1, 4, 60)
    ]
    everything = as_set(similar_pairs(vectors, keys, 0.8))
    assert counts[0] < counts[1] < counts[2] == len(everything)


def test_equal_rows_in_one_place_are_clustered_too() -> None:
    vectors = np.repeat(planted(2, 0), [300, 1], axis=0)
    search = ClusteredSearch(rows_per_cluster=50, probes=3)
    found = similar_pairs(vectors, np.zeros(301, np.int64), 0.99, 100, search)
    assert len(as_set(found)) == 300 * 299 // 2
