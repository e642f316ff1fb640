"""Planted verdicts, from what a judge says to the figures, worked out once more in plain Python."""

import itertools
import math
from collections.abc import Sequence

import pytest

from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.judge_part import Reply
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_figures import judged_figures
from gleanery.tasks.evaluation.judged_pairs_part import Contest, comparing, pairs_of
from gleanery.tasks.evaluation.judged_records import (
    JudgedQuestion,
    PairVerdict,
    SuiteAnswer,
    TurnAnswer,
    WinRate,
)
from gleanery.tasks.evaluation.judged_suites import SUITES

# What a judge says of each question, first with the model's answer as A, then as B; "" cannot be
# read. Both won, lost and tied; two winners; a tie beside a win; a strong beside a weak one.
SAID = {
    "first": [
        *("A>B B>A", "B>A A>B", "A>B B>A", "A>B A>B", "A=B A=B", "B>A A>B", "A>B A=B"),
        *("B>>A A>>B", "A>>B B>A", "B>A B>A", "A>B B>A", "B>A A>B", "A>B "),
    ],
    "second": [
        *("A>B B>A", "A>B B>A", "A>>B B>>A", "A>B B>A", "A=B B>A", "B>A A>B", "A>B B>A"),
        *("A>B B>A", "A>>B B>>A", "B>A A>B", "A=B A=B", "B>A B>A", "A>B B>A"),
    ],
}
LONGER = [40, -30, 55, 20, -15, -60, 25, -35, 70, -20, 10, -45, 5]  # than the reference's 100
WORTH = {  # to the answer shown first: its wins, and of how many
    "alpaca_eval": {"A>B": (1, 1), "A=B": (0.5, 1), "B>A": (0, 1)},
    "arena_hard": {"A>>B": (3, 3), "A>B": (1, 1), "A=B": (0.5, 1), "B>A": (0, 1), "B>>A": (0, 3)},
    "wildbench": {"A>>B": (1, 1), "A>B": (0.75, 1), "A=B": (0.5, 1), "B>A": (0.25, 1),
                  "B>>A": (0, 1)},
}  # fmt: skip
Sums = dict[int, tuple[float, float]]


def said_of(suite: str, label: str) -> list[list[str]]:
    """Return what is said in both orders, as strongly as the suite's scale can tell."""
    verdicts = [pair.split(" ") for pair in SAID[label]]
    if suite == "alpaca_eval":
        return [[said.replace(">>", ">") for said in pair] for pair in verdicts]
    return verdicts


def rows_of(suite: str, label: str) -> list[PairVerdict]:
    """Return the verdicts as they are kept."""
    questions, answers = [], {}
    for number, longer in enumerate(LONGER):
        asked = JudgedQuestion(
            id=str(number), suite=suite, category="c", turns=["?"], baseline="r" * 100
        )
        turn = TurnAnswer(
            text="a" * (100 + longer), finish_reason="stop", completion_tokens=9, request_key=""
        )
        questions.append(asked)
        answers[asked.id] = SuiteAnswer(
            id=asked.id, suite=suite, category="c", as_chat=True, model=label, turns=[turn]
        )
    worth = SUITES[suite].worth
    assert worth
    contest = Contest(label, "file", worth, EngineConfig(model="judge"), JudgeAsking())
    said = [one for pair in said_of(suite, label) for one in pair]
    judging = comparing(contest)
    return [
        judging.keep(pair, Reply((one, "why"), "judged", "", "k"))
        if one
        else judging.keep(pair, Reply(None, "unparseable", "no JSON", "k"))
        for pair, one in zip(pairs_of(questions, answers, None), said, strict=True)
    ]


def sums_by_hand(suite: str, label: str) -> Sums:
    """Return each question's wins and of how many, where both orders can be read."""
    found: Sums = {}
    for number, (shown_first, shown_second) in enumerate(said_of(suite, label)):
        if shown_first and shown_second:
            wins, weight = WORTH[suite][shown_first]
            others_wins, other_weight = WORTH[suite][shown_second]
            found[number] = (wins + other_weight - others_wins, weight + other_weight)
    return found


def share(sums: Sequence[tuple[float, float]]) -> float:
    return sum(wins for wins, _ in sums) / sum(weight for _, weight in sums)


def at_equal_length(sums: Sums) -> float:
    """Return the logistic function of the constant, by Newton's steps in two coefficients."""
    lengths = [LONGER[number] for number in sums]
    mean = sum(lengths) / len(lengths)
    spread = math.sqrt(sum((one - mean) ** 2 for one in lengths) / len(lengths))
    constant = slope = 0.0
    for _ in range(50):
        gradient = [-0.01 * constant, -0.1 * slope]  # the weak priors of length_control.py
        bend = [0.01, 0.0, 0.1]
        for number, (wins, weight) in sums.items():
            term = math.tanh(LONGER[number] / spread)
            chance = 1 / (1 + math.exp(-(constant + slope * term)))
            off, wide = wins - weight * chance, weight * chance * (1 - chance)
            gradient = [gradient[0] + off, gradient[1] + off * term]
            bend = [bend[0] + wide, bend[1] + wide * term, bend[2] + wide * term * term]
        area = bend[0] * bend[2] - bend[1] ** 2
        constant += (bend[2] * gradient[0] - bend[1] * gradient[1]) / area
        slope += (bend[0] * gradient[1] - bend[1] * gradient[0]) / area
    return 1 / (1 + math.exp(-constant))


