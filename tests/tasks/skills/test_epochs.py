"""Epochs: later ones add plans and change none, whoever seals them."""

from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.infra.storage import Store
from gleanery.tasks.skills.epochs import read_epochs, seal_epochs
from gleanery.tasks.skills.epochs_next import next_epoch
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.epochs_shares import apportion, fill_evenly
from gleanery.tasks.skills.plans import EpochPlans, asked_plans
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan

CONFIG = SkillPlansConfig(count=1000, plans_per_slice=100)
MIXED = SkillPlansConfig(count=1000, skills_per_plan={1: 0.1, 2: 0.5, 3: 0.4})


def skills(*ranges: range) -> list[Skill]:
    return [
        Skill(
            id=f"s{n:04d}", name=f"skill {n}", definition="", topic="", aliases=[], origin="written"
        )
        for numbers in ranges
        for n in numbers
    ]


def query_types(*ranges: range) -> list[QueryType]:
    return [
        QueryType(id=f"t{n:04d}", name=f"type {n}", definition="", example="")
        for numbers in ranges
        for n in numbers
    ]


def plans_of(epochs: Sequence[Epoch], number: int) -> list[SkillPlan]:
    return [plan for plans in EpochPlans(epochs, number) for plan in plans]


def all_plans(epochs: Sequence[Epoch]) -> list[SkillPlan]:
    return [plan for epoch in epochs for plan in plans_of(epochs, epoch.number)]


def use(plans: Sequence[SkillPlan], named: Sequence[Skill]) -> list[int]:
    counts = Counter(skill for plan in plans for skill in plan.skills)
    return [counts[skill.id] for skill in named]


def type_use(plans: Sequence[SkillPlan], named: Sequence[QueryType]) -> list[int]:
    counts = Counter(plan.query_type for plan in plans)
    return [counts[query_type.id] for query_type in named]


def assert_no_combination_twice(epochs: Sequence[Epoch]) -> None:
    plans = all_plans(epochs)
    assert len(plans) == sum(epoch.count for epoch in epochs)
    assert len({(*plan.skills, plan.query_type) for plan in plans}) == len(plans)


# Sealing


def test_first_run_makes_epoch_one_and_an_unchanged_one_makes_none(store: Store) -> None:
    epochs = seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    assert [(epoch.number, epoch.reason, epoch.count) for epoch in epochs] == [(1, "first", 1000)]
    again = seal_epochs(store, skills(range(40))[::-1], query_types(range(4))[::-1], CONFIG)
    assert again == read_epochs(store) == epochs


def test_larger_count_adds_the_rest_and_a_smaller_one_nothing(store: Store) -> None:
    there = skills(range(40)), query_types(range(4))
    first = seal_epochs(store, *there, CONFIG)
    more = seal_epochs(store, *there, CONFIG.model_copy(update={"count": 1600}))
    assert [(epoch.reason, epoch.count) for epoch in more] == [("first", 1000), ("more plans", 600)]
    assert plans_of(more, 1) == plans_of(first, 1)
    assert_no_combination_twice(more)
    assert seal_epochs(store, *there, CONFIG.model_copy(update={"count": 10})) == more


def test_drawing_on_is_the_same_as_drawing_at_once(store: Store) -> None:
    there = skills(range(40)), query_types(range(4))
    seal_epochs(store, *there, CONFIG)
    in_two = seal_epochs(store, *there, CONFIG.model_copy(update={"count": 1600}))
    at_once = seal_epochs(store.below("other"), *there, CONFIG.model_copy(update={"count": 1600}))
    assert [p.id for p in all_plans(in_two)] == [p.id for p in all_plans(at_once)]


def test_count_beyond_all_combinations_ends_with_them(store: Store) -> None:
    epochs = seal_epochs(store, skills(range(6)), query_types(range(2)), CONFIG)
    assert [epoch.count for epoch in epochs] == [15 * 2]
    assert seal_epochs(store, skills(range(6)), query_types(range(2)), CONFIG) == epochs


def test_runs_that_seal_at_once_agree(store: Store) -> None:
    def seal(number: int) -> list[Epoch]:
        return seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)

    with ThreadPoolExecutor(4) as pool:
        sealed = list(pool.map(seal, range(4)))
    assert all(epochs == sealed[0] for epochs in sealed)
    assert len(sealed[0]) == 1


def test_runs_that_know_different_skills_leave_no_combination_twice(store: Store) -> None:
    seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)

    def seal(number: int) -> None:
        seal_epochs(store, skills(range(41 + number)), query_types(range(4 + number)), CONFIG)

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(seal, range(4)))
    epochs = read_epochs(store)
    assert [epoch.number for epoch in epochs] == list(range(1, len(epochs) + 1))
    assert_no_combination_twice(epochs)
    assert {skill.id for skill in skills(range(44))} == {s for e in epochs for s in e.skills}


