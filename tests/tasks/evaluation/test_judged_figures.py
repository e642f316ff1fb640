"""What verdicts come to: win rates, points, what is left out, and who is better."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

import pytest

from gleanery.tasks.evaluation.judged_examples import pair_examples, point_examples
from gleanery.tasks.evaluation.judged_figures import judged_figures
from gleanery.tasks.evaluation.judged_records import (
    JudgedQuestion,
    NoFigure,
    PairVerdict,
    PointScore,
    PointVerdict,
    WinRate,
)


def pair(number: int, order: str, preference: float | None, **changes: Any) -> PairVerdict:
    fields: dict[str, Any] = {
        "id": str(number),
        "suite": "alpaca_eval",
        "category": "even" if number % 2 == 0 else "odd",
        "label": "tuned",
        "reference": "base",
        "judge": "judge",
        "order": order,
        "outcome": "unparseable" if preference is None else "judged",
        "verdict": "",
        "preference": preference,
        "weight": 0 if preference is None else 1,
        "reason": "",
        "answer": "x" * (10 + number),
        "reference_answer": "x" * 12,
        "cut_off": False,
        "reference_cut_off": False,
        "difficulty": 0,
        "request_key": "",
    }
    return PairVerdict.model_validate(fields | changes)


def both(number: int, preferences: Sequence[float | None], **changes: Any) -> list[PairVerdict]:
    orders = ("model_first", "reference_first")
    return [
        pair(number, order, preference, **changes)
        for order, preference in zip(orders, preferences, strict=True)
    ]


def grade(number: int, turn: int, points: int | None, **changes: Any) -> PointVerdict:
    fields: dict[str, Any] = {
        "id": str(number),
        "suite": "mt_bench",
        "category": "even" if number % 2 == 0 else "odd",
        "label": "tuned",
        "judge": "judge",
        "turn": turn,
        "turns": 2,
        "outcome": "unparseable" if points is None else "judged",
        "points": points,
        "reason": "",
        "answer": "x",
        "cut_off": False,
        "request_key": "",
    }
    return PointVerdict.model_validate(fields | changes)


def win_rates(rows: Sequence[PairVerdict]) -> tuple[list[WinRate], list[NoFigure]]:
    """Return win rates, the label that comes first being the first model's."""
    rates, _, without = judged_figures(rows, [], rows[0].label)
    return rates, without


def point_scores(rows: Sequence[PointVerdict]) -> tuple[list[PointScore], list[NoFigure]]:
    """Return points, the label that comes first being the first model's."""
    _, scores, without = judged_figures([], rows, rows[0].label)
    return scores, without


def test_a_question_is_worth_the_mean_of_both_orders_and_none_where_one_is_missing() -> None:
    rows = [
        *both(0, (1, 1)),
        *both(1, (1, 0)),
        *both(2, (0.5, 0)),
        *both(3, (1, None)),
        pair(4, "model_first", 1),  # the other order failed and is still open
    ]
    ((rate,), without) = win_rates(rows)
    assert not without
    assert rate.rate.estimate == pytest.approx((1 + 0.5 + 0.25) / 3)
    assert (rate.items, rate.won, rate.tied, rate.lost, rate.left_out) == (3, 1, 1, 1, 2)
    assert (rate.if_lost, rate.if_won) == pytest.approx((1.75 / 5, 3.75 / 5))
    assert rate.inconsistent == 1
    assert (rate.counts.verdicts, rate.counts.unparseable) == (8, 1)
    assert {one.category: one.mean for one in rate.categories} == {
        "even": pytest.approx(0.625),
        "odd": 0.5,
    }


def test_a_judge_that_takes_what_it_reads_first_is_found_out() -> None:
    ((rate,), _) = win_rates([row for number in range(10) for row in both(number, (1, 0))])
    assert (rate.first_shown, rate.inconsistent) == (1, 10)
    assert (rate.rate.estimate, rate.tied, rate.p_value) == (0.5, 10, 1)


def test_the_interval_of_a_model_that_wins_everything_stays_open() -> None:
    ((rate,), _) = win_rates([row for number in range(10) for row in both(number, (1, 1))])
    assert rate.rate.high == 1
    assert 0.6 < rate.rate.low < 0.8
    assert rate.controlled == rate.rate
    assert rate.p_value == pytest.approx(2 / 2**10)


