"""Plans of examples: no combination twice, even use, a split by combination, any process alike."""

import os
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gleanery.infra.digests import digest
from gleanery.tasks.seeded import Integers, permuted
from gleanery.tasks.skills import plans_circle
from gleanery.tasks.skills.epochs_next import next_epoch
from gleanery.tasks.skills.epochs_sealed import Epoch
from gleanery.tasks.skills.plans import EpochPlans, asked_plans, epoch_plans
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan


def names(letter: str, count: int) -> frozenset[str]:
    return frozenset(f"{letter}{number:04d}" for number in range(count))


def first_epoch(skills: int, types: int, config: SkillPlansConfig) -> Epoch:
    epoch = next_epoch([], names("s", skills), names("t", types), config)
    assert epoch is not None
    return epoch


def plans_of(*epochs: Epoch) -> list[SkillPlan]:
    return [
        plan for epoch in epochs for plans in EpochPlans(epochs, epoch.number) for plan in plans
    ]


def drawn(skills: int, types: int, config: SkillPlansConfig) -> list[SkillPlan]:
    return plans_of(first_epoch(skills, types, config))


def use(plans: Sequence[SkillPlan]) -> Counter[str]:
    return Counter(skill for plan in plans for skill in plan.skills)


MIXES = st.dictionaries(st.integers(1, 6), st.floats(0.1, 1), min_size=1, max_size=3)


@settings(max_examples=60)
@given(st.integers(1, 9), st.integers(1, 4), MIXES, st.integers(1, 400), st.integers(0, 9))
def test_no_combination_comes_twice_and_as_many_are_drawn_as_there_are(
    skills: int, types: int, mix: dict[int, float], count: int, seed: int
) -> None:
    config = SkillPlansConfig(count=count, skills_per_plan=mix, seed=seed, plans_per_slice=17)
    possible = {
        tuple(sorted(one)) for size in mix for one in _subsets(sorted(names("s", skills)), size)
    }
    if not possible:
        with pytest.raises(ValueError, match="no combination"):
            first_epoch(skills, types, config)
        return
    plans = drawn(skills, types, config)
    assert len(plans) == min(count, len(possible) * types)
    assert len({(*plan.skills, plan.query_type) for plan in plans}) == len(plans)
    assert len({plan.id for plan in plans}) == len(plans)
    assert {tuple(plan.skills) for plan in plans} <= possible
    assert [plan.index for plan in sorted(plans, key=lambda p: p.index)] == list(range(len(plans)))


def _subsets(items: list[str], size: int) -> list[list[str]]:
    if size == 0:
        return [[]]
    return [
        [first, *rest]
        for n, first in enumerate(items)
        for rest in _subsets(items[n + 1 :], size - 1)
    ]


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_after_whole_rounds_every_skill_is_used_equally_often(size: int) -> None:
    """23 skills is prime: every round is 23 sets, each turned once around the circle."""
    for rounds in (1, 4, 13):
        plans = drawn(23, 16, SkillPlansConfig(count=23 * rounds, skills_per_plan=size))
        assert set(use(plans).values()) == {size * rounds}
        assert set(use(plans)) == names("s", 23)


@settings(max_examples=40)
@given(st.integers(6, 60), st.integers(1, 16), MIXES, st.integers(100, 2000))
def test_skills_and_query_types_are_used_evenly_at_any_count(
    skills: int, types: int, mix: dict[int, float], count: int
) -> None:
    plans = drawn(skills, types, SkillPlansConfig(count=count, skills_per_plan=mix))
    by_skill = use(plans)
    use_of = [by_skill[name] for name in names("s", skills)]
    assert max(use_of) - min(use_of) <= sum(mix)
    by_type = Counter(plan.query_type for plan in plans)
    spread = max(by_type.values()) - min(by_type[name] for name in names("t", types))
    # Each number of skills may be one ahead, and once more whenever its sets begin again.
    assert spread <= len(mix) * (types + 1)


def test_sets_meet_all_query_types_alike() -> None:
    """A skill is not tied to a query type, and sets come again only when all have come."""
    plans = drawn(24, 6, SkillPlansConfig(count=276 * 6))
    sets = [tuple(plan.skills) for plan in sorted(plans, key=lambda plan: plan.index)]
    for start in range(0, len(sets), 276):
        assert len(set(sets[start : start + 276])) == 276
    half = plans[: 276 * 3]
    pairs = Counter((skill, plan.query_type) for plan in half for skill in plan.skills)
    assert len(pairs) == 24 * 6
    assert max(pairs.values()) < 2 * 276 * 3 * 2 / (24 * 6)


