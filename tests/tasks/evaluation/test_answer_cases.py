"""Hand-made answers to real items of every benchmark, and what they are worth."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest
import yaml

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BENCHMARKS, BenchmarkName
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_items import exact_comparer
from gleanery.tasks.evaluation.scoring import AnswerScorer

HERE = Path(__file__).parent
FILES = {
    "gsm8k": "gsm8k_test.jsonl",
    "math": "math_test.jsonl",
    "theoremqa": "theoremqa.jsonl",
    "mmlu_stem": "mmlu_stem.jsonl",
    "arc_challenge": "arc_challenge.jsonl",
    "bbh": "bbh.jsonl",
}
TEXTUAL = (*FILES, "gpqa")


@pytest.fixture(scope="module")
def scorer() -> Iterator[AnswerScorer]:
    with exact_comparer(EvaluationConfig()) as comparer:
        yield AnswerScorer(comparer)


@pytest.fixture(scope="module")
def items_of(shared_data: Path) -> dict[str, dict[str, BenchmarkItem]]:
    paths = {name: shared_data / "benchmarks" / file for name, file in FILES.items()}
    paths["gpqa"] = HERE / "gpqa_items.jsonl"
    return {
        name: {item.id: item for item in read_items(BenchmarkSource(path=str(path)))}
        for name, path in paths.items()
    }


Cases = dict[str, dict[str, list[str]]]


def cases_of(name: str, held_out: bool = False) -> Cases:
    file = HERE / ("answers_held_out.yaml" if held_out else f"answers_{name}.yaml")
    cases = yaml.safe_load(file.read_text(encoding="utf-8"))
    found: Cases = cases[name] if held_out else cases
    return found


def mistakes(name: str, cases: Cases, items: dict[str, BenchmarkItem], scorer: AnswerScorer) -> str:
    """Return the answers that are not worth what a person says, one a line.

    In questions with options {right} and {wrong} stand for the right letter and a wrong one.
    """
    found = []
    for identity, worths in cases.items():
        item = items[identity]
        letters = {"right": item.answer, "wrong": "ABCD"["ABCD".find(item.answer) - 1]}
        for worth, answers in worths.items():
            for answer in answers:
                text = answer
                for slot, letter in letters.items():
                    text = text.replace(f"{{{slot}}}", letter)
                verdict = scorer.score(BENCHMARKS[name], item, text)
                judged = "unparseable" if verdict.unparseable else "wrong"
                judged = "right" if verdict.correct else judged
                if judged != worth:
                    found.append(f"{identity} ({item.answer}): {text!r} is {worth}: {verdict}")
    return "\n".join(found)


@pytest.mark.parametrize("name", TEXTUAL)
def test_every_answer_is_worth_what_a_person_says(
    name: str, scorer: AnswerScorer, items_of: dict[str, dict[str, BenchmarkItem]]
) -> None:
    assert not (found := mistakes(name, cases_of(name), items_of[name], scorer)), found


@pytest.mark.parametrize("name", FILES)
def test_answers_that_no_rule_was_made_for_are_worth_what_a_person_says(
    name: str, scorer: AnswerScorer, items_of: dict[str, dict[str, BenchmarkItem]]
) -> None:
    cases = cases_of(name, held_out=True)
    assert not (found := mistakes(name, cases, items_of[name], scorer)), found


def test_there_are_hundreds_of_cases_over_all_benchmarks_that_are_not_code() -> None:
    code = {"mbpp", "humaneval"}
    assert set(TEXTUAL) == set(get_args(BenchmarkName)) - code
    counts = [sum(map(len, worths.values())) for n in TEXTUAL for worths in cases_of(n).values()]
    assert sum(counts) >= 400


HOSTILE = {
    "statements": "The answer is 1. " * 2000,
    "no end of a statement": "The answer is " * 3000,
    "brackets": "The answer is " + "(" * 7000,
    "boxes": "\\boxed{" * 1500,
    "digits": "The answer is " + "1" * 7900,
    "lines": "\n" * 8000 + "x",
    "Chinese": "答案是" * 2600,
    "fractions": "The answer is $" + "\\frac{1}{" * 800 + "2" + "}" * 800 + "$",
    "tower": "The answer is $9^{9^{9^{9}}}$.",
    "power": "The answer is 10^{999999999}.",
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_no_answer_keeps_the_scoring_busy_or_breaks_it(
    kind: str, scorer: AnswerScorer, items_of: dict[str, dict[str, BenchmarkItem]]
) -> None:
    started = time.process_time()
    for name, items in items_of.items():
        verdict = scorer.score(BENCHMARKS[name], next(iter(items.values())), HOSTILE[kind])
        assert not verdict.correct
        assert "scoring broke" not in verdict.detail
    assert time.process_time() - started < 10
