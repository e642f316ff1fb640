"""Which rows are semantic duplicates: near by vector, the same by fact, no chains, all together."""

from collections.abc import Mapping, Sequence

import numpy as np

from gleanery.tasks.curation.semantic_duplicates import (
    Comparison,
    SemanticConfig,
    semantic_duplicates,
)
from gleanery.tasks.curation.who_stays import Original
from gleanery.tasks.dataset_records import Duplicate

TEXTS = ["Why is the sky blue?", "What makes the sky blue?", "Say why the sky has a blue colour."]


def at(*degrees: float) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Vectors in a plane: their cosines are those of the angles between them."""
    angles = np.radians(degrees)
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def compare(
    degrees: Sequence[float],
    texts: Sequence[str] = TEXTS,
    originals: Sequence[Sequence[str]] = (("a",), ("b",), ("c",)),
    followers: Mapping[int, Mapping[int, str]] | None = None,
) -> tuple[list[Duplicate], dict[str, int]]:
    compared = Comparison(
        originals=[Original(tuple(ids)) for ids in originals],
        vectors=at(*degrees),
        keys=np.zeros(len(degrees), np.int64),
        text=lambda row: texts[row],
        followers=followers or {},
    )
    return semantic_duplicates(compared, 0.9, SemanticConfig(), "question")


def pointing(rows: Sequence[Duplicate]) -> dict[str, str]:
    return {row.id: row.kept_id for row in rows}


def test_row_near_the_better_one_goes_with_its_cosine() -> None:
    rows, differed = compare([0, 10, 90])
    assert rows == [
        Duplicate(id="b", kept_id="a", kind="semantic", level="question", similarity=0.9848)
    ]
    assert differed == {}


def test_end_of_a_chain_stays() -> None:
    assert pointing(compare([0, 20, 40])[0]) == {"b": "a"}


def test_siblings_go_with_the_text_that_was_compared() -> None:
    rows, _ = compare([0, 10, 90], originals=[("a",), ("b", "b2"), ("c",)])
    assert pointing(rows) == {"b": "a", "b2": "a"}


def test_near_question_with_another_number_stays_and_is_counted() -> None:
    texts = ["Solve $x+2=5$.", "Solve $x+3=5$.", "Solve: $x+2=5$"]
    rows, differed = compare([0, 1, 2], texts)
    assert pointing(rows) == {"c": "a"}
    assert differed == {"numbers": 2}


def test_near_duplicates_of_what_goes_come_along_under_their_own_cosine() -> None:
    rows, _ = compare([0, 10, 90, 15], [*TEXTS, TEXTS[1]], followers={1: {3: "b-copy"}})
    assert pointing(rows) == {"b": "a", "b-copy": "a"}
    assert [row.similarity for row in rows] == [0.9848, 0.9659]


def test_row_whose_near_duplicate_is_too_far_from_the_better_one_stays() -> None:
    rows, differed = compare([0, 10, 90, 30], [*TEXTS, TEXTS[1]], followers={1: {3: "b-copy"}})
    assert rows == []
    assert differed == {"followers": 1}


def test_row_whose_near_duplicate_asks_something_else_than_the_better_one_stays() -> None:
    texts = [*TEXTS, "What makes the sky blue on two worlds?"]
    rows, differed = compare([0, 10, 90, 10], texts, followers={1: {3: "b-copy"}})
    assert rows == []
    assert differed == {"followers": 1}
