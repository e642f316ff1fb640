"""The statistics against scipy, against simulation, and at their edges."""

import itertools
import math
import time
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from gleanery.tasks.evaluation.statistics_accuracy import accuracy, subject_accuracy
from gleanery.tasks.evaluation.statistics_binomial import at_most, normal_quantile
from gleanery.tasks.evaluation.statistics_paired import (
    better,
    compare,
    mcnemar,
    mean_difference,
    paired_difference,
)
from gleanery.tasks.evaluation.statistics_regression import no_regression
from gleanery.tasks.evaluation.statistics_resampling import bootstrap_mean, permutation_test

# One model's accuracy


@settings(deadline=None)
@given(st.integers(1, 100_000), st.floats(0, 1), st.sampled_from([0.8, 0.95, 0.99]))
def test_accuracy_has_wilsons_interval(items: int, share: float, confidence: float) -> None:
    correct = round(share * items)
    ours = accuracy(correct, items, confidence)
    theirs = stats.binomtest(correct, items).proportion_ci(confidence, method="wilson")
    assert ours.low == pytest.approx(theirs.low, abs=1e-12)
    assert ours.high == pytest.approx(theirs.high, abs=1e-12)
    assert 0 <= ours.low <= ours.estimate <= ours.high <= 1


def test_all_right_is_not_certain() -> None:
    assert accuracy(10, 10).low == pytest.approx(0.7225, abs=1e-4)
    assert accuracy(0, 10).high == pytest.approx(0.2775, abs=1e-4)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.5, 0.9])
@pytest.mark.parametrize("items", [20, 100, 1319])
def test_accuracys_interval_holds_the_truth_as_often_as_it_says(share: float, items: int) -> None:
    chances = stats.binom.pmf(np.arange(items + 1), items, share)
    intervals = [accuracy(correct, items) for correct in range(items + 1)]
    held = [each.low <= share <= each.high for each in intervals]
    assert 0.92 <= float(chances[held].sum()) <= 0.985


def test_mean_over_subjects_weighs_subjects_alike() -> None:
    subjects = {"large": [True] * 900 + [False] * 100, "small": [False] * 10}
    interval = subject_accuracy(subjects)
    assert interval.estimate == pytest.approx(0.45)
    assert 0.3 < interval.low < 0.45 < interval.high < 0.6
    assert subject_accuracy({"one": [True, False]}) == accuracy(1, 2)


def test_mean_over_subjects_holds_the_truth_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    shares, sizes = [0.2, 0.5, 0.7, 0.9, 0.97], [20, 40, 100, 250, 15]
    held = 0
    for _ in range(1000):
        drawn = {
            str(number): list(random.random(size) < share)
            for number, (share, size) in enumerate(zip(shares, sizes, strict=True))
        }
        interval = subject_accuracy(drawn)
        held += interval.low <= np.mean(shares) <= interval.high
    assert 0.93 <= held / 1000 <= 0.985


# Two models


@settings(deadline=None)
@given(st.integers(0, 3000), st.integers(0, 3000))
def test_mcnemar_is_the_exact_binomial_test(won: int, lost: int) -> None:
    if won + lost == 0:
        assert mcnemar(0, 0) == better(0, 0) == 1
        return
    two_sided = stats.binomtest(won, won + lost).pvalue
    one_sided = stats.binomtest(won, won + lost, alternative="greater").pvalue
    assert mcnemar(won, lost) == pytest.approx(two_sided, rel=1e-8)
    assert better(won, lost) == pytest.approx(one_sided, rel=1e-8)


@settings(deadline=None)
@given(st.integers(0, 50_000), st.integers(1, 100_000), st.floats(0.01, 0.99))
def test_binomial_tail_is_right_for_many_trials(successes: int, trials: int, share: float) -> None:
    successes = min(successes, trials)
    expected = float(stats.binom.cdf(successes, trials, share))
    assert at_most(successes, trials, share) == pytest.approx(expected, rel=1e-6, abs=1e-290)


def test_normal_quantile_is_scipys() -> None:
    assert normal_quantile(0.95) == pytest.approx(stats.norm.ppf(0.975), rel=1e-12)


def test_mcnemar_seldom_finds_what_is_not_there() -> None:
    """Over all outcomes, with their chances: models that win and lose alike."""
    for discordant in (5, 20, 100, 400):
        chances = stats.binom.pmf(np.arange(discordant + 1), discordant, 0.5)
        found = [mcnemar(won, discordant - won) <= 0.05 for won in range(discordant + 1)]
        assert float(chances[found].sum()) <= 0.05