def test_strong_verdicts_weigh_three_times_in_rate_and_interval() -> None:
    strong = [row for n in range(5) for row in both(n, (1, 1), weight=3, suite="arena_hard")]
    weak = [row for n in range(5, 20) for row in both(n, (0, 0), suite="arena_hard")]
    ((rate,), _) = win_rates([*strong, *weak])
    assert rate.rate.estimate == pytest.approx(0.5)
    assert rate.rate.low < 0.35
    assert rate.rate.high > 0.65
    assert (rate.won, rate.lost) == (5, 15)


def test_models_are_compared_on_the_questions_of_both() -> None:
    base = [row for n in range(12) for row in both(n, (0, 0), label="first")]
    better = [row for n in range(2, 14) for row in both(n, (1, 1), label="second")]
    ((first, second), _) = win_rates([*base, *better])
    assert first.against is None
    assert second.against
    assert (second.against.items, second.against.won, second.against.lost) == (10, 10, 0)
    assert second.against.difference.estimate == 1
    assert second.against.p_value == pytest.approx(2 / 2**10)


def test_the_panel_leaves_out_what_one_of_its_judges_leaves_out() -> None:
    one = [*both(0, (1, 1)), *both(1, (0, 0))]
    other = [*both(0, (0, 0), judge="other"), *both(1, (None, 1), judge="other")]
    ((first, second, panel), _) = win_rates([*one, *other])
    assert (first.items, second.items, panel.items) == (2, 1, 1)
    assert (panel.judge, panel.rate.estimate, panel.left_out) == ("all judges", 0.5, 1)
    assert panel.counts.unparseable == 1


def test_a_love_of_length_is_taken_out_of_the_rate() -> None:
    longer = {number: 40 if number % 4 else -40 for number in range(80)}
    rows = [
        row
        for number, by in longer.items()
        for row in both(
            number,
            ((1, 1) if by > 0 and number % 10 else (0, 0)),
            answer="x" * (100 + by),
            reference_answer="x" * 100,
        )
    ]
    ((rate,), _) = win_rates(rows)
    assert rate.rate.estimate > 0.6
    assert rate.controlled
    assert rate.controlled.estimate < 0.55
    assert (rate.characters, rate.reference_characters) == (120, 100)


def test_points_are_means_over_questions_by_turn_and_category() -> None:
    rows = [grade(0, 1, 8), grade(0, 2, 4), grade(1, 1, 10), grade(1, 2, 9, cut_off=True)]
    rows += [grade(2, 1, 6), grade(2, 2, None)]
    ((score,), without) = point_scores(rows)
    assert not without
    assert score.points.estimate == pytest.approx((6 + 9.5) / 2)
    assert [(turn.turn, turn.mean) for turn in score.turns] == [(1, 9), (2, 6.5)]
    assert {one.category: one.mean for one in score.categories} == {"even": 6, "odd": 9.5}
    assert (score.items, score.left_out, score.cut_off, score.counts.unparseable) == (2, 1, 1, 1)
    assert score.if_lowest == pytest.approx((6 + 9.5 + 3.5) / 3)
    assert score.if_highest == pytest.approx((6 + 9.5 + 8) / 3)


def test_points_of_two_models_are_compared_question_by_question() -> None:
    rows = [grade(n, t, 5 + n % 2, label="base") for n in range(12) for t in (1, 2)]
    rows += [grade(n, t, 6 + n % 2) for n in range(12) for t in (1, 2)]
    ((base, tuned), _) = point_scores(rows)
    assert base.against is None
    assert tuned.against
    assert tuned.against.difference.estimate == pytest.approx(1)
    assert tuned.against.p_value < 0.001


def test_where_nothing_can_be_read_there_is_no_figure_but_a_note() -> None:
    rates, (no_rate,) = win_rates([*both(0, (None, 1)), *both(1, (None, None))])
    scores, (no_score,) = point_scores([grade(0, 1, None), grade(0, 2, 5)])
    assert not rates
    assert not scores
    assert (no_rate.questions, no_rate.counts.unparseable) == (2, 3)
    assert (no_score.questions, no_score.counts.unparseable) == (1, 1)
    assert judged_figures([], [], "") == ([], [], [])


