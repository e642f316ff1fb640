import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.curation.exact_rows import bucket_starts, first_of_equal, ranks_of, sorted_keys

LOOK_THE_SAME = [0, 1, 2, 1 << 40, (1 << 40) + 1, 3 << 60]  # some differ only where ranks stand


@given(st.lists(st.sampled_from(LOOK_THE_SAME), max_size=30), st.integers(0, 5))
def test_first_of_equal_is_the_first_also_of_values_that_look_the_same(
    numbers: list[int], offset: int
) -> None:
    values, ranks = np.array(numbers, np.uint64), np.arange(len(numbers)) * 3 + offset

    def same(ones: np.ndarray, others: np.ndarray) -> np.ndarray:
        return values[(ones - offset) // 3] == values[(others - offset) // 3]

    first = first_of_equal(values, ranks, same)
    assert first.tolist() == [int(ranks[numbers.index(number)]) for number in numbers]


@given(st.lists(st.sampled_from([5 << 50, 6 << 50, 7 << 50]), min_size=1, max_size=30))
def test_keys_hold_buckets_side_by_side_each_in_the_order_of_ranks(numbers: list[int]) -> None:
    keys, bits = sorted_keys(np.array(numbers, np.uint64), np.arange(len(numbers)))
    ranks, starts = ranks_of(keys, bits).tolist(), bucket_starts(keys, bits).tolist()
    assert ranks == sorted(range(len(numbers)), key=lambda rank: (numbers[rank], rank))
    for place, start in enumerate(starts):
        assert numbers[ranks[start]] == numbers[ranks[place]]
        assert start == 0 or numbers[ranks[start - 1]] != numbers[ranks[start]]
