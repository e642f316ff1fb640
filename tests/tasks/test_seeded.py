"""Chance from a key: the same everywhere, and even."""

import hashlib
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.seeded import draw, in_random_order, key, keys, permuted, shuffled
from gleanery.tasks.seeded_subsets import subset_counts, subsets


def test_words_are_those_of_the_published_generator() -> None:
    words = draw(np.zeros(1, dtype=np.uint64), np.arange(3))
    assert [hex(word) for word in words.tolist()] == [
        "0xe220a8397b1dcdaf",
        "0x6e789e6aa1b965f4",
        "0x6c45d188009454f",
    ]


def test_keys_follow_their_own_text_and_what_stands_before() -> None:
    assert keys(["a", "b"], "x").tolist() == [
        *keys(["a"], "x").tolist(),
        *keys(["b"], "x").tolist(),
    ]
    assert keys(["a"], "x").tolist() != keys(["a"], "y").tolist()
    assert key("a", 1).tolist() != key("a", 2).tolist()
    first = hashlib.sha256(b'["a",1]').digest()[:8]
    assert key("a", 1).tolist() == [int.from_bytes(first, "little")]


@given(st.integers(1, 400), st.integers(0, 2**64 - 1))
def test_permutation_gives_every_number_once(size: int, word: int) -> None:
    found = permuted(np.array([word], dtype=np.uint64), size, np.arange(size))
    assert sorted(found.tolist()) == list(range(size))


@given(st.integers(1, 2**62), st.data())
def test_permutation_of_any_size_has_no_repeats_and_stays_below_it(
    size: int, data: st.DataObject
) -> None:
    positions = data.draw(st.lists(st.integers(0, size - 1), max_size=50, unique=True))
    found = permuted(key("any"), size, np.array(positions, dtype=np.int64)).tolist()
    assert len(set(found)) == len(positions)
    assert all(0 <= number < size for number in found)


def test_permutations_of_many_sizes_are_the_same_together_and_apart() -> None:
    words, sizes = keys("abcdef"), np.array([1, 2, 7, 31, 575, 10**9])
    together = permuted(words, sizes, sizes - 1)
    apart = [permuted(words[n : n + 1], sizes[n], sizes[n : n + 1] - 1)[0] for n in range(6)]
    assert together.tolist() == apart


@pytest.mark.parametrize("size", [2, 3, 5, 10, 31])
def test_every_number_is_as_likely_at_every_position(size: int) -> None:
    trials = 2000 * size
    words = draw(key("even"), np.arange(trials))
    for position in {0, 1, size - 1}:
        counts = np.bincount(permuted(words, size, np.full(trials, position)), minlength=size)
        squares = ((counts - 2000) ** 2 / 2000).sum()
        assert squares < size - 1 + 5 * (2 * size) ** 0.5


def test_orders_are_even_and_put_the_chosen_first() -> None:
    words = draw(key("orders"), np.arange(6000))
    orders = shuffled(words, 3)
    counts = np.bincount(orders @ np.array([9, 3, 1]), minlength=27)
    assert all(850 < count < 1150 for count in counts[counts > 0])
    assert np.count_nonzero(counts) == 6
    chosen = np.zeros((6000, 3), dtype=np.bool_)
    chosen[:, 2] = True
    assert (in_random_order(words, chosen)[:, 0] == 2).all()


def test_more_columns_leave_the_order_of_the_others() -> None:
    word = key("wide")
    wide = shuffled(word, 30)[0].tolist()
    assert [column for column in wide if column < 10] == shuffled(word, 10)[0].tolist()


@pytest.mark.parametrize(("places", "size"), [(5, 0), (1, 1), (7, 3), (9, 6), (4, 4)])
def test_subsets_are_numbered_without_gap_or_repeat(places: int, size: int) -> None:
    numbers = np.arange(comb(places, size))
    found = subsets(subset_counts(places, 6), numbers, size)
    assert (found[:, size:] == -1).all()
    assert sorted(map(tuple, found[:, :size].tolist())) == list(combinations(range(places), size))


def test_subsets_of_different_sizes_are_found_together() -> None:
    counts = subset_counts(200, 6)
    last = np.array([comb(200, size) - 1 for size in range(1, 7)])
    found = subsets(counts, last, np.arange(1, 7)).tolist()
    assert [[m for m in members if m >= 0] for members in found] == [
        list(range(200 - size, 200)) for size in range(1, 7)
    ]
