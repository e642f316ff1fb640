import pytest

from gleanery.tasks.final_answers import final_answer, majority, same_quantity, values_in
from gleanery.tasks.quantities import Quantity


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["So the answer is 42.", "Thus x = 42", "The answer is 41."], (0, 2 / 3)),
        (["The answer is 41.", "The answer is 42.", r"\boxed{42}"], (1, 2 / 3)),
        (["The answer is (B).", "Answer: B", "The correct option is B."], (0, 1.0)),
        (["Yes, because it is even.", "No.", "Yes."], (0, 2 / 3)),
        (["The answer is 0.5", r"It is $\boxed{\frac{1}{2}}$", "It depends."], (0, 2 / 3)),
        (["The answer is 3 kg.", "The answer is 3 m.", "The answer is 3 m."], (1, 2 / 3)),
        (["The answer is 1.", "The answer is 2."], (0, 1 / 2)),
    ],
)
def test_answer_that_most_arrive_at_is_chosen(
    answers: list[str], expected: tuple[int, float]
) -> None:
    assert majority(answers) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "agreed"),
    [
        ("How many of the hundred lamps are out?", (0, 1 / 2)),
        ("What percentage of the lamps is out?", (0, 1.0)),
        ("By how many per cent has it grown?", (0, 1.0)),
        ("What is the probability in %?", (0, 1.0)),
    ],
)
def test_5_percent_is_a_bare_5_only_where_percent_is_asked_for(
    question: str, agreed: tuple[int, float]
) -> None:
    assert majority(["The answer is 5 %.", "The answer is 5."], question) == agreed
    assert majority([r"\boxed{5}", r"\boxed{5\%}"], question) == agreed


def test_5_percent_is_0_05_whatever_is_asked_for() -> None:
    for question in ("", "How likely is it?", "How likely is it, in per cent?"):
        assert majority(["The answer is 5%.", "The answer is 0.05."], question) == (0, 1.0)
        assert majority(["The answer is 5%.", "The answer is 0.06."], question) == (0, 1 / 2)


@pytest.mark.parametrize(
    "answers",
    [
        ["Roots take up water, and stems carry it.", "Stems carry what roots take up."],
        ["The answer is 42.", "It depends on the soil.", "Nobody knows."],
        [],
    ],
)
def test_answers_without_a_result_cannot_be_checked(answers: list[str]) -> None:
    assert majority(answers) is None


def test_number_keeps_its_unit_and_letters_stay_letters() -> None:
    number = final_answer("The answer is 3 metres.")
    assert isinstance(number, Quantity)
    assert number.unit == "m"
    assert final_answer("The correct option is C.") == "C"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("17.5", "17.6", False),
        ("3.14159", "3.14160", False),
        ("3.14", "3.14159", True),
        ("0.667", "0.66", False),
        ("2/3", "0.66", True),
        ("2/3", "0.67", True),
        ("150", "151", False),
    ],
)
def test_a_value_is_another_one_rounded_but_not_its_neighbour(
    one: str, other: str, same: bool
) -> None:
    [first], [second] = values_in(one), values_in(other)
    assert same_quantity(first, second) is same
    assert same_quantity(second, first) is same
