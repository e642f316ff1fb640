"""Every candidate is in, with its split, or out under its reason and with what stands behind it."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.release.forgotten import forget_source, page_source
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.recipe_check import RecipeError
from gleanery.tasks.release.selection_part import Selected, select_candidates

sys.path.insert(0, str(Path(__file__).parent))

from curated_parts import commit_all, plain_candidate, plain_duplicate, plain_leak

METHODS = {"web": "harvest"}


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path)))


def told(
    parts: Parts,
    candidates: Sequence[Sequence[Candidate]],
    duplicates: Sequence[Duplicate] = (),
    leaks: Sequence[Leak] = (),
    scores: Sequence[ExampleScore] = (),
    **recipe: Any,
) -> tuple[dict[str, str], dict[str, tuple[str, str]]]:
    """Return the parts of the rows that are in, and reason and detail of those that are out."""
    curated = commit_all(parts, candidates, duplicates, leaks, scores)
    wanted = Recipe.model_validate(recipe)
    receipt, stood = select_candidates(parts, curated, wanted, METHODS, [])
    assert not stood
    assert select_candidates(parts, curated, wanted, METHODS, []) == (receipt, True)
    rows = parts.rows(receipt, Selected)
    losses = parts.losses(receipt)
    assert receipt.rows_in == len(rows) + len(losses) == sum(map(len, candidates))
    given = {loss.row_id: (loss.reason, loss.detail) for loss in losses}
    return {row.id: row.part for row in rows}, given


def pages(*names: str, **fields: Any) -> list[Candidate]:
    """Return a candidate of a page of its own for each name."""
    return [plain_candidate(name, document_id=f"page {name}", **fields) for name in names]


def test_rows_in_have_their_part_and_keep_their_order(parts: Parts) -> None:
    rows_in, out = told(parts, [pages("d", "b"), [], pages("c", "a")])
    assert list(rows_in.items()) == [
        ("d", "part-0"),
        ("b", "part-0"),
        ("c", "part-2"),
        ("a", "part-2"),
    ]
    assert out == {}


def test_duplicate_names_what_it_is_like_itself_before_what_its_page_is_like(parts: Parts) -> None:
    _, out = told(
        parts,
        [pages("a", "b"), pages("c", "kept")],
        duplicates=[
            plain_duplicate("page b", "page kept", similarity=0.8125, level="document"),
            plain_duplicate("a", "kept", kind="semantic", level="question"),
            plain_duplicate("a", "kept", kind="exact", similarity=1),
            plain_duplicate("a", "other", kind="exact", similarity=1, level="released"),
            plain_duplicate("page c", "page kept", level="document"),
            plain_duplicate("c", "kept", similarity=0.7777),
        ],
    )
    assert out == {
        "a": ("duplicate_exact", "1.000 like kept (example)"),
        "b": ("duplicate_near", "0.812 like page kept (document)"),
        "c": ("duplicate_near", "0.778 like kept (example)"),
    }


def test_first_leak_is_told_with_no_more_than_its_beginning(parts: Parts) -> None:
    leaks = [
        plain_leak("b", benchmark="exam", item_id="q 9", matched="ä" * 300),
        plain_leak("b", benchmark="sums"),
    ]
    _, out = told(parts, [pages("a", "b")], leaks=leaks)
    assert out == {"b": ("leak", f"exam q 9 (question): {'ä' * 200}")}


def test_superseded_row_names_the_newest_document_of_its_page(parts: Parts) -> None:
    old, newer, newest = (pages(name, page="p")[0] for name in "abc")
    rows_in, out = told(parts, [[old, *pages("x")], [newer], [newest, newest_too(newest)]])
    again = "the page came in again, as document page c"
    assert out == {"a": ("superseded", again), "b": ("superseded", again)}
    assert list(rows_in) == ["x", "c", "c2"]


def newest_too(candidate: Candidate) -> Candidate:
    return candidate.model_copy(update={"id": "c2"})


def test_forgotten_row_names_the_address(parts: Parts) -> None:
    forget_source(parts.store, page_source("https://Example.org/a#top"))
    rows_in, out = told(parts, [pages("a"), pages("b", url="https://example.org/b")])
    assert list(rows_in) == ["b"]
    assert out == {"a": ("forgotten", "from https://Example.org/a#top")}


def test_other_reasons_say_it_all(parts: Parts) -> None:
    scores = [ExampleScore(id="a", scorer="judge", name="correct", value=0.1)]
    filters = [{"score": "judge.correct", "least": 0.5}]
    _, out = told(parts, [pages("a"), pages("b")], scores=scores, filters=filters)
    assert out == {"a": ("score_below:judge.correct", ""), "b": ("no_score:judge.correct", "")}


def test_score_that_nobody_gave_is_named_with_those_that_were(parts: Parts) -> None:
    scores = [ExampleScore(id="a", scorer="judge", name="correct", value=0.1)]
    filters = [{"score": "judge.corect", "least": 0.5}]
    with pytest.raises(RecipeError, match=r"nobody gives judge\.corect; known scores: judge\.cor"):
        told(parts, [pages("a")], scores=scores, filters=filters)
