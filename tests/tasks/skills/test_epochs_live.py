"""Plans rest when a skill or query type of theirs is removed: they count no more."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.tasks.skills.epochs_live import LivePlans
from gleanery.tasks.skills.epochs_next import next_epoch
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.epochs_shortage import shortage
from gleanery.tasks.skills.plans import EpochPlans
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.records import SkillPlan

Ids = frozenset[str]


def names(letter: str, numbers: range) -> Ids:
    return frozenset(f"{letter}{number:04d}" for number in numbers)


def sealed(epochs: list[Epoch], skills: Ids, types: Ids, config: SkillPlansConfig) -> list[Epoch]:
    """Return the epochs with all that come next."""
    epochs = list(epochs)
    while epoch := next_epoch(epochs, skills, types, config):
        epochs.append(epoch)
        assert len(epochs) < 50
    return epochs


def live_of(epochs: list[Epoch], skills: Ids, types: Ids) -> list[SkillPlan]:
    """Return the live plans, looked at one by one."""
    return [
        plan
        for epoch in epochs
        for plans in EpochPlans(epochs, epoch.number)
        for plan in plans
        if skills.issuperset(plan.skills) and plan.query_type in types
    ]


def test_as_many_live_plans_as_asked_for_after_a_removal() -> None:
    config = SkillPlansConfig(count=20)
    four, three, types = names("s", range(4)), names("s", range(1, 4)), names("t", range(16))
    before = sealed([], four, types, config)
    assert len(live_of(before, three, types)) < 20
    after = sealed(before, three, types, config)
    assert after[: len(before)] == before
    assert len(live_of(after, three, types)) == 20
    # Also of what is asked for on top.
    more = sealed(after, three, types, SkillPlansConfig(count=30))
    assert len(live_of(more, three, types)) == 30
    assert [epoch.reason for epoch in more] == ["first", "more plans", "more plans"]


def test_last_combinations_after_a_removal_are_all_found() -> None:
    config = SkillPlansConfig(count=50)
    before = sealed([], names("s", range(8)), names("t", range(4)), config)
    left, types = names("s", range(3, 8)), names("t", range(1, 4))
    wanted = SkillPlansConfig(count=1000)
    after = sealed(before, left, types, wanted)
    assert len(live_of(after, left, types)) == 10 * 3  # every pair with every query type
    assert next_epoch(after, left, types, wanted) is None


def test_removed_query_type_is_made_up_for_too() -> None:
    config = SkillPlansConfig(count=100)
    skills, types = names("s", range(20)), names("t", range(4))
    before = sealed([], skills, types, config)
    after = sealed(before, skills, types - {"t0000"}, config)
    assert [epoch.count for epoch in after] == [100, 25]
    assert len(live_of(after, skills, types - {"t0000"})) == 100


EVENTS = st.lists(
    st.tuples(st.integers(0, 8), st.integers(8, 11), st.integers(0, 2), st.integers(1, 60)),
    max_size=4,
)
MIXES = [{2: 1.0}, {1: 0.2, 2: 0.5, 3: 0.3}]


@settings(max_examples=40, deadline=None)
@given(EVENTS, st.sampled_from(MIXES))
def test_live_plans_are_counted_as_they_are_asked(
    events: list[tuple[int, int, int, int]], mix: dict[int, float]
) -> None:
    epochs: list[Epoch] = []
    for first, last, first_type, count in [(0, 8, 0, 30), *events]:
        skills, types = names("s", range(first, last + 1)), names("t", range(first_type, 4))
        config = SkillPlansConfig(count=count, skills_per_plan=mix)
        if epochs or len(skills) > 1:
            epochs = sealed(epochs, skills, types, config)
        live, asked = LivePlans(epochs, skills, types), live_of(epochs, skills, types)
        assert live.count == len(asked)
        for epoch in epochs:
            assert live.of_epoch[epoch.number] == sum(p.epoch == epoch.number for p in asked)
        for size in mix:
            assert live.of_size[size] == sum(len(plan.skills) == size for plan in asked)
        assert live.count >= count or shortage(live, len(skills), len(types), config)


# What is said where they run out


def said(skills: int, count: int, mix: dict[int, float]) -> str | None:
    config = SkillPlansConfig(count=count, skills_per_plan=mix)
    ids, types = names("s", range(skills)), names("t", range(2))
    live = LivePlans(sealed([], ids, types, config), ids, types)
    return shortage(live, skills, len(types), config)


@pytest.mark.parametrize(
    ("skills", "count", "mix", "expected"),
    [
        (4, 12, {2: 1.0}, None),
        (
            4,
            30,
            {2: 1.0},
            "4 skills and 2 query types have only 12 combinations for the 30 plans of plans.count "
            "(skills per plan with 2: 12)",
        ),
        (
            4,
            30,
            {2: 0.5, 5: 0.5},
            "(skills per plan with 2: 12, with 5: 0); no plan can have 5 skills, for there are 4",
        ),
        (4, 10, {2: 0.5, 5: 0.5}, "no plan can have 5 skills, for there are 4"),
    ],
)
def test_shortage_names_how_many_there_are_and_what_gave_none(
    skills: int, count: int, mix: dict[int, float], expected: str | None
) -> None:
    words = said(skills, count, mix)
    assert words == expected or (expected and words and expected in words)


def test_larger_mix_later_is_no_shortage_where_nothing_is_missing() -> None:
    ids, types = names("s", range(6)), names("t", range(2))
    config = SkillPlansConfig(count=10)
    live = LivePlans(sealed([], ids, types, config), ids, types)
    wider = SkillPlansConfig(count=10, skills_per_plan={2: 1, 3: 1})
    assert shortage(live, 6, 2, wider) is None
