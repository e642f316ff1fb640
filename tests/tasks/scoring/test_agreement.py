"""Who agrees with whom, and how many of the sampled answers did."""

from collections.abc import Callable
from typing import Any

import pytest

from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import Loss
from gleanery.tasks.same_result import same_result
from gleanery.tasks.sampled_agreement import sampled_agreement
from gleanery.tasks.scoring.agreement import agreement_scores

Make = Callable[..., Candidate]

LONG = "Stems carry what the roots take up, and the leaves give it off again by and by."


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


def test_each_version_gets_the_share_of_the_other_refiners_that_agree(version: Make) -> None:
    page = "The speed is 42 m/s."
    scores, losses = scored(
        version("a", "Thus \\boxed{42}", original=page),
        version("b", "The answer is 42 m/s.", original=page),
        version("c", "The answer is 41 m/s.", original=page),
    )
    assert not losses
    assert {key: row.value for key, row in scores.items()} == {
        ("a", "agreement"): 0.5,
        ("b", "agreement"): 0.5,
        ("c", "agreement"): 0,
        ("a", "kept_result"): 1,
        ("b", "kept_result"): 1,
        ("c", "kept_result"): 0,
    }
    assert {row.scorer for row in scores.values()} == {"agreement"}
    assert scores["c", "agreement"].detail == (
        "0 of 2 other versions arrive at 41 m/s.; not: 42, 42 m/s."
    )


def test_the_page_is_no_other_version(version: Make) -> None:
    scores, losses = scored(
        version("a", "The answer is 5.", original="4", refined_by=("one",)),
        version("b", "The answer is 5.", original="4", refined_by=("two",)),
    )
    assert not losses
    assert scores["a", "agreement"].value == scores["b", "agreement"].value == 1
    assert scores["a", "agreement"].detail == "1 of 1 other versions arrive at 5."


def test_a_correction_by_the_only_refiner_is_told_and_has_no_agreement(version: Make) -> None:
    scores, losses = scored(
        version("corrected", "The answer is 5.", original="4", refined_by=("one",)),
        version("kept", "It is 4.", origin="other", original="4", refined_by=("one",)),
    )
    assert not losses
    values = {key: row.value for key, row in scores.items()}
    assert values == {("corrected", "kept_result"): 0, ("kept", "kept_result"): 1}
    assert scores["corrected", "kept_result"].detail == "5.; page: 4"
    assert scores["kept", "kept_result"].detail == "It is 4., as the page has it"


def test_refiners_that_wrote_the_same_words_are_two_voices(version: Make) -> None:
    scores, _ = scored(
        version("a", "The answer is 5.", original="4", refined_by=("one", "two")),
        version("b", "The answer is 4.", original="4", refined_by=("three",)),
        version("c", "The answer is 5.", origin="alone", original="4", refined_by=("one", "two")),
    )
    assert scores["a", "agreement"].value == 0.5
    assert scores["b", "agreement"].value == 0
    assert scores["c", "agreement"].value == 1


def test_families_are_apart(version: Make) -> None:
    scores, losses = scored(
        version("a", "The answer is 5.", original="5"),
        version("b", "The answer is 5.", origin="other"),
    )
    assert set(scores) == {("a", "kept_result")}
    assert not losses  # b has no other version, and is not asked for its agreement


def test_what_cannot_be_compared_is_a_typed_loss(version: Make) -> None:
    scores, losses = scored(
        version("a", LONG, original="12"),
        version("b", "The answer is B.", origin="q", original="the second one"),
    )
    assert not scores
    assert {name: loss.reason for name, loss in losses.items()} == {
        "a": "no_final_answer",
        "b": "not_comparable",
    }


def test_versions_that_cannot_be_compared_do_not_count(version: Make) -> None:
    scores, losses = scored(
        version("a", "The answer is 5.", original="five"),
        version("b", LONG, original="five"),
    )
    assert ("a", "agreement") not in scores
    assert scores["a", "kept_result"].value == 1
    assert {name: (loss.reason, loss.detail) for name, loss in losses.items()} == {
        "a": ("not_comparable", "'5.' cannot be compared with any other version"),
        "b": ("no_final_answer", "the answer arrives at no result that can be made out"),
    }


def test_one_loss_names_all_that_a_result_cannot_be_compared_with(version: Make) -> None:
    scores, losses = scored(
        version("a", "The answer is B.", original="the second one"),
        version("b", "Mitochondria", original="the second one"),
    )
    assert not scores
    assert losses["a"].detail == "'B' cannot be compared with any other version nor with the page"


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
    assert scores["b", "kept_result"].value == 0


@pytest.mark.parametrize(
    ("one", "other", "value"),
    [
        ("(a) \\boxed{3} (b) \\boxed{42}", "First \\boxed{3.0}, then \\boxed{42}", 1),
        ("(a) \\boxed{3} (b) \\boxed{42}", "First \\boxed{4}, then \\boxed{42}", 0),
        ("\\boxed{2} or \\boxed{3}", "\\boxed{2, 3}", 1),
        ("\\boxed{3}, hence \\boxed{42}", "\\boxed{41}", 0),
        ("(a) \\boxed{3} (b) \\boxed{42}", "(b) \\boxed{42} (a) \\boxed{3}", None),
        ("\\boxed{3}, hence \\boxed{42}", "\\boxed{42}", None),
        (
            "\\boxed{3}, hence \\boxed{42}",
            "We double and add, so that at the end 42 are left.",
            None,
        ),
        ("It costs 5\\% of the price: \\boxed{5\\%}", "\\boxed{0.05}", 1),
        ("It costs 5\\% of the price: \\boxed{5\\%}", "\\boxed{5}", None),
        ("\\boxed{5}", "We take that off, and so the price falls in the end by 5 percent.", None),
        ("\\boxed{7\\text{ m}}", "We add up all the ways, and the whole path has 3 km.", None),
    ],
)
def test_all_boxes_and_percentages_are_compared_and_doubt_is_no_score(
    version: Make, one: str, other: str, value: float | None
) -> None:
    scores, losses = scored(version("a", one), version("b", other))
    found = [scores[key].value for key in (("a", "agreement"), ("b", "agreement")) if key in scores]
    assert found == ([] if value is None else [value, value])
    assert {loss.reason for loss in losses.values()} == (
        {"not_comparable"} if value is None else set()
    )


def test_sampled_answers_give_agreement_and_difficulty(make_candidate: Make) -> None:
    candidate = make_candidate(method="taxonomy", scores=[sampled_agreement(0.75, 8)])
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
    assert {name for _, name in scores} == {"agreement"}  # nor has it a page to have kept


def test_no_more_versions_are_compared_than_configured(version: Make) -> None:
    scores, losses = scored(
        *(version(str(n), "The answer is 5.") for n in range(5)), most_versions=3
    )
    assert {key[0] for key in scores} == {"0", "1", "2"}
    assert {loss.reason for loss in losses.values()} == {"too_many_versions"}
