"""Plans of homework questions: none twice, none moved by what comes later, evenly drawn."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from gleanery.infra.digests import digest
from gleanery.tasks.taxonomy.plans import TaxonomyPlans, draw_plans, slice_count
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.plans_counts import expected_plans, possible_of, possible_plans
from gleanery.tasks.taxonomy.records import ClassSession, Syllabus, TaxonomyPlan

DEFAULTS = TaxonomyPlansConfig()
EVERYTHING = 10**6
COUNTS = st.lists(st.integers(0, 4), max_size=4)


def syllabus_of(counts: Sequence[int], name: str = "algebra") -> Syllabus:
    return syllabus_with(
        [[f"concept {s}.{n}" for n in range(m)] for s, m in enumerate(counts)], name
    )


def syllabus_with(concepts: Sequence[Sequence[str]], name: str = "algebra") -> Syllabus:
    return Syllabus(
        id=f"syllabus of {name}",
        subject_id=f"subject {name}",
        discipline_id="mathematics",
        discipline="Mathematics",
        subject=name,
        level="bachelor",
        sessions=[
            ClassSession(title=f"session {n}", description="", concepts=list(named))
            for n, named in enumerate(concepts)
        ],
        calls=[],
    )


def combination(plan: TaxonomyPlan) -> tuple[tuple[int, str], ...]:
    return tuple((concept.session, concept.name) for concept in plan.concepts)


def every_combination(counts: Sequence[int], largest: int) -> set[tuple[tuple[int, str], ...]]:
    """Return all combinations, listed one by one."""
    sessions = [[(s, f"concept {s}.{n}") for n in range(m)] for s, m in enumerate(counts)]
    singles = {
        chosen
        for session in sessions
        for size in range(1, largest + 1)
        for chosen in combinations(session, size)
    }
    pairs = {
        chosen
        for one, two in combinations(sessions, 2)
        for size in range(2, largest + 1)
        for chosen in combinations([*one, *two], size)
        if len({session for session, _ in chosen}) == 2
    }
    return singles | pairs


# How many there are


def test_five_concepts_give_31_plans_a_session_and_575_a_pair() -> None:
    assert possible_of([5], 5) == 31
    assert possible_of([5, 5], 5) == 2 * 31 + 575
    assert possible_plans(syllabus_of([5] * 20), DEFAULTS) == 20 * 31 + 190 * 575


@settings(deadline=None)
@given(COUNTS, st.integers(2, 6))
def test_every_combination_is_drawn_once_and_nothing_else(counts: list[int], largest: int) -> None:
    config = TaxonomyPlansConfig(max_concepts=largest)
    syllabus = syllabus_of(counts)
    drawn = [combination(plan) for plan in draw_plans(syllabus, config, 0, EVERYTHING)]
    assert len(drawn) == possible_plans(syllabus, config)
    assert set(drawn) == every_combination(counts, largest)


@pytest.mark.parametrize("share", [0.0, 1.0])
def test_where_one_strategy_runs_out_the_other_goes_on(share: float) -> None:
    config = TaxonomyPlansConfig(two_session_share=share)
    plans = draw_plans(syllabus_of([2, 3]), config, 0, EVERYTHING)
    strategies = [plan.strategy for plan in plans]
    first, last = "single_session", "two_sessions"
    if share:
        first, last = last, first
    assert len(plans) == possible_of([2, 3], 5)
    assert strategies == sorted(strategies, key=[first, last].index)
    assert [plan.index for plan in plans] == list(range(len(plans)))


def test_default_taxonomy_is_estimated_as_the_paper_has_it() -> None:
    expected = expected_plans(DEFAULTS)
    assert (expected.subjects.low, expected.subjects.high) == (12_600, 25_200)
    assert (expected.sessions.low, expected.sessions.high) == (126_000, 756_000)
    assert expected.possible.low == 12_600 * (10 * 31 + 45 * 575)
    assert expected.possible.high == 25_200 * (30 * 31 + 435 * 575)
    assert (expected.drawn.low, expected.drawn.high) == (126_000, 252_000)


def test_no_more_plans_are_expected_than_there_can_be() -> None:
    config = TaxonomyPlansConfig(plans_per_subject=1000)
    expected = expected_plans(config, disciplines=1, subjects=(1, 1), sessions=(1, 1))
    assert (expected.drawn.low, expected.drawn.high) == (31, 31)


# What never moves a plan


@settings(deadline=None)
@given(COUNTS, st.floats(0, 1), st.integers(0, 60), st.integers(0, 60))
def test_any_stretch_is_the_same_as_in_the_whole(
    counts: list[int], share: float, first: int, count: int
) -> None:
    config = TaxonomyPlansConfig(two_session_share=share)
    syllabus = syllabus_of(counts)
    whole = draw_plans(syllabus, config, 0, EVERYTHING)
    assert draw_plans(syllabus, config, first, count) == whole[first : first + count]


@settings(max_examples=30, deadline=None)
@given(st.lists(COUNTS, min_size=1, max_size=5), st.integers(0, 40))
def test_other_subjects_change_nothing(subjects: list[list[int]], first: int) -> None:
    syllabuses = [syllabus_of(counts, str(n)) for n, counts in enumerate(subjects)]
    together = TaxonomyPlans(syllabuses, DEFAULTS).draw(first, 16)
    apart = [plan for one in syllabuses for plan in draw_plans(one, DEFAULTS, first, 16)]
    assert together == apart


def test_slices_hold_each_plan_once_up_to_the_number_asked_for() -> None:
    syllabuses = [syllabus_of([5] * 8, "algebra"), syllabus_of([1], "nothing much")]
    config = TaxonomyPlansConfig(plans_per_subject=40)
    plans = [
        p for n in range(slice_count(config)) for p in TaxonomyPlans(syllabuses, config).slice(n)
    ]
    by_subject = Counter(plan.subject_id for plan in plans)
    assert by_subject == {"subject algebra": 40, "subject nothing much": 1}
    assert len({plan.id for plan in plans}) == 41


def test_more_plans_a_subject_leave_the_earlier_ones() -> None:
    few, many = (TaxonomyPlansConfig(plans_per_subject=count) for count in (10, 16))
    syllabus = syllabus_of([5] * 8)
    assert TaxonomyPlans([syllabus], many).slice(0)[:10] == TaxonomyPlans([syllabus], few).slice(0)


def test_another_seed_or_syllabus_draws_other_plans() -> None:
    def drawn(config: TaxonomyPlansConfig, name: str) -> list[object]:
        return [combination(p) for p in draw_plans(syllabus_of([5] * 8, name), config, 0, 10)]

    assert drawn(DEFAULTS, "algebra") != drawn(TaxonomyPlansConfig(seed=1), "algebra")
    assert drawn(DEFAULTS, "algebra") != drawn(DEFAULTS, "geometry")


def test_plans_are_the_same_in_any_process_and_any_release() -> None:
    here = draw_plans(syllabus_of([5, 3, 0, 7] * 3), DEFAULTS, 5, 99)
    program = (
        "import importlib.util, sys\n"
        f"spec = importlib.util.spec_from_file_location('module', {str(Path(__file__))!r})\n"
        "module = sys.modules['module'] = importlib.util.module_from_spec(spec)\n"
        "spec.loader.exec_module(module)\n"
        "plans = module.draw_plans(module.syllabus_of([5, 3, 0, 7] * 3), module.DEFAULTS, 5, 99)\n"
        "print(module.digest([plan.model_dump() for plan in plans]))"
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
    names = [[concept.name.split()[1] for concept in plan.concepts] for plan in here[:4]]
    assert names == [
        ["0.1", "0.2", "0.4", "4.3", "4.4"],
        ["7.0", "7.3"],
        ["3.0", "3.4", "9.1", "9.2"],
        ["8.0", "8.1", "8.2", "8.4"],
    ]


# What an id follows


def test_id_follows_what_the_question_is_about_and_neither_seed_nor_number() -> None:
    syllabus = syllabus_of([1])
    same = TaxonomyPlansConfig(difficulties=("easy",), forms=("a proof",))
    [plan] = draw_plans(syllabus, same, 0, 9)
    [again] = draw_plans(syllabus, same.model_copy(update={"seed": 5}), 0, 9)
    assert again.id == plan.id
    for change in ({"difficulties": ("hard",)}, {"forms": ("an essay",)}):
        [other] = draw_plans(syllabus, same.model_copy(update=change), 0, 9)
        assert other.id != plan.id
    [elsewhere] = draw_plans(syllabus_of([1], "geometry"), same, 0, 9)
    assert elsewhere.id != plan.id


# How even the draw is


def test_no_session_comes_again_before_all_have_come() -> None:
    config = TaxonomyPlansConfig(two_session_share=0)
    plans = draw_plans(syllabus_of([3, 5, 0, 1, 7]), config, 0, EVERYTHING)
    assert {plan.sessions[0] for plan in plans[:4]} == {0, 1, 3, 4}
    assert {plan.sessions[0] for plan in plans[4:7]} == {0, 1, 4}


@pytest.mark.parametrize("sessions", [2, 7, 8])
def test_pairs_bring_every_session_before_one_comes_again(sessions: int) -> None:
    config = TaxonomyPlansConfig(two_session_share=1)
    plans = draw_plans(syllabus_of([5] * sessions), config, 0, sessions * (sessions - 1))
    pairs = [tuple(plan.sessions) for plan in plans]
    half, once = sessions // 2, sessions * (sessions - 1) // 2
    for start in range(0, once, half):
        assert (
            len({session for pair in pairs[start : start + half] for session in pair}) == 2 * half
        )
    assert set(pairs[:once]) == set(pairs[once:]) == set(combinations(range(sessions), 2))


def test_share_of_two_sessions_is_kept_at_every_length() -> None:
    config = TaxonomyPlansConfig(two_session_share=0.3)
    plans = draw_plans(syllabus_of([5] * 20), config, 0, 200)
    for length in range(1, 201):
        of_two = sum(plan.strategy == "two_sessions" for plan in plans[:length])
        assert abs(of_two - 0.3 * length) < 1


def test_numbers_of_concepts_are_equally_frequent_while_they_last() -> None:
    config = TaxonomyPlansConfig(two_session_share=0)
    plans = draw_plans(syllabus_of([6]), config, 0, 63)
    sizes = [len(plan.concepts) for plan in plans]
    assert sorted(sizes[:5]) == [1, 2, 3, 4, 5]
    assert Counter(sizes[:30]) == dict.fromkeys(range(1, 6), 6)
    assert Counter(sizes) == {1: 6, 2: 15, 3: 20, 4: 15, 5: 6}


def test_concepts_of_a_size_are_equally_likely() -> None:
    config = TaxonomyPlansConfig(two_session_share=1, max_concepts=3)
    syllabuses = [syllabus_of([2, 3], str(n)) for n in range(4000)]
    first = Counter(
        tuple(concept.name for concept in plan.concepts)
        for plan in TaxonomyPlans(syllabuses, config).draw(0, 1)
    )
    by_size = {size: [n for names, n in first.items() if len(names) == size] for size in (2, 3)}
    assert [len(counts) for counts in by_size.values()] == [6, 9]
    for counts in by_size.values():
        mean = 2000 / len(counts)
        assert all(abs(count - mean) < 5 * mean**0.5 for count in counts)


def test_difficulties_and_forms_come_in_turn() -> None:
    plans = draw_plans(syllabus_of([5] * 20), DEFAULTS, 0, 90)
    for start in range(0, 90, 3):
        chosen = [plan.difficulty for plan in plans[start : start + 3]]
        assert sorted(chosen) == sorted(DEFAULTS.difficulties)
    for start in range(0, 90, 6):
        chosen = [plan.form for plan in plans[start : start + 6]]
        assert sorted(chosen) == sorted(DEFAULTS.forms)
    assert len({(plan.difficulty, plan.form) for plan in plans}) == 18


# Odd syllabuses


@pytest.mark.parametrize("counts", [[], [0], [0, 0, 0]])
def test_nothing_to_teach_gives_no_plan(counts: list[int]) -> None:
    assert draw_plans(syllabus_of(counts), DEFAULTS, 0, 10) == []
    assert possible_plans(syllabus_of(counts), DEFAULTS) == 0


def test_no_syllabus_gives_no_plan() -> None:
    assert TaxonomyPlans([], DEFAULTS).slice(0) == []


def test_concept_named_again_belongs_to_the_session_that_names_it_first() -> None:
    syllabus = syllabus_with([["Vector", " vector ", "VECTOR", ""], ["vector", "Linear  map", " "]])
    drawn = {combination(plan) for plan in draw_plans(syllabus, DEFAULTS, 0, 10)}
    assert drawn == {
        ((0, "Vector"),),
        ((1, "Linear map"),),
        ((0, "Vector"), (1, "Linear map")),
    }


def test_two_hundred_sessions_with_long_lists_are_no_trouble() -> None:
    syllabus = syllabus_of([150] * 200)
    plans = draw_plans(syllabus, TaxonomyPlansConfig(max_concepts=6), 5000, 50)
    assert len({combination(plan) for plan in plans}) == 50
    assert all(int(c.name.partition(".")[2]) < 100 for plan in plans for c in plan.concepts)


def test_phrase_that_stands_twice_is_refused() -> None:
    with pytest.raises(ValidationError, match="stands here twice"):
        TaxonomyPlansConfig(forms=("a proof", "a proof"))
