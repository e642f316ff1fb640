from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from gleanery.tasks import answer_checks

CASES = yaml.safe_load((Path(__file__).parent / "answer_check_cases.yaml").read_text())


def cases(kind: str) -> list[tuple[Callable[[str], str | None], str]]:
    return [
        (getattr(answer_checks, name), text)
        for name, texts in CASES.items()
        for text in texts[kind]
    ]


@pytest.mark.parametrize(("check", "text"), cases("caught"))
def test_telling_words_are_caught(check: Callable[[str], str | None], text: str) -> None:
    assert check(text)


@pytest.mark.parametrize(("check", "text"), cases("honest"))
def test_honest_answer_that_looks_alike_passes(
    check: Callable[[str], str | None], text: str
) -> None:
    assert check(text) is None


@pytest.mark.parametrize("check", [getattr(answer_checks, name) for name in CASES])
def test_honest_answers_of_all_kinds_pass_every_check(check: Callable[[str], str | None]) -> None:
    texts = [text for case in CASES.values() for text in case["honest"]]
    assert [text for text in texts if check(text)] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "  \n",
        "...",
        "…",
        "—",
        "**",
        "N/A",
        "n/a",
        "[answer]",
        "(your answer here)",
        "TBD",
        "See above.",
    ],
)
def test_placeholder_is_empty(text: str) -> None:
    assert answer_checks.empty(text)


@pytest.mark.parametrize(
    "text",
    [
        "0",
        "5",
        "No",
        "None",
        "null",
        "$\\emptyset$",
        "[]",
        "{}",
        "B",
        "水",
        "x",
        "π",
        "Answer: 5",
        "()",
    ],
)
def test_shortest_answers_are_not_empty(text: str) -> None:
    assert answer_checks.empty(text) is None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the capital of France?", "What is the capital of France?"),
        ("What is the capital of France?", "what is the capital of france"),
        ("Solve $x^2 - 5x + 6 = 0$.", "**Solve** $x^2 - 5x + 6 = 0$"),
        ("Explain how a diode works.", "Question: Explain how a diode works."),
        ("Explain how a diode works.", "Explain how a diode works. Explain how a diode works."),
        (
            "Find the area of a circle of radius 3.",
            "Answer: Find the area of a circle of radius 3.",
        ),
        (
            "Hi! Define the mole in chemistry.",
            "Define the mole in chemistry.",
        ),
        ("State Newton's second law of motion.", "State Newton's second law of motion. Answer:"),
    ],
)
def test_answer_that_only_repeats_the_question_is_an_echo(question: str, answer: str) -> None:
    assert answer_checks.echo(question, answer)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("What is the capital of France?", "The capital of France is Paris."),
        ("What is the capital of France?", "What is the capital of France? It is Paris."),
        ("Which is larger, 3/4 or 2/3?", "3/4"),
        ("Is the sum of two odd numbers even?", "The sum of two odd numbers is even."),
        ("True or false: the derivative of sin x is cos x.", "The derivative of sin x is cos x."),
        ("Which of these is a mammal: shark, whale, trout?", "whale"),
        ("Prove that the square root of 2 is irrational.", "Suppose the square root of 2 is p/q."),
        ("Spell it: cat", "cat"),
        ("What does print('a b c d') print?", "a b c d"),
        ("What is 2 + 2?", "2 + 2 = 4"),
        ("为什么天空是蓝色的?", "因为瑞利散射。"),
        ("Put in order: dog the bites man the", "The dog bites the man"),
    ],
)
def test_answer_in_the_questions_words_is_no_echo(question: str, answer: str) -> None:
    assert answer_checks.echo(question, answer) is None