@pytest.fixture(params=list(WORTH))
def measured(request: pytest.FixtureRequest) -> tuple[str, WinRate, WinRate]:
    suite = request.param
    rows = [row for label in SAID for row in rows_of(suite, label)]
    (first, second), _, _ = judged_figures(rows, [], "first")
    return suite, first, second


def test_win_rate_and_what_is_counted_beside_it(measured: tuple[str, WinRate, WinRate]) -> None:
    suite, *rates = measured
    for rate in rates:
        sums = sums_by_hand(suite, rate.label)
        values = [wins / weight for wins, weight in sums.values()]
        assert rate.rate.estimate == pytest.approx(share(list(sums.values())))
        assert (rate.items, rate.left_out) == (len(sums), len(LONGER) - len(sums))
        assert (rate.won, rate.tied, rate.lost) == (
            sum(value > 0.5 for value in values),
            sum(value == 0.5 for value in values),
            sum(value < 0.5 for value in values),
        )
        two_winners = [
            pair for pair in said_of(suite, rate.label)
            if pair[0][:1] == pair[1][:1] and "=" not in "".join(pair) and all(pair)
        ]  # fmt: skip
        assert rate.inconsistent == len(two_winners)
        mean_weight = sum(weight for _, weight in sums.values()) / len(sums)
        lacking = [(0.0, mean_weight)] * rate.left_out
        assert rate.if_lost == pytest.approx(share([*sums.values(), *lacking]))
        lacking = [(mean_weight, mean_weight)] * rate.left_out
        assert rate.if_won == pytest.approx(share([*sums.values(), *lacking]))


def test_interval_is_about_that_of_a_ratio_of_sums(measured: tuple[str, WinRate, WinRate]) -> None:
    suite, *rates = measured
    for rate in rates:
        sums = list(sums_by_hand(suite, rate.label).values())
        off = [wins - rate.rate.estimate * weight for wins, weight in sums]
        half = 1.96 * math.sqrt(sum(one * one for one in off)) / sum(weight for _, weight in sums)
        assert rate.rate.low == pytest.approx(rate.rate.estimate - half, abs=0.06)
        assert rate.rate.high == pytest.approx(rate.rate.estimate + half, abs=0.06)


def test_win_rate_at_equal_length(measured: tuple[str, WinRate, WinRate]) -> None:
    suite, *rates = measured
    for rate in rates:
        assert rate.controlled
        expected = at_equal_length(sums_by_hand(suite, rate.label))
        assert rate.controlled.estimate == pytest.approx(expected, abs=1e-6)


def test_p_value_is_of_all_ways_to_swap_model_and_reference(
    measured: tuple[str, WinRate, WinRate],
) -> None:
    suite, first, _ = measured
    ahead = [wins - weight / 2 for wins, weight in sums_by_hand(suite, "first").values()]
    signs = itertools.product((1, -1), repeat=len(ahead))
    swapped = [abs(sum(s * a for s, a in zip(each, ahead, strict=True))) for each in signs]
    reached = sum(one >= abs(sum(ahead)) - 1e-9 for one in swapped)
    assert first.p_value == pytest.approx(reached / len(swapped))


def test_difference_of_two_models_is_that_of_their_rates(
    measured: tuple[str, WinRate, WinRate],
) -> None:
    suite, _, second = measured
    of_first, of_second = (sums_by_hand(suite, label) for label in SAID)
    both = [number for number in of_first if number in of_second]
    pairs = [(of_first[number], of_second[number]) for number in both]
    assert second.against
    assert second.against.items == len(both) == 12
    observed = share([other for _, other in pairs]) - share([one for one, _ in pairs])
    assert second.against.difference.estimate == pytest.approx(observed)
    reached = 0
    for swaps in itertools.product((False, True), repeat=len(pairs)):
        drawn = [pair[::-1] if swap else pair for pair, swap in zip(pairs, swaps, strict=True)]
        found = share([other for _, other in drawn]) - share([one for one, _ in drawn])
        reached += abs(found) >= abs(observed) - 1e-9
    # Where weights differ, ours swaps what each question adds, for which the rates stand still.
    assert second.against.p_value == pytest.approx(reached / 2 ** len(pairs), abs=0.02)
    steps = [other[0] / other[1] - one[0] / one[1] for one, other in pairs]
    assert second.against.won == sum(step > 0 for step in steps)
    assert second.against.lost == sum(step < 0 for step in steps)
