"""The checks on 16,186 real question-answer pairs: silent on the pairs, loud on altered ones."""

import gzip
import json
import random
import re
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from gleanery.tasks import answer_checks
from gleanery.tasks.final_answers import final_number, option_letter
from gleanery.tasks.refinement.ask import RefinementConfig
from gleanery.tasks.refinement.same_answer import changed_answer
from gleanery.tasks.refinement.same_question import changed_question

NUMBER = re.compile(r"(?<![\w.,^_{\\])\d+(?:\.\d+)?(?![\w},.)\]])")
OVERLAP = RefinementConfig().min_question_overlap
Pair = tuple[str, str]


@pytest.fixture(scope="module")
def pairs(shared_data: Path) -> list[Pair]:
    with gzip.open(shared_data / "recall_seed" / "positives_pairs.jsonl.gz", "rt") as lines:
        found = [(row["question"], row["answer"]) for row in map(json.loads, lines)]
    random.Random(7).shuffle(found)
    return found[:4_000]


def share(results: Iterable[object]) -> float:
    found = [bool(result) for result in results]
    assert len(found) >= 40
    return sum(found) / len(found)


def altered(text: str, match: re.Match[str], draw: random.Random) -> str:
    step = draw.choice([1, 2, 7, 10])
    number = f"{float(match[0]) + step:.2f}" if "." in match[0] else str(int(match[0]) + step)
    return text[: match.start()] + number + text[match.end() :]


@pytest.mark.parametrize(
    "check", [answer_checks.refusal, answer_checks.meta_preamble, answer_checks.meta_comment]
)
def test_answers_that_people_wrote_are_seldom_taken_for_a_models_talk(
    pairs: list[Pair], check: Callable[[str], str | None]
) -> None:
    assert share(check(answer) for _, answer in pairs) < 0.001


def test_answers_that_people_wrote_are_no_echoes_and_not_empty(pairs: list[Pair]) -> None:
    assert share(answer_checks.echo(question, answer) for question, answer in pairs) < 0.001
    assert share(answer_checks.empty(answer) for _, answer in pairs) == 0


def test_no_pair_differs_from_itself(pairs: list[Pair]) -> None:
    assert share(changed_question(question, question, "", OVERLAP) for question, _ in pairs) == 0
    assert share(changed_answer(answer, answer) for _, answer in pairs) == 0


def test_question_whose_numbers_became_formulas_is_the_same(pairs: list[Pair]) -> None:
    rewritten = [
        (question, NUMBER.sub(lambda match: f"$\\,{match[0]}\\,$", question))
        for question, _ in pairs
        if "$" not in question
    ]
    assert share(changed_question(*both, "", OVERLAP) for both in rewritten) < 0.01


def test_altered_number_in_a_question_is_caught(pairs: list[Pair]) -> None:
    draw = random.Random(8)
    found = []
    for question, _ in pairs:
        matches = list(NUMBER.finditer(question))
        if matches:
            changed = altered(question, draw.choice(matches), draw)
            found.append(changed_question(question, changed, "", OVERLAP))
    assert share(found) > 0.95  # the rest alters one number into another that was there already


def test_question_of_another_pair_is_caught(pairs: list[Pair]) -> None:
    others = [question for question, _ in pairs[1:]]
    found = [
        changed_question(pair[0], other, "", OVERLAP)
        for pair, other in zip(pairs, others, strict=False)
    ]
    assert share(found) > 0.97  # the rest is "Simplify." and its like


def test_altered_result_is_caught_and_the_same_result_with_steps_is_not(pairs: list[Pair]) -> None:
    draw = random.Random(9)
    steps = "We work it out step by step, as $1 + 1 = 2$. The answer is "
    wrong, right = [], []
    for _, answer in pairs:
        matches = list(NUMBER.finditer(answer))
        if len(answer) <= 60 and final_number(answer) and len(matches) == 1:
            wrong.append(changed_answer(answer, steps + altered(answer, matches[0], draw)))
            right.append(changed_answer(answer, steps + answer))
    assert share(wrong) > 0.98
    assert share(right) == 0


def test_other_option_is_caught(pairs: list[Pair]) -> None:
    letters = [
        (answer, letter)
        for _, answer in pairs
        if len(answer) < 5 and (letter := option_letter(answer))
    ]
    others = [
        changed_answer(answer, f"Only one fits. The answer is ({other}).")
        for answer, letter in letters
        for other in "ABCDE"
        if other != letter
    ]
    assert share(others) == 1
    assert share(changed_answer(answer, f"Answer: {letter}") for answer, letter in letters) == 0
