"""The solved examples of the prompts."""

from pathlib import Path

import pytest

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BENCHMARKS, BenchmarkConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.exemplars import read_exemplars
from gleanery.tasks.evaluation.prompts import answer_text
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_items import exact_comparer
from gleanery.tasks.evaluation.scoring import AnswerScorer

OWN = ("math", "theoremqa", "mmlu_stem", "gpqa", "arc_challenge")


def own(name: str) -> list[BenchmarkItem]:
    return read_exemplars(BenchmarkConfig(name=name), 0)[""]


@pytest.mark.parametrize("name", OWN)
def test_our_examples_answer_in_the_form_that_is_read(name: str) -> None:
    with exact_comparer(EvaluationConfig()) as comparer:
        for item in own(name):
            assert item.solution
            typed = item
            if name == "theoremqa":
                kinds = {"True": "bool", "15": "integer", "444.50": "float", "(b)": "option"}
                kind = kinds.get(item.answer, "list of integer")
                typed = item.model_copy(update={"answer_type": kind})
            text = answer_text(item, BENCHMARKS[name])
            assert AnswerScorer(comparer).score(BENCHMARKS[name], typed, text).correct, text


def test_our_examples_are_no_items_of_any_benchmark(shared_data: Path) -> None:
    def words(text: str) -> str:
        return " ".join(text.casefold().split())

    known: set[str] = set()
    for file in (shared_data / "benchmarks").glob("*.jsonl"):
        if not file.stem.startswith(("alpaca", "arena", "mt_", "bbh_cot", "math_train")):
            known |= {words(item.question) for item in read_items(BenchmarkSource(path=str(file)))}
    assert len(known) > 20_000
    assert [
        item.question for name in OWN for item in own(name) if words(item.question) in known
    ] == []


@pytest.mark.parametrize("name", ["mmlu_stem", "gpqa", "arc_challenge"])
def test_our_examples_favour_no_letter(name: str) -> None:
    letters = [item.answer for item in own(name)]
    assert set(letters) == set("ABCD")
    assert max(map(letters.count, letters)) <= 2


def test_examples_of_a_train_split_follow_the_seed_and_no_other_item(shared_data: Path) -> None:
    path = str(shared_data / "benchmarks" / "gsm8k_train.jsonl")

    def drawn(seed: int, first: int = 0) -> list[str]:
        source = BenchmarkSource(path=path, first=first)
        examples = read_exemplars(BenchmarkConfig(name="gsm8k", exemplars=source), seed)[""]
        assert all("<<" not in item.solution and "####" not in item.solution for item in examples)
        return [item.id for item in examples]

    assert len(set(drawn(1))) == 4
    assert drawn(1) == drawn(1)
    assert drawn(1) != drawn(2)


def test_bbh_shows_three_examples_of_each_task_that_end_as_asked() -> None:
    examples = read_exemplars(BenchmarkConfig(name="bbh"), 0)
    assert len(examples) == 27
    for items in examples.values():
        assert len(items) == 3
        for item in items:
            text = answer_text(item, BENCHMARKS["bbh"])
            assert text.endswith(f"The answer is {item.answer}.")
            assert "So the answer is" not in text


def test_too_few_examples_are_an_error_that_says_what_to_do(shared_data: Path) -> None:
    # This copy of MATH's train split has no worked solutions.
    path = str(shared_data / "benchmarks" / "math_train.jsonl")
    config = BenchmarkConfig(name="math", exemplars=BenchmarkSource(path=path, first=50))
    with pytest.raises(ValueError, match="has 0 that can be used: set fewer `shots`, or"):
        read_exemplars(config, 0)
    with pytest.raises(ValueError, match="this package has 5 that can be used"):
        read_exemplars(BenchmarkConfig(name="gpqa", shots=6), 0)


def test_no_question_that_is_asked_is_an_example_of_how_to_answer(shared_data: Path) -> None:
    source = BenchmarkSource(path=str(shared_data / "benchmarks" / "gsm8k_train.jsonl"))
    config = BenchmarkConfig(name="gsm8k", exemplars=source)
    (first, *others) = read_exemplars(config, 1)[""]
    asked = {first.question}
    assert read_exemplars(config, 1, asked=asked)[""][:3] == others
