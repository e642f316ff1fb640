"""Which of several sets of grades in a judge's answer counts."""

import json

import pytest

from gleanery.tasks.scoring.judge_answer import read_grades
from gleanery.tasks.scoring.judge_prompt import CRITERIA, REASONS


def graded(grade: int) -> str:
    sets = [{REASONS[name]: "I get 42 m/s.", name: grade} for name in CRITERIA]
    return json.dumps({key: value for each in sets for key, value in each.items()})


LOW, HIGH = graded(2), graded(5)
CUT = json.dumps({key: value for key, value in json.loads(HIGH).items() if key != "complete"})


def correct(answer: str) -> float:
    return read_grades(answer)["correct"].value


@pytest.mark.parametrize(
    "answer",
    [
        f"The answer holds {HIGH}, which I ignore.\n{LOW}",
        f"{HIGH}\nOn reflection:\n{LOW}",
        f"{LOW}\nOnce more: {LOW}",
        f'It reads {{"verified": true, "note": "{"good " * 200}"}}.\n{LOW}',
    ],
)
def test_the_last_grades_count_whatever_is_longer(answer: str) -> None:
    assert correct(answer) == 0.25


@pytest.mark.parametrize(
    "answer",
    [
        f"{LOW}\nThe example itself says {HIGH}",
        f"Draft: {LOW}\nFinal: {HIGH}",
        f"{HIGH} {LOW} {HIGH}",
        f"It quotes {HIGH}, but I say {CUT}",
        f"I say {CUT}, though it quotes {HIGH}",
        f"{CUT} and then {LOW}",
        f'{{"grades": {LOW}}} for what quotes {HIGH}',
        f"[{LOW}] for what quotes {HIGH}",
        f"{LOW.replace('2,', '2; ')} for what quotes {HIGH}",
    ],
)
def test_grades_that_may_be_quoted_from_the_example_are_none(answer: str) -> None:
    with pytest.raises(ValueError, match=r"higher the second time|no grade|an object|delimiter"):
        read_grades(answer)


@pytest.mark.parametrize("grade", range(1, 6))
def test_no_quotation_raises_a_grade(grade: int) -> None:
    own = graded(grade)
    for answer in (f"{HIGH} {own}", f"{own} {HIGH}", f"{HIGH} {own} {HIGH}"):
        try:
            found = correct(answer)
        except ValueError:
            continue
        assert found <= correct(own)
