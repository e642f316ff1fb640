"""What comparisons come to: adjusted for their number, and said in words that follow from them."""

import sys
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.evaluation.findings import decide, in_words, p_value_text, points, sum_up
from gleanery.tasks.evaluation.records import BenchmarkScore
from gleanery.tasks.evaluation.side_by_side import Measured
from gleanery.tasks.evaluation.statistics_accuracy import accuracy
from gleanery.tasks.evaluation.statistics_holm import holm
from gleanery.tasks.evaluation.statistics_paired import compare

sys.path.insert(0, str(Path(__file__).parent))

from evaluation_sample import scored, two_models


def measured(benchmark: str, won: int, lost: int, label: str = "tuned") -> Measured:
    base = [False] * won + [True] * lost + [True] * 10
    other = [True] * won + [False] * lost + [True] * 10
    score = BenchmarkScore(
        benchmark=benchmark, model="m", items=len(base), correct=sum(other),
        accuracy=sum(other) / len(base), unparseable=0, truncated=0, refused=0, subjects=[],
    )  # fmt: skip
    interval = accuracy(score.correct, score.items)
    return Measured(label=label, score=score, interval=interval, against=compare(base, other))


def test_holm_multiplies_the_smallest_most_and_keeps_the_order() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])  # Holm (1979), by hand
    assert holm([0.5, 0.9]) == pytest.approx([1.0, 1.0])
    assert holm([]) == []


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_holm_never_lowers_a_p_value_nor_goes_beyond_bonferroni(p_values: list[float]) -> None:
    adjusted = holm(p_values)
    for one, after in zip(p_values, adjusted, strict=True):
        assert one <= after <= min(1.0, len(p_values) * one + 1e-12)
    ranked = [after for _, after in sorted(zip(p_values, adjusted, strict=True))]
    assert all(one <= other for one, other in pairwise(ranked))


def test_one_difference_among_many_comparisons_is_no_finding_that_it_would_be_alone() -> None:
    alone = measured("gsm8k", won=12, lost=3)  # p = 0.035
    assert [one.decision for one in decide([alone], 0.05)] == ["better"]
    others = [measured(name, won=4, lost=4) for name in ("math", "bbh")]
    found = decide([alone, *others], 0.05)
    assert [one.decision for one in found] == ["undecided"] * 3
    assert found[0].p_adjusted == pytest.approx(3 * found[0].comparison.p_value)


def test_each_model_is_adjusted_for_its_own_comparisons_in_the_order_of_benchmarks() -> None:
    rows = [
        measured("gsm8k", 40, 2, "a"),
        measured("gsm8k", 2, 40, "b"),
        measured("math", 9, 9, "a"),
        measured("math", 9, 9, "b"),
    ]
    found = decide(rows, 0.05)
    assert [(one.benchmark, one.label, one.decision) for one in found] == [
        ("gsm8k", "a", "better"),
        ("gsm8k", "b", "worse"),
        ("math", "a", "undecided"),
        ("math", "b", "undecided"),
    ]
    assert in_words(found[1], "base").startswith(
        "gsm8k: b is worse than base (−73.1 points, unadjusted 95 % interval "
    )
    assert "no difference is shown between a and base (0.0 points" in in_words(found[2], "base")


def test_mean_counts_every_benchmark_the_same_and_its_difference_pairs_items() -> None:
    base, tuned = sum_up(two_models())
    assert base.difference is None
    assert base.mean.estimate == pytest.approx((15 / 60 + 2 / 8) / 2)
    assert tuned.mean.estimate == pytest.approx((40 / 60 + 2 / 8) / 2)
    assert tuned.difference is not None
    assert tuned.difference.estimate == pytest.approx((25 / 60 + 0) / 2)
    assert tuned.difference.low < tuned.difference.estimate < tuned.difference.high


def test_few_items_that_all_came_to_the_same_leave_the_difference_open() -> None:
    same = [scored(number, False) for number in range(4)]
    _, tuned = sum_up({"base": same, "tuned": same})
    assert tuned.difference is not None
    assert tuned.difference.low < -0.3
    assert tuned.difference.high > 0.3


def test_model_without_a_base_to_be_set_against_has_no_difference() -> None:
    (tuned,) = sum_up({"base": [], "tuned": [scored(1, True), scored(2, False)]})
    assert (tuned.label, tuned.difference) == ("tuned", None)


def test_numbers_are_written_with_a_true_minus_and_no_false_zero() -> None:
    assert [points(x) for x in (0.012, -0.012, 0.0, -0.0001)] == ["+1.2", "−1.2", "0.0", "0.0"]
    assert [p_value_text(p) for p in (0.03, 1e-9)] == ["= 0.03", "< 0.0001"]