def test_published_example_of_the_paired_interval() -> None:
    """Newcombe (1998), table II: 36 of both, 12 and 2 alone, none of neither."""
    interval = paired_difference(36, 12, 2, 50)
    assert (interval.estimate, interval.low, interval.high) == (
        pytest.approx(0.2),
        pytest.approx(0.0569, abs=1e-4),
        pytest.approx(0.3404, abs=1e-4),
    )


@pytest.mark.parametrize(
    ("items", "chances"),
    [
        (30, [0.5, 0.15, 0.05, 0.3]),
        (200, [0.3, 0.1, 0.1, 0.5]),
        (200, [0.9, 0.02, 0.01, 0.07]),
        (2000, [0.4, 0.06, 0.04, 0.5]),
    ],
)
def test_paired_interval_holds_the_truth_as_often_as_it_says(
    items: int, chances: list[float]
) -> None:
    random = np.random.default_rng(2)
    truth = chances[1] - chances[2]
    outcomes = random.multinomial(items, chances, size=2000)
    held = 0
    for both, won, lost, _ in outcomes.tolist():
        interval = paired_difference(both, won, lost, items)
        held += interval.low <= truth <= interval.high
    assert 0.93 <= held / 2000 <= 0.99


@pytest.mark.parametrize("items", [(12, 12), (40, 200)])
def test_mean_of_differences_holds_the_truth_as_often_as_it_says(items: tuple[int, int]) -> None:
    random = np.random.default_rng(5)
    chances = np.array([0.3, 0.2, 0.1, 0.4])  # both, won, lost, neither
    held = 0
    for _ in range(400):
        compared = []
        for count in items:
            kinds = random.choice(4, count, p=chances)
            compared.append(compare(list((kinds == 0) | (kinds == 2)), list(kinds < 2)))
        found = mean_difference(compared)
        held += found.low <= 0.1 <= found.high
    assert 0.93 <= held / 400 <= 0.99


def test_comparison_counts_items_and_knows_the_direction() -> None:
    first = [True, True, False, False, False, True]
    second = [True, True, True, True, False, False]
    comparison = compare(first, second)
    assert (comparison.both, comparison.won, comparison.lost, comparison.items) == (2, 2, 1, 6)
    assert comparison.difference.estimate == pytest.approx(1 / 6)
    turned = compare(second, first)
    assert turned.difference.low == pytest.approx(-comparison.difference.high)
    assert turned.p_value == comparison.p_value


def test_same_answers_are_no_difference() -> None:
    comparison = compare([True] * 50, [True] * 50)
    assert comparison.p_value == comparison.p_better == 1
    assert comparison.difference.estimate == 0
    assert comparison.difference.low < 0 < comparison.difference.high


# No regression


def test_regression_test_seldom_grants_what_is_not_so() -> None:
    """The exact test's level, over all outcomes of models that are just at the bound."""
    for items, bound in ((15, 0.15), (25, 0.1)):
        wins, losses = np.meshgrid(range(items + 1), range(items + 1), indexing="ij")
        possible = [
            (int(won), int(lost))
            for won, lost in zip(wins.ravel(), losses.ravel(), strict=True)
            if won + lost <= items and won - lost > -bound * items
        ]
        granted = [pair for pair in possible if no_regression(*pair, items, bound).shown]
        assert granted
        for chance_lost in (bound, bound + 0.05, bound + 0.2, (1 + bound) / 2):
            chances = [chance_lost - bound, chance_lost, 1 + bound - 2 * chance_lost]
            level = sum(
                stats.multinomial.pmf([won, lost, items - won - lost], items, chances)
                for won, lost in granted
            )
            assert level <= 0.05 + 1e-6


def test_regression_test_of_many_items_keeps_its_level_and_finds_what_is_so() -> None:
    random = np.random.default_rng(3)
    for difference, low, high in ((-0.02, 0.0, 0.065), (0.0, 0.55, 1.0), (-0.05, 0.0, 0.001)):
        chances = [0.05 + difference / 2, 0.05 - difference / 2, 0.9]
        outcomes = random.multinomial(1500, chances, size=2000).tolist()
        shown = sum(no_regression(won, lost, 1500, 0.02).shown for won, lost, _ in outcomes)
        assert low <= shown / 2000 <= high


def test_few_items_do_not_rule_out_a_loss() -> None:
    assert not no_regression(0, 0, 10, 0.02).shown
    assert no_regression(0, 0, 100, 0.05).shown
    assert 0.95**100 <= no_regression(0, 0, 100, 0.05).p_value <= 0.05
    assert no_regression(0, 0, 1000, 0.01).shown


def test_exact_and_approximate_regression_tests_meet() -> None:
    exact, approximate = no_regression(8, 8, 100, 0.08), no_regression(8, 8, 101, 0.08)
    assert (exact.exact, approximate.exact) == (True, False)
    assert exact.p_value == pytest.approx(approximate.p_value, abs=0.02)