def test_a_missing_turn_counts_at_its_worst_and_best_even_where_it_is_still_open() -> None:
    rows = [grade(0, 1, 6), grade(0, 2, 6), grade(1, 1, 8)]  # the second turn's verdict is owed
    ((score,), _) = point_scores(rows)
    assert (score.items, score.left_out) == (1, 1)
    assert (score.if_lowest, score.if_highest) == ((6 + 4.5) / 2, (6 + 9) / 2)


def test_nobody_is_compared_with_the_second_model_where_the_first_has_no_figure() -> None:
    unread = both(0, (None, None), label="first")
    second = [row for n in range(4) for row in both(n, (1, 1), label="second")]
    third = [row for n in range(4) for row in both(n, (0, 0), label="third")]
    rates, (none,) = win_rates([*unread, *second, *third])
    assert none.label == "first"
    assert [(rate.label, rate.against) for rate in rates] == [("second", None), ("third", None)]


def test_where_all_questions_come_out_alike_no_interval_is_a_point() -> None:
    rows = [grade(n, t, 7, label=label) for n in range(4) for t in (1, 2) for label in ("a", "b")]
    ((_, second), _) = point_scores(rows)
    unseen = 1.96**2 / (4 + 1.96**2)  # Wilson's upper end of 0 of 4
    assert second.points.low == pytest.approx(7 - unseen * 6, abs=1e-3)
    assert second.points.high == pytest.approx(7 + unseen * 3, abs=1e-3)
    assert second.against
    assert second.against.difference.low == pytest.approx(-9 * unseen, abs=1e-3)
    assert second.against.difference.high == pytest.approx(9 * unseen, abs=1e-3)
    assert second.against.controlled == second.against.difference


def test_p_values_of_a_model_are_adjusted_for_all_that_judges_say_of_it() -> None:
    pairs = [
        row
        for judge in ("one", "two")
        for label, won in (("first", 6), ("second", 12), ("third", 8))
        for n in range(16)
        for row in both(n, (n < won, n < won), label=label, judge=judge)
    ]
    points = [grade(n, t, 5, label="first") for n in range(16) for t in (1, 2)]
    points += [grade(n, t, 5 + (n < 9), label="second") for n in range(16) for t in (1, 2)]
    rates, scores, _ = judged_figures(pairs, points, "first")
    tests = []
    figures: list[WinRate | PointScore] = [*rates, *scores]
    for one in figures:
        if isinstance(one, WinRate):
            tests.append((one.label, one.p_value, one.p_adjusted))
        if one.against:
            tests.append((one.label, one.against.p_value, one.against.p_adjusted))
    # Two judges and their panel, against the reference and beside the first; and points of one.
    assert Counter(label for label, _, _ in tests) == {"first": 3, "second": 7, "third": 6}
    for label in ("first", "second", "third"):
        family = sorted((p, adjusted) for name, p, adjusted in tests if name == label)
        highest = 0.0
        for rank, (p_value, adjusted) in enumerate(family):
            highest = max(highest, min(1.0, (len(family) - rank) * p_value))
            assert adjusted == pytest.approx(highest)


def test_examples_are_of_questions_judged_in_both_orders_and_the_same_whatever_the_order() -> None:
    questions = {
        (suite, str(n)): JudgedQuestion(id=str(n), suite=suite, category="", turns=["?", "!"])
        for suite in ("alpaca_eval", "mt_bench")
        for n in range(9)
    }
    pairs = [*both(0, (1, 1)), *both(1, (0, 0)), *both(2, (1, 0)), *both(3, (0.5, 1))]
    pairs.append(pair(4, "model_first", 1))  # the other order is still owed
    shown = pair_examples(pairs, questions, 5)
    assert {one.id: one.kind for one in shown} == {
        "0": "won",
        "1": "lost",
        "2": "two_minds",
        "4": "no_verdict",
    }
    grades = [grade(n, t, 3) for n in range(9) for t in (1, 2)]
    drawn = point_examples(grades, questions, 3)
    assert drawn == point_examples(grades[::-1], questions, 3)
