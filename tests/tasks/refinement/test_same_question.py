from pathlib import Path

import pytest
import yaml

from gleanery.tasks.refinement.ask import RefinementConfig
from gleanery.tasks.refinement.same_question import changed_question

CASES = yaml.safe_load((Path(__file__).parent / "same_question_cases.yaml").read_text())
TEXTS = [text for kind in CASES for pair in CASES[kind] for text in pair]
OVERLAP = RefinementConfig().min_question_overlap


@pytest.mark.parametrize(("original", "rewritten"), CASES["changed"])
def test_question_that_asks_something_else_is_caught(original: str, rewritten: str) -> None:
    assert changed_question(original, rewritten, "", OVERLAP)


@pytest.mark.parametrize(("original", "rewritten"), CASES["same"])
def test_rewrite_that_asks_the_same_passes(original: str, rewritten: str) -> None:
    assert changed_question(original, rewritten, "", OVERLAP) is None


@pytest.mark.parametrize("question", TEXTS)
def test_question_is_the_same_as_itself(question: str) -> None:
    assert changed_question(question, question, question, OVERLAP) is None


def test_number_from_the_page_may_be_added_and_one_from_nowhere_not() -> None:
    original = "How long does the ball fall?"
    page = "A ball is dropped from a height of 45 m. 7. How long does the ball fall?"
    honest = "A ball is dropped from a height of $45\\,\\mathrm{m}$. How long does it fall?"
    invented = "A ball is dropped from a height of $80\\,\\mathrm{m}$. How long does it fall?"

    assert changed_question(original, honest, page, OVERLAP) is None
    assert changed_question(original, invented, page, OVERLAP) == "added the number 80"