# Resampling


def test_permutation_test_of_few_items_is_exact() -> None:
    random = np.random.default_rng(4)
    for _ in range(20):
        first, second = random.normal(size=7), random.normal(size=7)
        difference = second - first
        sums = [
            abs(float(np.dot(signs, difference))) for signs in itertools.product([1, -1], repeat=7)
        ]
        expected = np.mean([total >= abs(difference.sum()) - 1e-12 for total in sums])
        assert permutation_test(list(first), list(second)) == pytest.approx(expected)


def test_permutation_test_of_right_and_wrong_is_mcnemar() -> None:
    first = [1.0] * 3 + [0.0] * 12 + [1.0] * 20
    second = [0.0] * 3 + [1.0] * 12 + [1.0] * 20
    assert permutation_test(first, second) == pytest.approx(mcnemar(12, 3))
    first, second = first * 3, second * 3
    assert permutation_test(first, second, resamples=20_000) == pytest.approx(
        mcnemar(36, 9), abs=3e-4
    )


def test_permutation_test_seldom_finds_what_is_not_there() -> None:
    random = np.random.default_rng(5)
    p_values = [
        permutation_test(
            list(random.exponential(size=40)), list(random.exponential(size=40)), n, 400
        )
        for n in range(400)
    ]
    assert np.mean(np.array(p_values) <= 0.05) <= 0.08
    assert 0.4 <= np.mean(p_values) <= 0.6


@pytest.mark.parametrize("binary", [True, False])
@pytest.mark.parametrize("weights", [(1.0,), (1.0, 3.0)])
def test_bootstrap_holds_the_truth_as_often_as_it_says(
    binary: bool, weights: tuple[float, ...]
) -> None:
    random = np.random.default_rng(6)
    held = 0
    for seed in range(300):
        values = random.random(80)
        if binary:
            values = (values < 0.5).astype(float)
        weight = random.choice(weights, 80)
        interval = bootstrap_mean(values * weight, weight, (0, 1), seed=seed, resamples=500)
        held += interval.low <= 0.5 <= interval.high
    assert 0.9 <= held / 300 <= 0.99


def test_bootstrap_is_the_same_for_the_same_seed() -> None:
    values, ones = [0.1 * n for n in range(100)], [1.0] * 100
    first = bootstrap_mean(values, ones, (0, 10), seed=3)
    assert first == bootstrap_mean(values, ones, (0, 10), seed=3)
    assert first != bootstrap_mean(values, ones, (0, 10), seed=4)


@pytest.mark.parametrize("value", [0.0, 0.5, 1.0])
def test_a_mean_of_items_that_are_all_alike_is_not_certain(value: float) -> None:
    interval = bootstrap_mean([3 * value] * 10, [3] * 10, (0, 1))
    unseen = 0.2775  # Wilson's upper end of 0 of 10
    assert interval.estimate == pytest.approx(value)
    assert interval.low == pytest.approx(value * (1 - unseen), abs=1e-4)
    assert interval.high == pytest.approx(value + unseen * (1 - value), abs=1e-4)


# Edges


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: accuracy(1, 0),
        lambda: accuracy(3, 2),
        lambda: accuracy(-1, 2),
        lambda: accuracy(1, 2, confidence=1.0),
        lambda: subject_accuracy({}),
        lambda: subject_accuracy({"a": [True], "b": []}),
        lambda: compare([], []),
        lambda: compare([True], [True, False]),
        lambda: paired_difference(1, 1, 1, 2),
        lambda: no_regression(2, 2, 3, 0.1),
        lambda: no_regression(0, 0, 3, 0.0),
        lambda: permutation_test([1], [1, 2]),
        lambda: bootstrap_mean([], [], (0, 1)),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: Callable[[], object]) -> None:
    with pytest.raises(ValueError, match=r"\w+ \w+"):
        wrong()


def test_hundred_thousand_items_are_no_trouble() -> None:
    random = np.random.default_rng(7)
    first, second = random.random(100_000) < 0.5, random.random(100_000) < 0.52
    started = time.process_time()
    comparison = compare(list(first), list(second))
    assert 0 < comparison.p_value < 1e-6
    assert comparison.difference.low > 0
    assert no_regression(comparison.won, comparison.lost, 100_000, 0.01).p_value < 1e-9
    assert math.isfinite(mcnemar(50_000, 49_000))
    assert mcnemar(100_000, 0) < 1e-300
    scores = list(random.random(100_000))
    assert permutation_test(scores, [score + 1e-4 for score in scores], resamples=100) < 0.02
    assert bootstrap_mean(scores, [1] * 100_000, (0, 1), resamples=200).low > 0.49
    assert time.process_time() - started < 20
