from collections import Counter

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.release.mixing_balance import NO_GROUP, allowance, balanced, rarest_group
from gleanery.tasks.release.mixing_order import places
from gleanery.tasks.release.recipe_balance import Balance
from gleanery.tasks.seeded import draw, key


def allowed(sizes: list[int], **balance: object) -> list[int]:
    config = Balance.model_validate({"by": "domain", **balance})
    return allowance(config, np.array(sizes)).tolist()


def draws(count: int, seed: int = 0) -> np.ndarray:
    return draw(key("test", seed), np.arange(count))


def test_cap_cuts_large_groups_and_leaves_the_others_whole() -> None:
    assert allowed([1, 10, 11, 1000], mode="cap", rows=10) == [1, 10, 10, 10]


def test_uniform_takes_as_many_of_each_as_the_smallest_has() -> None:
    assert allowed([40, 7, 300], mode="uniform") == [7, 7, 7]


def test_square_root_leaves_groups_up_to_the_median_whole() -> None:
    assert allowed([1, 4, 16, 64, 400], mode="smooth") == [1, 4, 16, 32, 80]


def test_reference_size_can_be_given() -> None:
    assert allowed([1, 4, 16, 64, 400], mode="smooth", rows=4) == [1, 4, 8, 16, 40]


@pytest.mark.parametrize("exponent", [0, 0.25, 1 / 3, 0.5, 0.9, 1])
def test_exponent_leads_from_all_the_same_to_all_as_they_are(exponent: float) -> None:
    sizes = [8, 27, 64, 1000]
    kept = allowed(sizes, mode="smooth", rows=8, exponent=exponent)
    expected = [8 ** (1 - exponent) * size**exponent for size in sizes]
    assert kept == [int(value + 1e-6) for value in expected]
    if exponent in (0, 1):
        assert kept == ([8] * 4 if exponent == 0 else sizes)


def test_rows_without_a_group_stay_and_each_source_is_balanced_apart() -> None:
    groups = np.array([0] * 90 + [1] * 10 + [0] * 30 + [NO_GROUP] * 5)
    sources = np.array([0] * 100 + [1] * 30 + [1] * 5)
    stays = balanced(Balance(by="domain", mode="uniform"), sources, groups, draws(len(groups)))
    kept = Counter(zip(sources[stays].tolist(), groups[stays].tolist(), strict=True))
    assert kept == {(0, 0): 10, (0, 1): 10, (1, 0): 30, (1, NO_GROUP): 5}


def test_without_a_mode_all_rows_stay() -> None:
    groups = np.array([0, 0, 1])
    assert balanced(Balance(by="skill", mode="none"), groups * 0, groups, draws(3)).all()


@given(st.lists(st.integers(-1, 5), max_size=200), st.integers(1, 20), st.integers(0, 5))
def test_no_group_keeps_more_than_its_cap_nor_less_than_it_could(
    listed: list[int], cap: int, seed: int
) -> None:
    groups = np.array(listed, dtype=np.int64)
    stays = balanced(
        Balance(by="domain", mode="cap", rows=cap), groups * 0, groups, draws(len(groups), seed)
    )
    sizes, kept = Counter(listed), Counter(groups[stays].tolist())
    for group, size in sizes.items():
        assert kept[group] == (size if group == NO_GROUP else min(size, cap))


def test_more_rows_push_out_no_more_than_came_in() -> None:
    many = draws(1000)
    before = balanced(
        Balance(by="domain", mode="cap", rows=50),
        np.zeros(900, np.int64),
        np.zeros(900, np.int64),
        many[:900],
    )
    after = balanced(
        Balance(by="domain", mode="cap", rows=50),
        np.zeros(1000, np.int64),
        np.zeros(1000, np.int64),
        many,
    )
    pushed_out = np.count_nonzero(before & ~after[:900])
    assert pushed_out == np.count_nonzero(after[900:])
    assert not np.any(after[:900] & ~before)


def test_row_counts_for_the_rarest_of_its_groups_and_the_name_decides_ties() -> None:
    # Rows: 0 has groups 0 and 1, row 1 group 0, row 3 groups 2 and 1; row 2 has none.
    codes, parents = np.array([0, 1, 0, 2, 1]), np.array([0, 0, 1, 3, 3])
    names = np.array([30, 20, 10], dtype=np.uint64)
    assert rarest_group(codes, parents, 4, names).tolist() == [1, 0, NO_GROUP, 2]
    assert rarest_group(codes[:2], parents[:2], 1, names).tolist() == [1]
    assert rarest_group(codes[:0], parents[:0], 2, names[:0]).tolist() == [NO_GROUP, NO_GROUP]


@given(st.lists(st.integers(0, 4), max_size=60))
def test_places_count_the_rows_of_a_group_in_the_order_of_their_draws(listed: list[int]) -> None:
    groups = np.array(listed, dtype=np.int64)
    random = draws(len(groups))
    found = places(groups, random)
    for group in set(listed):
        here = groups == group
        assert found[here][np.argsort(random[here])].tolist() == list(range(here.sum()))
