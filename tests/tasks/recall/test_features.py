"""A page's structure is read from how its lines begin and end."""

import math

import pytest

from gleanery.tasks.recall.features import FEATURES, structure

NAMES = [name for name, _ in FEATURES]


def _count(name: str, text: str) -> int:
    return round(math.expm1(structure(text.lower())[NAMES.index(name)]))


@pytest.mark.parametrize(
    "line",
    ["Exercise 3", "4.7.2. Exercise 2#", "Problem: find the root", "Challenge", "Practice problems",
     "Check your understanding", "  • Question 4", "Test your knowledge", "Homework"],
)  # fmt: skip
def test_exercise_headings_are_counted(line: str) -> None:
    assert _count("exercises", f"Some prose.\n{line}\nMore prose.") == 1


@pytest.mark.parametrize(
    "line",
    ["Solution", "Show me the solution", "Answer: 42", "A: because it is", "Answer key",
     "Sample solution", "Hint", "3. Answer"],
)  # fmt: skip
def test_solution_headings_are_counted(line: str) -> None:
    assert _count("solutions", f"Some prose.\n{line}\nMore prose.") == 1


@pytest.mark.parametrize(
    "line",
    ["Problems of the steel industry grow", "Exercise makes you happy", "Solutions for your team",
     "The best answer to winter is a warm coat, says the designer of the year", "Try it today"],
)  # fmt: skip
def test_sentences_that_begin_like_headings_are_not_counted(line: str) -> None:
    assert _count("exercises", line) == 0
    assert _count("solutions", line) == 0


def test_a_thread_shows_in_its_replies() -> None:
    text = "How do I?\n\nAdd a comment\n\n2 Answers\n\nShare\n\nanswered Jun 3\n\nBest Answer"
    assert _count("replies", text) >= 4
    assert _count("questions", text) == 1


def test_solutions_without_questions_answer_nothing() -> None:
    assert _count("answered", "Solution\nSolution\nSolution") == 0
    assert _count("answered", "Exercise 1\nSolution\nSolution\nWhat is it?") == 2


def test_choices_and_numbers_are_told_apart() -> None:
    text = "1. Which?\n  a) one\n  b) two\n2. Where?\nc. three"
    assert (_count("choices", text), _count("numbered", text)) == (3, 2)


def test_an_empty_page_has_no_structure() -> None:
    assert structure("") == [0.0] * len(FEATURES)
