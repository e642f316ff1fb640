"""Pairs that point outside themselves are found, and those that only sound so are not."""

import gzip
import json
from pathlib import Path

import pytest

from gleanery.tasks.extraction.checks import (
    echo,
    question_only,
    question_words,
    self_referring,
    too_short,
)


@pytest.mark.parametrize(
    "text",
    [
        "What is the slope of the line? See figure 3.",
        "Find the current in Fig. 2.4a.",
        "As shown in the table above, prices rose. By how much?",
        "What is the resistance of the circuit in the figure?",
        "Compare your result with the one in the previous problem.",
        "Use the result of exercise 4.2 to find the sum.",
        "Use the following graph to find the maximum.",
        "What does the diagram below show?",
        "Refer to the image and name the bones.",
        "Berechne den Strom, siehe Abbildung 2.",
        "Was zeigt die folgende Skizze?",
        "Calculer l'aire de la figure ci-dessous.",
        "Calcula el área de la siguiente figura.",
    ],
)
def test_text_that_points_elsewhere_is_self_referring(text: str) -> None:
    assert self_referring(text, "It is 5.") == "self_referring"
    assert self_referring("What is it?", text) == "self_referring"


@pytest.mark.parametrize(
    "text",
    [
        "Can you figure out why it melts?",
        "Add the figures above 100.",
        "Why does a table with four legs wobble?",
        "Exercise 3: Why does ice float?",
        "Problem 12. Find x.",
        "Sketch the graph of f(x) = x^2 and describe its image under g.",
        "Round 3.1416 to two significant figures.",
        "Read the sign in the picture gallery's door.",
        "Answer the following questions about cells.",
        "Name 3 examples of acids.",
        "Use the following table to find the mean.\nday | rain\n1 | 3\n2 | 5\n3 | 7",
    ],
)
def test_text_that_holds_all_it_needs_is_not(text: str) -> None:
    assert self_referring(text, "It is 5.") == ""


def test_real_pairs_are_seldom_self_referring(shared_data: Path) -> None:
    with gzip.open(shared_data / "recall_seed" / "positives_pairs.jsonl.gz", "rt") as lines:
        pairs = [json.loads(line) for line in lines][::8]
    found = [pair for pair in pairs if self_referring(pair["question"], pair["answer"])]
    assert 0 < len(found) < 0.01 * len(pairs)
    assert sum(bool(echo(pair["question"], pair["answer"])) for pair in pairs) < 0.001 * len(pairs)


def test_missing_short_and_repeated_answers_have_their_reasons() -> None:
    assert question_only(" \n") == "question_only"
    assert question_only("B") == ""
    assert too_short("Why?", "Because.", 8, 1) == "too_short"
    assert too_short("Why is it so?", " ", 8, 1) == "too_short"
    assert too_short("Why is it so?", "B", 8, 1) == ""
    assert echo("What is the capital of Peru?", "What is the capital of Peru?") == "echo"
    assert echo("What is the capital of Peru?", "Lima") == ""


def test_spellings_of_one_question_share_their_words() -> None:
    assert question_words("What is $2 + 2$?") == question_words("what  is 2+2")
    assert question_words("What is 2 + 2?") != question_words("What is 2 - 2?")
