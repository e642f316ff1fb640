"""Which of similar rows stays: by rank, without chains, siblings together."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.curation.who_stays import (
    STAYS,
    SimilarPairs,
    ranked_originals,
    who_stays,
)


def pairs(*found: tuple[int, int, float]) -> SimilarPairs:
    one, other, similarity = zip(*found, strict=True) if found else ((), (), ())
    return SimilarPairs(
        np.array(one, np.int64), np.array(other, np.int64), np.array(similarity, np.float32)
    )


def originals(*rows: tuple[int, float]) -> list[list[int]]:
    """Return the rows of each original; a row is its group and its rank, numbers count from 10."""
    groups, ranks = zip(*rows, strict=True) if rows else ((), ())
    found = ranked_originals(
        np.arange(10, 10 + len(rows)), np.array(groups, np.uint64), np.array(ranks, np.float32)
    )
    members = [found.rows[found.of == number].tolist() for number in range(len(found.best))]
    assert [each[0] for each in members] == found.best.tolist()
    return members


def test_better_row_stays_and_the_earlier_of_equally_good_ones() -> None:
    assert originals((0, 0.5), (0, 0.9), (0, 0.5)) == [[11], [10], [12]]


def test_siblings_are_one_original_with_the_quality_of_their_best() -> None:
    assert originals((7, 0.2), (0, 0.5), (7, 0.8)) == [[12, 10], [11]]


def test_no_rows_are_no_originals() -> None:
    assert originals() == []


def test_end_of_a_chain_stays_for_it_is_not_like_the_row_that_stays() -> None:
    kept_for, similarity = who_stays(3, [pairs((0, 1, 0.9), (2, 1, 0.8))])
    assert kept_for.tolist() == [STAYS, 0, STAYS]
    assert np.allclose(similarity, [0, 0.9, 0])


def test_removed_row_points_to_the_best_that_stays() -> None:
    kept_for, _ = who_stays(4, [pairs((3, 2, 0.99)), pairs((1, 3, 0.9), (0, 3, 0.8))])
    assert kept_for.tolist() == [STAYS, STAYS, STAYS, 0]


def test_no_pairs_remove_nothing() -> None:
    assert who_stays(2, [])[0].tolist() == [STAYS, STAYS]
    assert who_stays(0, [pairs()])[0].tolist() == []


@settings(max_examples=200, deadline=None)
@given(st.sets(st.tuples(st.integers(0, 11), st.integers(0, 11)), max_size=40))
def test_kept_rows_are_no_pair_and_every_removed_one_is_a_pair_with_its_own(
    edges: set[tuple[int, int]],
) -> None:
    known = {frozenset(edge) for edge in edges if edge[0] != edge[1]}
    kept_for, _ = who_stays(12, [pairs((*edge, 0.9)) for edge in edges])
    stays = np.flatnonzero(kept_for == STAYS).tolist()
    assert not any(frozenset((a, b)) in known for a in stays for b in stays)
    for row, kept in enumerate(kept_for.tolist()):
        if kept != STAYS:
            assert kept in stays
            assert kept < row
            assert frozenset((row, kept)) in known
    shuffled = sorted(edges, reverse=True)
    assert who_stays(12, [pairs((*edge, 0.9)) for edge in shuffled])[0].tolist() == (
        kept_for.tolist()
    )
