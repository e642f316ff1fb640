"""Hand-made answers to real items of every benchmark, and what they are worth."""

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


def cases_of(name: str) -> dict[str, dict[str, list[str]]]:
    text = (HERE / f"answers_{name}.yaml").read_text(encoding="utf-8")
    cases: dict[str, dict[str, list[str]]] = yaml.safe_load(text)
    return cases


def count(name: str) -> int:
    return sum(len(answers) for worths in cases_of(name).values() for answers in worths.values())


@pytest.mark.parametrize("name", TEXTUAL)
def test_every_answer_is_worth_what_a_person_says(
    name: str, scorer: AnswerScorer, items_of: dict[str, dict[str, BenchmarkItem]]
) -> None:
    mistakes = []
    for identity, worths in cases_of(name).items():
        item = items_of[name][identity]
        letters = {"right": item.answer, "wrong": "ABCD"["ABCD".find(item.answer) - 1]}
        for worth, answers in worths.items():
            for answer in answers:
                if name == "gpqa":
                    answer = answer.format(**letters)
                verdict = scorer.score(BENCHMARKS[name], item, answer)
                found = (
                    "right"
                    if verdict.correct
                    else "unparseable"
                    if verdict.unparseable
                    else "wrong"
                )
                if found != worth:
                    mistakes.append(f"{identity} ({item.answer}): {answer!r} is {worth}: {verdict}")
    assert not mistakes, "\n".join(mistakes)


def test_there_are_cases_for_every_benchmark_that_is_not_code() -> None:
    code = {"mbpp", "humaneval"}
    assert set(TEXTUAL) == set(get_args(BenchmarkName)) - code
    assert sum(map(count, TEXTUAL)) >= 200