def test_mix_of_sizes_is_kept_in_every_slice() -> None:
    config = SkillPlansConfig(
        count=10_000, skills_per_plan={1: 0.2, 2: 0.5, 3: 0.3}, plans_per_slice=500
    )
    epoch = first_epoch(200, 16, config)
    assert Counter(len(plan.skills) for plan in plans_of(epoch)) == {1: 2000, 2: 5000, 3: 3000}
    for plans in EpochPlans([epoch], 1):
        assert len(plans) == 500
        assert Counter(len(plan.skills) for plan in plans) == {1: 100, 2: 250, 3: 150}


def test_size_without_combinations_left_leaves_its_share_to_the_others() -> None:
    plans = drawn(10, 2, SkillPlansConfig(count=100, skills_per_plan={1: 0.5, 2: 0.5}))
    assert Counter(len(plan.skills) for plan in plans) == {1: 20, 2: 80}


def test_held_out_share_is_split_by_combination() -> None:
    plans = drawn(80, 16, SkillPlansConfig(count=20_000))
    sides: dict[tuple[str, ...], set[str]] = {}
    for plan in plans:
        sides.setdefault(tuple(plan.skills), set()).add(plan.split)
    assert len(plans) > 5 * len(sides)
    assert all(len(split) == 1 for split in sides.values())
    held_out = sum(split == {"held_out"} for split in sides.values())
    assert abs(held_out - 0.05 * len(sides)) < 4 * (0.05 * len(sides)) ** 0.5
    assert {plan.split for plan in drawn(80, 2, SkillPlansConfig(held_out_share=0))} == {"train"}


def test_slices_come_out_alone_as_in_order() -> None:
    epoch = first_epoch(50, 4, SkillPlansConfig(count=1000, plans_per_slice=300))
    slices = list(EpochPlans([epoch], 1))
    assert [len(plans) for plans in slices] == [250] * 4
    assert epoch_plans([epoch], 1, 2) == slices[2]
    with pytest.raises(ValueError, match="has 4 slices"):
        epoch_plans([epoch], 1, 4)
    with pytest.raises(ValueError, match="there is no epoch 2; sealed are: 1"):
        epoch_plans([epoch], 2, 0)


def test_slices_drawn_at_the_same_time_are_those_drawn_one_by_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    epoch = first_epoch(300, 12, SkillPlansConfig(count=20_000, skills_per_plan={3: 1.0}))
    expected = list(EpochPlans([epoch], 1))

    waits = iter([0.1])

    def slowly_at_first(*args: Any) -> Integers:
        time.sleep(next(waits, 0))  # the others would find the later rounds meanwhile
        return permuted(*args)

    monkeypatch.setattr(plans_circle, "permuted", slowly_at_first)
    together = EpochPlans([epoch], 1)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(together.slice, range(epoch.slices))) == expected


def test_plans_of_a_removed_skill_or_query_type_rest_and_the_others_stay() -> None:
    plans = drawn(20, 4, SkillPlansConfig(count=200))
    skills = [
        Skill(id=name, name=name, definition="", topic="", aliases=[], origin="written")
        for name in names("s", 20) - {"s0003"}
    ]
    types = [
        QueryType(id=name, name=name, definition="", example="") for name in ("t0000", "t0001")
    ]
    asked = asked_plans(plans, skills, types)
    expected = [
        plan
        for plan in plans
        if "s0003" not in plan.skills and plan.query_type in ("t0000", "t0001")
    ]
    assert asked == expected
    assert 0 < len(asked) < len(plans)


def test_another_seed_draws_other_plans_with_the_same_ids_for_the_same_combinations() -> None:
    one, two = (drawn(30, 4, SkillPlansConfig(count=400, seed=seed)) for seed in (0, 1))
    ids = [{(*plan.skills, plan.query_type): plan.id for plan in plans} for plans in (one, two)]
    shared = ids[0].keys() & ids[1].keys()
    assert 0 < len(shared) < 400
    assert all(ids[0][combination] == ids[1][combination] for combination in shared)


def test_plans_are_the_same_in_any_process_and_any_release() -> None:
    here = drawn(50, 5, SkillPlansConfig(count=500, skills_per_plan={2: 1, 4: 1}))
    program = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('module', {str(Path(__file__))!r})\n"
        "module = sys.modules['module'] = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "config = module.SkillPlansConfig(count=500, skills_per_plan={2: 1, 4: 1})\n"
        "print(module.digest([p.model_dump() for p in module.drawn(50, 5, config)]))"
    )
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", program],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == digest([plan.model_dump() for plan in here])
    # Should this change, every plan that was ever drawn changes with it.
    shown = [[*plan.skills, plan.query_type, plan.split] for plan in (here[0], here[1], here[-1])]
    assert shown == [
        ["s0009", "s0032", "t0003", "train"],
        ["s0008", "s0030", "t0004", "train"],
        ["s0013", "s0021", "s0037", "s0038", "t0000", "train"],
    ]
