"""Whether a candidate takes the incumbent's place: figures by hand, and the rate of errors."""

import random
from collections.abc import Iterable

import pytest

from gleanery.tasks.evaluation.model_decision import PromotionRule, decide, first_of_all
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.statistics_paired import better
from gleanery.tasks.model_records import Decision

RULE = PromotionRule(alpha=0.05, regression_bound=0.05, regression_alpha=0.05)


def scored(marks: Iterable[int], suite: str = "gsm8k") -> list[ScoredItem]:
    return [
        ScoredItem(
            id=str(number),
            benchmark=suite,
            subject="",
            prompt="",
            as_chat=False,
            answer="",
            finish_reason="stop",
            completion_tokens=1,
            model="m",
            request_key="k",
            expected="",
            extracted="",
            correct=correct,
            unparseable=False,
            truncated=False,
            detail="",
        )
        for number, correct in enumerate(marks)
    ]


def outcome(
    both: int, won: int, lost: int, neither: int, suite: str = "gsm8k"
) -> tuple[list[ScoredItem], list[ScoredItem]]:
    """Return the items of an incumbent and a candidate that differ on so many."""
    before = [1] * both + [0] * won + [1] * lost + [0] * neither
    now = [1] * both + [1] * won + [0] * lost + [0] * neither
    return scored(before, suite), scored(now, suite)


def decided(*suites: tuple[list[ScoredItem], list[ScoredItem]], test: int = 1) -> Decision:
    before, now = ([item for suite in suites for item in suite[side]] for side in (0, 1))
    return decide(RULE, "new", "old", before, now, test)


def test_better_candidate_without_a_loss_takes_the_place() -> None:
    made = decided(outcome(50, 8, 0, 50))
    assert made.promoted
    assert made.p_value == pytest.approx(0.5**8)
    assert (made.alpha, made.alpha_in_all) == (0.025, 0.05)
    assert made.why.startswith("better: 8 items won, 0 lost, p = 0.00391 at alpha 0.025")


@pytest.mark.parametrize(("won", "lost"), [(0, 8), (3, 0), (5, 5), (0, 0)])
def test_worse_and_undecided_candidates_are_refused(won: int, lost: int) -> None:
    made = decided(outcome(50, won, lost, 50))
    assert not made.promoted
    assert made.why.startswith(f"not shown to be better: {won} items won, {lost} lost")


def test_gain_in_one_suite_does_not_pay_for_a_loss_in_another() -> None:
    made = decided(outcome(50, 40, 0, 60), outcome(80, 0, 15, 55, "arc_challenge"))
    assert made.p_value < made.alpha
    assert [suite.holds for suite in made.suites] == [True, False]
    assert not made.promoted
    assert "a loss of more than 5 points is not ruled out in arc_challenge" in made.why


def test_too_few_items_to_rule_out_a_loss_refuse() -> None:
    """Nothing lost is no proof that nothing is: the burden is on the candidate."""
    made = decided(outcome(50, 20, 0, 60), outcome(5, 0, 0, 5, "arc_challenge"))
    assert [suite.suite for suite in made.suites if not suite.holds] == ["arc_challenge"]
    assert not made.promoted


def test_each_further_candidate_has_less_of_alpha_and_all_of_them_no_more_than_all() -> None:
    assert decided(outcome(50, 6, 0, 60), test=1).promoted
    assert not decided(outcome(50, 6, 0, 60), test=2).promoted
    spent = [RULE.alpha_of(test) for test in range(1, 10_000)]
    assert spent == sorted(spent, reverse=True)
    assert 0.99 * RULE.alpha < sum(spent) < RULE.alpha


def test_fifty_nights_of_equal_candidates_seldom_promote_any() -> None:
    """Without sharing alpha some nine of ten such series would end with a promotion."""
    dice = random.Random(4)
    p_values = {won: better(won, 60 - won) for won in range(61)}
    wrong = 0
    for _ in range(400):
        nights = enumerate((sum(dice.random() < 0.5 for _ in range(60)) for _ in range(50)), 1)
        wrong += any(p_values[won] <= RULE.alpha_of(night) for night, won in nights)
    assert wrong <= 30  # 20 expected at most; more than 30 has a chance of 1 %


def test_models_that_were_not_asked_the_same_are_not_compared() -> None:
    with pytest.raises(ValueError, match="two models are compared on the same items"):
        decide(RULE, "new", "old", scored([1, 1]), scored([1, 1, 1]), 1)


def test_first_model_from_random_weights_has_nothing_before_it() -> None:
    made = first_of_all(RULE, "new")
    assert (made.promoted, made.compared, made.alpha) == (True, False, 0.0)