@pytest.mark.parametrize("change", [{"seed": 1}, {"held_out_share": 0.1}])
def test_what_would_move_earlier_plans_is_refused(store: Store, change: dict[str, float]) -> None:
    seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    with pytest.raises(ValueError, match=f"{next(iter(change))} is 0.* in the epochs that are"):
        seal_epochs(
            store, skills(range(40)), query_types(range(4)), CONFIG.model_copy(update=change)
        )


def test_too_few_skills_are_refused_with_what_to_do(store: Store) -> None:
    with pytest.raises(ValueError, match="there are 0 and 4"):
        seal_epochs(store, [], query_types(range(4)), CONFIG)
    with pytest.raises(ValueError, match="1 skills give no combination of 2: add skills"):
        seal_epochs(store, skills(range(1)), query_types(range(4)), CONFIG)
    assert read_epochs(store) == []


# What comes later


def test_new_skill_gets_plans_of_its_own_until_it_is_used_like_the_others(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    first = seal_epochs(store, skills(range(100)), query_types(range(4)), CONFIG)
    epochs = seal_epochs(store, skills(range(101)), query_types(range(4)), CONFIG)
    assert [epoch.reason for epoch in epochs] == ["first", "new skills"]
    assert plans_of(epochs, 1) == plans_of(first, 1)
    added = plans_of(epochs, 2)
    assert all("s0100" in plan.skills for plan in added)
    uses = use(all_plans(epochs), skills(range(101)))
    assert max(uses) - min(uses) <= 2
    assert 20 <= len(added) <= 22  # as many as each of the others has
    assert_no_combination_twice(epochs)


@pytest.mark.parametrize("new", [1, 10, 50, 100, 400])
@pytest.mark.parametrize("config", [CONFIG, MIXED])
def test_many_new_skills_draw_level_too(new: int, config: SkillPlansConfig, tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    seal_epochs(store, skills(range(100)), query_types(range(4)), config)
    epochs = seal_epochs(store, skills(range(100 + new)), query_types(range(4)), config)
    names = {skill.id for skill in skills(range(100, 100 + new))}
    assert all(names.intersection(plan.skills) for plan in plans_of(epochs, 2))
    before, after = (
        use(all_plans(epochs), skills(numbers)) for numbers in (range(100), range(100, 100 + new))
    )
    assert abs(sum(before) / 100 - sum(after) / new) < 1
    assert max(*before, *after) - min(*before, *after) <= 8
    assert_no_combination_twice(epochs)


def test_new_query_type_gets_plans_of_its_own_until_it_is_used_like_the_others(
    tmp_path: Path,
) -> None:
    store = Store(str(tmp_path))
    seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    epochs = seal_epochs(store, skills(range(40)), query_types(range(6)), CONFIG)
    assert [(epoch.reason, epoch.count) for epoch in epochs[1:]] == [("new query types", 500)]
    assert {plan.query_type for plan in plans_of(epochs, 2)} == {"t0004", "t0005"}
    uses = type_use(all_plans(epochs), query_types(range(6)))
    assert max(uses) - min(uses) <= 2
    uses = use(all_plans(epochs), skills(range(40)))
    assert max(uses) - min(uses) <= 4
    assert_no_combination_twice(epochs)


def test_new_skills_and_types_and_a_larger_count_at_once_are_an_epoch_each(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    epochs = seal_epochs(
        store,
        skills(range(44)),
        query_types(range(5)),
        CONFIG.model_copy(update={"count": 2500}),
    )
    assert [epoch.reason for epoch in epochs] == [
        "first",
        "new skills",
        "new query types",
        "more plans",
    ]
    assert sum(epoch.count for epoch in epochs) == 2500
    uses = use(all_plans(epochs), skills(range(44)))
    assert max(uses) - min(uses) <= 0.1 * max(uses)
    uses = type_use(all_plans(epochs), query_types(range(5)))
    assert max(uses) - min(uses) <= 0.05 * max(uses)
    assert_no_combination_twice(epochs)


def test_removed_skill_changes_no_epoch_and_its_plans_are_made_up_for(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    first = seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    left = skills(range(1, 40)), query_types(range(1, 4))
    epochs = seal_epochs(store, *left, CONFIG)
    assert epochs[:1] == first
    assert [epoch.reason for epoch in epochs[1:]] == ["more plans"]
    assert len(asked_plans(all_plans(epochs), *left)) == 1000
    assert seal_epochs(store, *left, CONFIG) == epochs


def test_removed_skill_makes_no_epoch_where_the_other_plans_suffice(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    first = seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    enough = CONFIG.model_copy(update={"count": 900})
    assert seal_epochs(store, skills(range(1, 40)), query_types(range(4)), enough) == first


def test_later_plans_leave_out_what_has_been_removed(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    first = seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    there = skills(range(3, 40)), query_types(range(1, 4))
    epochs = seal_epochs(store, *there, CONFIG.model_copy(update={"count": 1500}))
    added = plans_of(epochs, 2)
    assert len(added) == 1500 - len(asked_plans(plans_of(epochs, 1), *there))
    assert {skill for plan in added for skill in plan.skills} == {skill.id for skill in there[0]}
    assert {plan.query_type for plan in added} == {"t0001", "t0002", "t0003"}
    assert plans_of(epochs, 1) == plans_of(first, 1)
    assert_no_combination_twice(epochs)


def test_skill_that_comes_back_is_no_new_one(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    everything = skills(range(40)), query_types(range(4))
    seal_epochs(store, *everything, CONFIG)
    more = seal_epochs(
        store,
        skills(range(1, 41)),
        query_types(range(4)),
        CONFIG.model_copy(update={"count": 1200}),
    )
    assert seal_epochs(store, skills(range(41)), query_types(range(4)), CONFIG) == more


def test_everything_new_starts_over_beside_the_old_plans(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    seal_epochs(store, skills(range(40)), query_types(range(4)), CONFIG)
    epochs = seal_epochs(store, skills(range(100, 130)), query_types(range(10, 12)), CONFIG)
    assert [epoch.reason for epoch in epochs] == ["first", "new skills", "more plans"]
    assert set(use(plans_of(epochs, 2), skills(range(100, 130)))) == {50}
    # None of the first are asked any more; the others end with the combinations.
    assert [epoch.count for epoch in epochs] == [1000, 750, 435 * 2 - 750]
    assert_no_combination_twice(epochs)


EVENTS = st.lists(
    st.tuples(
        st.integers(0, 6),  # skills that are removed from the front
        st.integers(0, 8),  # skills that are added
        st.integers(0, 2),  # query types that are added
        st.integers(0, 60),  # more plans
        st.sampled_from([{2: 1.0}, {1: 1.0, 3: 2.0}, {2: 1.0, 4: 0.5}]),
    ),
    max_size=5,
)


@settings(max_examples=25, deadline=None)
@given(st.integers(4, 12), EVENTS)
def test_whatever_happens_earlier_plans_stay_and_no_combination_comes_twice(
    count: int, events: list[tuple[int, int, int, int, dict[int, float]]]
) -> None:
    epochs: list[Epoch] = []
    as_sealed: list[list[SkillPlan]] = []
    first, last, types, wanted = 0, count, 2, 30
    for removed, added, new_types, more, mix in [(0, 0, 0, 0, {2: 1.0}), *events]:
        first, last = min(first + removed, last + added - 4), last + added
        types, wanted = types + new_types, wanted + more
        config = SkillPlansConfig(count=wanted, skills_per_plan=mix, plans_per_slice=64)
        ids = frozenset(skill.id for skill in skills(range(first, last)))
        type_ids = frozenset(kind.id for kind in query_types(range(types)))
        for _ in range(8):  # a few rounds to reach the last combinations at most
            epoch = next_epoch(epochs, ids, type_ids, config)
            if epoch is None:
                break
            epochs.append(epoch)
            as_sealed.append(plans_of(epochs, epoch.number))
            assert all(ids.issuperset(plan.skills) for plan in as_sealed[-1])
        else:
            raise AssertionError("there is always another epoch")
    assert [plans_of(epochs, epoch.number) for epoch in epochs] == as_sealed
    assert_no_combination_twice(epochs)


# Dividing plans


@given(st.integers(0, 200), st.lists(st.tuples(st.floats(0, 9), st.integers(0, 50)), max_size=6))
def test_shares_add_up_and_keep_to_their_rooms(total: int, given_: list[tuple[float, int]]) -> None:
    weights, rooms = [weight for weight, _ in given_], [room for _, room in given_]
    shares = apportion(total, weights, rooms)
    assert all(0 <= share <= room for share, room in zip(shares, rooms, strict=True))
    assert sum(shares) == min(total, sum(room for weight, room in given_ if weight > 0))


def test_shares_follow_the_weights() -> None:
    assert apportion(10, [0.2, 0.5, 0.3], [100, 100, 100]) == [2, 5, 3]
    assert apportion(10, [1, 1, 1], [100, 2, 100]) == [4, 2, 4]


def test_what_is_used_less_is_filled_first() -> None:
    assert fill_evenly(30, [100, 100], [50, 20]) == [0, 30]
    assert fill_evenly(50, [100, 100], [50, 20]) == [10, 40]
    assert fill_evenly(40, [100, 10, 100], [0, 10, 0]) == [20, 0, 20]
