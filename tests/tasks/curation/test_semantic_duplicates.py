"""Which rows are semantic duplicates: near by vector, the same by fact, no chains, all together."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

import numpy as np

from gleanery.tasks.curation.semantic_duplicates import (
    Comparison,
    SemanticConfig,
    semantic_duplicates,
)
from gleanery.tasks.curation.who_stays import STAYS

TEXTS = ["Why is the sky blue?", "What makes the sky blue?", "Say why the sky has a blue colour."]


def at(*degrees: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Vectors in a plane: their cosines are those of the angles between them."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def compare(
    degrees: Sequence[float],
    texts: Sequence[str] = TEXTS,
    followers: Mapping[int, int] = MappingProxyType({}),
) -> tuple[dict[int, int], list[float], dict[str, int]]:
    """Return where rows point to, their cosines and what differed; rows from 3 on are followers."""
    compared = Comparison(
        count=3,
        vectors=at(*degrees),
        keys=np.zeros(len(degrees), np.int64),
        text=lambda row: texts[row],
        leaders=np.array([followers[row] for row in sorted(followers)], np.int64),
    )
    kept_for, similarity, differed = semantic_duplicates(compared, 0.9, SemanticConfig())
    pointing = {row: kept for row, kept in enumerate(kept_for.tolist()) if kept != STAYS}
    return pointing, [round(float(similarity[row]), 4) for row in pointing], differed


def test_row_near_the_better_one_goes_with_its_cosine() -> None:
    assert compare([0, 10, 90]) == ({1: 0}, [0.9848], {})


def test_end_of_a_chain_stays() -> None:
    assert compare([0, 20, 40])[0] == {1: 0}


def test_near_question_with_another_number_stays_and_is_counted() -> None:
    texts = ["Solve $x+2=5$.", "Solve $x+3=5$.", "Solve: $x+2=5$"]
    pointing, _, differed = compare([0, 1, 2], texts)
    assert pointing == {2: 0}
    assert differed == {"numbers": 2}


def test_near_duplicates_of_what_goes_come_along_under_their_own_cosine() -> None:
    degrees = [0, 10, 90, 15, 91]
    found = compare(degrees, [*TEXTS, TEXTS[1], TEXTS[2]], followers={3: 1, 4: 2})
    assert found == ({1: 0, 3: 0}, [0.9848, 0.9659], {})


def test_row_whose_near_duplicate_is_too_far_from_the_better_one_stays() -> None:
    found = compare([0, 10, 90, 30], [*TEXTS, TEXTS[1]], followers={3: 1})
    assert found == ({}, [], {"followers": 1})


def test_row_whose_near_duplicate_asks_something_else_than_the_better_one_stays() -> None:
    texts = [*TEXTS, "What makes the sky blue on two worlds?"]
    found = compare([0, 10, 90, 10], texts, followers={3: 1})
    assert found == ({}, [], {"followers": 1})
