"""Who agrees with whom, and how many of the sampled answers did."""

from collections.abc import Callable
from typing import Any

import pytest

from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Loss, Score
from gleanery.tasks.scoring.agreement import agreement_scores
from gleanery.tasks.scoring.same_result import same_result

Make = Callable[..., Candidate]


def scored(
    *candidates: Candidate, most_versions: int = 32
) -> tuple[dict[tuple[str, str], ExampleScore], dict[str, Loss]]:
    scores, losses = agreement_scores(
        candidates, lambda one, other: same_result(one, other, lambda a, b: None), most_versions
    )
    return {(row.id, row.name): row for row in scores}, {loss.row_id: loss for loss in losses}


@pytest.fixture
def version(make_candidate: Make) -> Make:
    def make(name: str, answer: str, origin: str = "pair", **fields: Any) -> Candidate:
        return make_candidate(answer=answer, name=name, origin=origin, **fields)

    return make


def test_each_version_gets_the_share_of_the_others_that_agree(version: Make) -> None:
    page = "The speed is 42 m/s."
    scores, losses = scored(
        version("a", "Thus \\boxed{42}", original=page),
        version("b", "The answer is 42 m/s.", original=page),
        version("c", "The answer is 41 m/s.", original=page),
    )
    assert not losses
    values = {key: round(row.value, 3) for key, row in scores.items()}
    assert values == {("a", "agreement"): 0.667, ("b", "agreement"): 0.667, ("c", "agreement"): 0}
    assert scores["a", "agreement"].scorer == "agreement"
    assert scores["c", "agreement"].detail == (
        "0 of 3 other versions arrive at 41 m/s.; "
        "not: 42 (a version), 42 m/s. (a version), 42 m/s (the page)"
    )


def test_the_page_is_one_voice_however_many_refiners_rewrote_it(version: Make) -> None:
    scores, _ = scored(
        version("a", "The answer is 5.", original="4", refined_by=("one",)),
        version("b", "The answer is 5.", original="4", refined_by=("two",)),
    )
    assert scores["a", "agreement"].value == 0.5
    assert "1 of 2" in scores["a", "agreement"].detail
    assert "not: 4 (the page)" in scores["a", "agreement"].detail


def test_refiners_that_wrote_the_same_words_are_two_voices(version: Make) -> None:
    scores, _ = scored(
        version("a", "The answer is 5.", original="4", refined_by=("one", "two")),
        version("b", "The answer is 4.", original="4", refined_by=("three",)),
    )
    assert round(scores["a", "agreement"].value, 3) == 0.333
    assert round(scores["b", "agreement"].value, 3) == 0.333


def test_families_are_apart(version: Make) -> None:
    scores, losses = scored(
        version("a", "The answer is 5.", original="5"),
        version("b", "The answer is 5.", origin="other"),
    )
    assert set(scores) == {("a", "agreement")}
    assert not losses  # b has no other version, and is not asked for its agreement


def test_what_cannot_be_compared_is_a_typed_loss(version: Make) -> None:
    long = "Stems carry what the roots take up, and the leaves give it off again by and by."
    scores, losses = scored(
        version("a", long, original="12"),
        version("b", "The answer is B.", origin="q", original="the second one"),
    )
    assert not scores
    assert {name: loss.reason for name, loss in losses.items()} == {
        "a": "no_final_answer",
        "b": "not_comparable",
    }


def test_versions_that_cannot_be_compared_do_not_count(version: Make) -> None:
    scores, _ = scored(
        version("a", "The answer is 5.", original="five"),
        version("b", "That depends.", original="five"),
    )
    assert scores["a", "agreement"].value == 1
    assert "1 of 1" in scores["a", "agreement"].detail


def test_a_remark_after_the_result_is_no_disagreement(version: Make) -> None:
    page = "The deflator is 660/600 × 100 = 110. Prices are 10 percent above those of that year."
    scores, losses = scored(
        version("a", "The deflator relates two sums. It is 110.", original=page)
    )
    assert losses["a"].reason == "not_comparable"
    wrong = "The multiplier is 4, because 0.8 divided by 0.2 is 4, and that is all there is to it."
    scores, _ = scored(
        version("b", "We divide 1 by 0.2. The multiplier is 5 here.", original=wrong)
    )
    assert scores["b", "agreement"].value == 0


def test_sampled_answers_give_agreement_and_difficulty(make_candidate: Make) -> None:
    agreed = Score(name="agreement", value=0.75, detail="of 8 answers")
    candidate = make_candidate(method="taxonomy", scores=[agreed])
    scores, losses = scored(candidate)
    assert not losses
    assert scores["row", "difficulty"].value == 0.25
    assert scores["row", "agreement"].value == pytest.approx(5 / 7)
    assert "6 of 8" in scores["row", "difficulty"].detail


def test_sibling_answers_of_one_question_give_difficulty_too(version: Make) -> None:
    scores, _ = scored(
        *(
            version(name, f"The answer is {n}.", method="taxonomy")
            for name, n in zip("abcd", "7779", strict=True)
        )
    )
    assert {row.value for key, row in scores.items() if key[1] == "difficulty"} == {0.25}
    assert scores["d", "agreement"].value == 0


def test_rewrites_say_nothing_of_difficulty(version: Make) -> None:
    scores, _ = scored(
        version("a", "The answer is 5.", refined_by=("one",)),
        version("b", "The answer is 6.", refined_by=("two",)),
    )
    assert {name for _, name in scores} == {"agreement"}


def test_no_more_versions_are_compared_than_configured(version: Make) -> None:
    scores, losses = scored(
        *(version(str(n), "The answer is 5.") for n in range(5)), most_versions=3
    )
    assert {key[0] for key in scores} == {"0", "1", "2"}
    assert {loss.reason for loss in losses.values()} == {"too_many_versions"}
