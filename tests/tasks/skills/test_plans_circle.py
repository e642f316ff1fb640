"""Sets in rounds: every set once, every member equally often after each round."""

from collections import Counter
from itertools import combinations
from math import comb

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.seeded import key
from gleanery.tasks.skills.plans_circle import CircleSets


@given(st.integers(1, 12), st.integers(0, 6), st.integers(0, 99))
def test_every_set_comes_once(places: int, size: int, seed: int) -> None:
    circle = CircleSets(places, size, key(seed))
    assert circle.total == comb(places, size)
    found = np.sort(circle.at(np.arange(circle.total)), axis=1)
    assert sorted(map(tuple, found.tolist())) == list(combinations(range(places), size))


@given(st.integers(1, 12), st.integers(1, 6), st.integers(0, 99))
def test_every_round_uses_all_places_equally_often(places: int, size: int, seed: int) -> None:
    circle = CircleSets(places, size, key(seed))
    if not circle.total:
        return
    found = circle.at(np.arange(circle.total))
    for end in circle.round_ends(circle.total):
        use = Counter(found[:end].ravel().tolist())
        assert set(use) == set(range(places))
        assert len(set(use.values())) == 1


@pytest.mark.parametrize(("places", "size"), [(1000, 2), (97, 3), (40, 6)])
def test_within_a_round_no_place_is_far_ahead(places: int, size: int) -> None:
    circle = CircleSets(places, size, key("ahead"))
    for count in (places // 3, 5 * places + 1, 20_000):
        use = np.bincount(circle.at(np.arange(count)).ravel(), minlength=places)
        assert use.max() - use.min() <= size


def test_order_is_the_same_from_anywhere() -> None:
    whole = CircleSets(40, 3, key("x")).at(np.arange(9880))
    late = CircleSets(40, 3, key("x"))
    assert (late.at(np.array([9000, 5])) == whole[[9000, 5]]).all()
    assert (CircleSets(40, 3, key("y")).at(np.arange(9880)) != whole).any()


def test_distances_between_the_members_are_evenly_drawn() -> None:
    """Which members meet is chance: over many keys the first round has every distance alike."""
    first = Counter()
    for seed in range(3000):
        one, two = CircleSets(11, 2, key(seed)).at(np.array([0]))[0].tolist()
        first[min(abs(one - two), 11 - abs(one - two))] += 1
    assert set(first) == {1, 2, 3, 4, 5}
    assert all(480 < count < 720 for count in first.values())


def test_more_sets_than_can_be_numbered_are_still_drawn_without_repeats() -> None:
    circle = CircleSets(100_000, 6, key("many"))
    found = np.sort(circle.at(np.arange(300_000)), axis=1)
    assert len(np.unique(found, axis=0)) == 300_000
    assert (np.diff(found, axis=1) > 0).all()
