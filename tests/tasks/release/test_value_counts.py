import numpy as np
import pytest

from gleanery.tasks.release.value_counts import ValueCounts


@pytest.mark.parametrize("different", [1, 5, 100_000])
def test_all_values_come_back_with_their_marks(different: int) -> None:
    chance = np.random.default_rng(0)
    values = chance.integers(0, different, 40_000) / max(1, different - 1)
    kept = chance.random(40_000) < 0.3
    counts = ValueCounts()
    for start in range(0, len(values), 3000):
        counts.add(values[start : start + 3000], kept[start : start + 3000])
    found, marks = counts.expanded()
    assert np.array_equal(found[marks], np.sort(values[kept]))
    assert np.array_equal(found[~marks], np.sort(values[~kept]))
    again, _ = counts.expanded()
    assert np.array_equal(again, found)


def test_no_values_are_none() -> None:
    values, kept = ValueCounts().expanded()
    assert len(values) == len(kept) == 0
