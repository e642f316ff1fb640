"""What the experiment on data quality learns and how it counts, before any model is trained."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from data_quality_arms import REFINED_ARMS, arms, order, split_examples, split_refined
from data_quality_shirkers import KINDS, plant_shirkers
from data_quality_statistics import first_token, over_seeds, per_token
from training_examples import WorkedExample, made_up

from gleanery.tasks.shirking import shirks


@pytest.fixture(scope="module")
def examples(shared_data: Path) -> list[WorkedExample]:
    return split_examples(shared_data)[0][:250]


def test_a_fifth_of_the_answers_shirks_and_every_question_stays(
    examples: list[WorkedExample],
) -> None:
    mixed, kinds = plant_shirkers(examples, seed=1)
    assert [question for question, _ in mixed] == [one.question for one in examples]
    changed = {place for place, one in enumerate(examples) if mixed[place][1] != one.answer}
    assert changed == set(kinds)
    assert len(kinds) == 50
    assert {kind: list(kinds.values()).count(kind) for kind in KINDS} == dict.fromkeys(KINDS, 10)
    assert plant_shirkers(examples, seed=1) == (mixed, kinds)
    assert plant_shirkers(examples, seed=2)[1] != kinds


def test_a_bare_result_and_the_last_step_say_nothing_new(examples: list[WorkedExample]) -> None:
    mixed, kinds = plant_shirkers(examples)
    for place, kind in kinds.items():
        answer, good = mixed[place][1], examples[place].answer
        if kind == "brief":
            assert answer in good.splitlines()
        if kind == "result":
            assert answer.replace("The answer is ", "").replace("Answer: ", "").rstrip(".") == (
                examples[place].result
            )


def test_what_is_left_out_leaves_its_place_empty(examples: list[WorkedExample]) -> None:
    chosen, told = arms(examples, 0)
    mixed, kinds = plant_shirkers(examples, 0)
    assert chosen["shirkers"] == mixed
    assert chosen["dropped"] == [
        None if place in kinds else pair for place, pair in enumerate(mixed)
    ]
    assert chosen["filtered"] == [None if shirks(*pair) else pair for pair in mixed]
    assert chosen["filtered"].count(None) == told.found + told.lost
    assert told.planted == sum(planted for planted, _ in told.by_kind.values()) == 50
    assert told.good == 200
    assert told.recall > 0.75  # all but the last steps, which look like short good answers
    assert told.precision > 0.8


def test_shirkers_are_spread_over_the_steps_of_their_own_seed(
    examples: list[WorkedExample],
) -> None:
    for seed in range(5):
        _, kinds = plant_shirkers(examples, seed)
        steps = order(len(examples), steps=25, batch=10, seed=seed)
        assert sorted(place for step in steps for place in step) == [*range(250)]  # one pass
        early = sum(place in kinds for step in steps[:12] for place in step)
        assert 15 <= early <= 33  # of 50: about half
    assert order(10, steps=6, batch=4, seed=1)[:2] == order(10, steps=2, batch=4, seed=1)


def test_both_arms_of_refined_pairs_learn_the_same_pairs_and_none_that_is_held_out() -> None:
    pairs = [((f"q{n}", f"raw {n}"), (f"q{n}", f"refined {n}")) for n in range(9)]
    learnt, held_out = split_refined(pairs, seed=3)
    raw, refined = REFINED_ARMS
    questions = [question for question, _ in learnt[raw]]
    assert questions == [question for question, _ in learnt[refined]]
    assert {answer.split()[0] for _, answer in learnt[raw]} == {"raw"}
    assert (len(learnt[raw]), len(held_out[raw])) == (6, 3)
    assert not {*questions} & {question for question, _ in held_out[refined]}


def test_losses_are_counted_by_token_and_differences_by_seed() -> None:
    losses = [[10.0, 3.0, 10], [60.0, 2.0, 30]]
    assert per_token(losses) == pytest.approx(70 / 40)
    assert first_token(losses) == pytest.approx(2.5)
    interval = over_seeds([1.0, 2.0, 3.0])
    assert interval.estimate == 2.0
    assert interval.high - 2.0 == pytest.approx(4.303 / 3**0.5, abs=1e-3)  # Student's t, 2 degrees
    with pytest.raises(ValueError, match="two seeds"):
        over_seeds([1.0])


def test_made_up_sums_come_out(examples: list[WorkedExample]) -> None:
    for one in (*made_up(20), *examples[:20]):
        assert one.answer.endswith(f"\nThe answer is {one.result}.")
    last_step = made_up(1)[0].answer.splitlines()[-2]
    sum_, result = last_step.split(", and ")[1].removesuffix(" are left.").split(" = ")
    larger, less = sum_.split(" - ")
    assert int(larger) - int(less) == int(result) == int(made_up(1)[0].result)
