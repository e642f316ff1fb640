"""Win rates at equal length: planted qualities are found again behind a judge's love of length."""

import math

import numpy as np
import pytest

from gleanery.tasks.evaluation.length_control import (
    controlled_difference,
    controlled_rate,
    layout_difference,
    length_difference,
)


def judge_by_length(
    items: int, quality: float, bias: float, longer_by: float, seed: int, draws: int = 2
) -> tuple[list[float], np.ndarray[tuple[int, ...], np.dtype[np.float64]]]:
    """Return preferences of a judge that adds `bias` for length to a quality (in log odds)."""
    random = np.random.default_rng(seed)
    longer = random.normal(longer_by, 400, items).round()
    chance = 1 / (1 + np.exp(-(quality + bias * np.tanh(longer / longer.std()))))
    return list((random.random((draws, items)) < chance).mean(axis=0)), longer


def share(quality: float) -> float:
    return 1 / (1 + math.exp(-quality))


@pytest.mark.parametrize(
    ("quality", "bias", "longer_by"),
    [(0.0, 1.5, 400.0), (-0.6, 1.5, 400.0), (0.8, -1.0, -300.0), (0.5, 0.0, 300.0)],
)
def test_the_planted_quality_is_recovered_and_the_raw_rate_is_not(
    quality: float, bias: float, longer_by: float
) -> None:
    controlled, raw, covered = [], [], 0
    for seed in range(16):
        wins, longer = judge_by_length(300, quality, bias, longer_by, seed)
        found = controlled_rate(wins, longer, seed=seed, resamples=200)
        assert found
        controlled.append(found.estimate)
        raw.append(float(np.mean(wins)))
        covered += found.low <= share(quality) <= found.high
    assert np.mean(controlled) == pytest.approx(share(quality), abs=0.02)
    assert covered >= 13
    if bias:
        assert abs(np.mean(raw) - share(quality)) > 0.05
    else:
        assert np.mean(raw) == pytest.approx(share(quality), abs=0.02)


def test_a_model_that_only_writes_more_gains_nothing_by_it() -> None:
    brief, longer = judge_by_length(805, -0.5, 1.2, 0, 1)
    long_winded, much_longer = judge_by_length(805, -0.5, 1.2, 600, 2)
    assert np.mean(long_winded) - np.mean(brief) > 0.15
    first, second = (
        controlled_rate(wins, by, resamples=10)
        for wins, by in ((brief, longer), (long_winded, much_longer))
    )
    assert first
    assert second
    assert abs(first.estimate - second.estimate) < 0.06


def test_instructions_that_are_hard_for_everyone_do_not_count_for_length() -> None:
    random = np.random.default_rng(3)
    difficulty = random.normal(0, 1, 600)
    longer = 300 * difficulty + random.normal(0, 100, 600)  # long answers to hard instructions
    chance = 1 / (1 + np.exp(-(0.4 - 1.5 * difficulty)))
    wins = list((random.random((2, 600)) < chance).mean(axis=0))
    found = controlled_rate(wins, longer, difficulty=list(difficulty), resamples=10)
    assert found
    assert found.estimate == pytest.approx(float(np.mean(chance)), abs=0.03)


def test_reference_has_what_the_model_has_not() -> None:
    wins, longer = judge_by_length(200, 0.7, 1.1, 150, 8)
    hard = list(np.random.default_rng(9).normal(0, 1, 200))
    found = controlled_rate(wins, longer, difficulty=hard, resamples=10)
    swapped = controlled_rate([1 - win for win in wins], -longer, difficulty=hard, resamples=10)
    assert found
    assert swapped
    assert found.estimate + swapped.estimate == pytest.approx(1)


def test_strong_verdicts_count_as_often_as_they_weigh() -> None:
    wins, longer = [1.0] * 10 + [0.0] * 10, np.array([5.0, -5.0] * 10)
    even, heavy = controlled_rate(wins, longer), controlled_rate(wins, longer, [3] * 10 + [1] * 10)
    assert even
    assert heavy
    assert (even.estimate, heavy.estimate) == pytest.approx((0.5, 0.75), abs=0.01)


def test_where_all_answers_are_longer_nothing_is_claimed() -> None:
    wins, longer = judge_by_length(200, 0.3, 1, 5000, 4)
    assert longer.min() > 0
    assert controlled_rate(wins, longer) is None
    assert controlled_rate([0.5, 1.0], np.array([3.0, -3.0])) is None
    both_sides = np.array([-20.0, 20.0] * 10)
    assert controlled_rate([1.0] * 20, both_sides) is None  # all won: no interval would be true


def test_answers_of_equal_length_keep_their_raw_rate() -> None:
    found = controlled_rate([1.0, 0.0, 1.0, 1.0] * 50, np.zeros(200))
    assert found
    assert found.estimate == pytest.approx(0.75, abs=0.001)


def test_points_that_go_with_length_alone_are_no_difference() -> None:
    random = np.random.default_rng(6)
    longer = random.normal(300, 400, 160)
    steps = list(1.5 * np.tanh(longer / longer.std()) + random.normal(0, 0.5, 160))
    found = controlled_difference(steps, longer)
    assert found
    assert np.mean(steps) > 0.6
    assert found.low < 0 < found.high
    assert found.estimate == pytest.approx(0, abs=0.15)
    better = controlled_difference([step + 1 for step in steps], longer)
    assert better
    assert better.estimate == pytest.approx(found.estimate + 1)
    assert controlled_difference([1.0, 2.0, 3.0], np.array([5.0, 6.0, 7.0])) is None


def test_layout_is_counted_outside_code() -> None:
    answer = "# Title\n\n- one\n* two\n3. **three**\n```sh\n# no heading\n- no item\n```\n__four__"
    (difference,) = layout_difference([answer], ["plain - text # with **unclosed bold"])
    assert difference.tolist() == [1, 3, 2]
    assert layout_difference([], []).shape == (0, 3)
    assert length_difference(["abc", ""], ["a", "xy"]).tolist() == [2, -2]


def test_a_judge_of_layout_is_seen_through() -> None:
    random = np.random.default_rng(5)
    longer = random.normal(0, 300, 600)
    layout = random.poisson(4, (600, 3)) - random.poisson(2, (600, 3))
    chance = 1 / (1 + np.exp(-(0.0 + 1.5 * np.tanh(layout[:, 1] / layout[:, 1].std()))))
    wins = list((random.random((2, 600)) < chance).mean(axis=0))
    found = controlled_rate(wins, np.column_stack([longer, layout]), resamples=10)
    assert found
    assert np.mean(wins) > 0.58
    assert found.estimate == pytest.approx(0.5, abs=0.04)
