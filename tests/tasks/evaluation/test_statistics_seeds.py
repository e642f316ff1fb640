"""Intervals over seeds and of ratios, held against tables and against chance."""

import numpy as np
import pytest

from gleanery.tasks.evaluation.statistics_seeds import (
    over_seeds,
    ratio_of_sums,
    student_quantile,
)


@pytest.mark.parametrize(
    ("freedom", "table"),
    [(1, 12.706205), (2, 4.302653), (4, 2.776445), (9, 2.262157), (30, 2.042272), (500, 1.964720)],
)
def test_quantiles_are_those_of_students_table(freedom: int, table: float) -> None:
    assert student_quantile(0.95, freedom) == pytest.approx(table, rel=1e-6)


def test_an_interval_over_seeds_holds_the_mean_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    runs = random.normal(3.0, 0.2, size=(1000, 3))
    held = [made.low <= 3.0 <= made.high for made in map(over_seeds, runs.tolist())]
    assert 0.93 < np.mean(held) < 0.97
    with pytest.raises(ValueError, match="takes two or more"):
        over_seeds([1.0])


def test_a_ratio_holds_the_true_one_as_often_as_it_says() -> None:
    random = np.random.default_rng(0)
    held = []
    for _ in range(1000):
        size = random.integers(10, 200, 100)
        made = ratio_of_sums((size * random.normal(2.0, 0.5, 100)).tolist(), size.tolist())
        held.append(made.low <= 2.0 <= made.high)
    assert 0.92 < np.mean(held) < 0.97
