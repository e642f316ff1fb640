from pathlib import Path

import pytest
import yaml

from gleanery.tasks.final_answers import final_number, option_letter
from gleanery.tasks.refinement.same_answer import changed_answer

CASES = yaml.safe_load((Path(__file__).parent / "same_answer_cases.yaml").read_text())
TEXTS = [text for kind in CASES for pair in CASES[kind] for text in pair]


@pytest.mark.parametrize(("original", "rewritten"), CASES["changed"])
def test_other_result_is_caught(original: str, rewritten: str) -> None:
    assert changed_answer(original, rewritten)


@pytest.mark.parametrize(("original", "rewritten"), CASES["same"])
def test_same_result_passes(original: str, rewritten: str) -> None:
    assert changed_answer(original, rewritten) is None


@pytest.mark.parametrize("answer", TEXTS)
def test_answer_is_the_same_as_itself(answer: str) -> None:
    assert changed_answer(answer, answer) is None


@pytest.mark.parametrize(
    "answer", ["x = 2 or x = 3", "2\\pi", "", "...", "a. 5\nb. 7", "see 3 and 4", "x^2"]
)
def test_doubtful_results_are_not_numbers(answer: str) -> None:
    assert final_number(answer) is None


@pytest.mark.parametrize(
    "answer", ["A) 5 B) 6", "Vitamin C", "A force", "E = mc^2", "Carbon", "a cat"]
)
def test_letters_that_choose_nothing_are_no_options(answer: str) -> None:
    assert option_letter(answer) is None
