"""What a recipe refuses before rows are held to each other: scores count once they are known."""

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import ExampleScore, Ineligible, Leak
from gleanery.tasks.records import Score
from gleanery.tasks.release.eligibility_part import find_ineligible
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.release.selection_verdicts import is_about_score

sys.path.insert(0, str(Path(__file__).parent))

from curated_parts import commit, commit_all, plain_leak
from released_candidates import candidate

METHODS = {"web": "harvest", "glan": "taxonomy"}
ASKED = ("heuristics", "agreement")


@pytest.fixture
def parts(tmp_path: Path) -> Parts:
    return Parts(Store(str(tmp_path)))


def scored(number: int, scorer: str, value: float) -> ExampleScore:
    return ExampleScore(id=f"row-{number:05d}", scorer=scorer, name="quality", value=value)


def curated(parts: Parts, scores: Sequence[ExampleScore]) -> Curated:
    """Return four candidates in two parts, whose scores are in parts of the same names."""
    own = [Score(name="agreement", value=0.2, detail="")]
    rows = [candidate(0), candidate(1, scores=own), candidate(2), candidate(3)]
    return commit_all(parts, [rows[:2], rows[2:]], scores=scores)


def ineligible(
    parts: Parts, known: Curated, scorers: Sequence[str] = ASKED, **recipe: Any
) -> tuple[dict[str, str], bool]:
    """Return why rows are out, by their numbers, and whether the part stood already."""
    wanted = Recipe.model_validate(recipe)
    receipt, stood = find_ineligible(parts, "rows", known, wanted, METHODS, [], scorers=scorers)
    return {row.id[-1]: row.reason for row in parts.rows(receipt, Ineligible)}, stood


def test_filters_on_the_scores_of_these_scorers_count(parts: Parts) -> None:
    known = curated(parts, [scored(0, "heuristics", 0.9), scored(1, "heuristics", 0.1)])
    filters = [{"score": "heuristics.quality", "least": 0.5}]
    out, _ = ineligible(parts, known, filters=filters)
    assert out == {
        "1": "score_below:heuristics.quality",
        "2": "no_score:heuristics.quality",  # of a part in which nobody has it
        "3": "no_score:heuristics.quality",
    }
    assert ineligible(parts, known, scorers=(), filters=filters)[0] == {}


def test_filter_on_a_score_that_rows_were_made_with_counts(parts: Parts) -> None:
    known = curated(parts, [])
    filters = [{"score": "taxonomy.agreement", "least": 0.4, "missing": "keep"}]
    assert ineligible(parts, known, filters=filters)[0] == {"1": "score_below:taxonomy.agreement"}


def test_filter_on_a_judge_counts_for_nothing_and_decides_nothing(parts: Parts) -> None:
    known = curated(parts, [scored(0, "judge", 0.1), scored(2, "heuristics2", 0.1)])
    filters = [{"score": "judge.quality", "least": 0.5}]
    assert ineligible(parts, known, filters=filters) == ({}, False)
    others = [{"score": "judge.quality", "least": 0.7}, {"score": "heuristics2.quality", "most": 0}]
    assert ineligible(parts, known, filters=others) == ({}, True)


def test_another_threshold_of_a_known_score_decides_anew(parts: Parts) -> None:
    known = curated(parts, [scored(0, "agreement", 0.6)])
    strict = [{"score": "agreement.quality", "least": 0.7, "missing": "keep"}]
    loose = [{"score": "agreement.quality", "least": 0.5, "missing": "keep"}]
    assert ineligible(parts, known, filters=strict)[0] == {"0": "score_below:agreement.quality"}
    assert ineligible(parts, known, filters=loose) == ({}, False)
    assert ineligible(parts, known, filters=loose) == ({}, True)


def test_what_is_out_for_more_than_a_score_has_the_other_reason(parts: Parts) -> None:
    known = curated(parts, [scored(0, "heuristics", 0.1)])
    leaks = [commit(parts, "leaks", "a", [plain_leak("row-00000")], Leak)]
    known = replace(known, leaks=leaks)
    filters = [{"score": "heuristics.quality", "least": 0.5, "missing": "keep"}]
    assert ineligible(parts, known, filters=filters)[0] == {"0": "leak"}


@pytest.mark.parametrize(
    ("reason", "about_score"),
    [
        ("score_below:judge.correct", True),
        ("score_above:agreement.difficulty", True),
        ("no_score:heuristics.quality", True),
        ("leak", False),
        ("too_short", False),
        ("forgotten", False),
    ],
)
def test_reasons_about_scores_are_told_from_others(reason: str, about_score: bool) -> None:
    assert is_about_score(reason) == about_score
