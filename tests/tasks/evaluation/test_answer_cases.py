"""Hand-made answers to real items of every benchmark, and what they are worth."""

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
import yaml

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BENCHMARKS, BenchmarkName
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_items import exact_comparer
from gleanery.tasks.evaluation.scoring import Answer, AnswerScorer
from gleanery.tasks.evaluation.verdicts import UnusableItem

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


def rows_of(file: str) -> Iterator[tuple[str, dict[str, Any], str, bool]]:
    """Yield benchmark, row, answer and whether it is right; a row has one answer, or lists."""
    cases = yaml.safe_load((HERE / file).read_text(encoding="utf-8"))
    for name, rows in cases.items():
        for row in rows:
            if "answer" in row:
                yield name, row, row["answer"], row["right"]
                continue
            for right in (True, False):
                for answer in row.get("right" if right else "wrong", []):
                    yield name, row, answer, right


@pytest.mark.parametrize("file", ["answers_unseen.yaml", "answers_styles.yaml"])
def test_answers_to_questions_of_no_benchmark_are_worth_what_a_person_says(
    file: str, scorer: AnswerScorer
) -> None:
    found = []
    for name, row, answer, right in rows_of(file):
        item = BenchmarkItem(
            id="1",
            subject="",
            question=row.get("question", "?"),
            answer=row["expected"],
            choices=row.get("choices", []),
            answer_type=row.get("type", ""),
        )
        for went_on in (True, False):
            verdict = scorer.score(BENCHMARKS[name], item, Answer.of(answer, "stop", went_on))
            if verdict.correct is not right:
                found.append(f"{name} {item.answer}: {answer!r}: {verdict}")
    assert not found, "\n".join(found)


def test_there_are_hundreds_of_cases_over_all_benchmarks_that_are_not_code() -> None:
    others = {"mbpp", "humaneval", "ifeval"}  # run, or checked: see their own tests
    assert set(TEXTUAL) == set(get_args(BenchmarkName)) - others
    counts = [sum(map(len, worths.values())) for n in TEXTUAL for worths in cases_of(n).values()]
    assert sum(counts) >= 400


@pytest.mark.parametrize(
    ("text", "went_on", "correct"),
    [
        ("The answer is 18.\n\nQuestion: And 2 + 2?\nAnswer: The answer is 4.", True, True),
        ("The answer is 18.\n\nQuestion: And 2 + 2?\nAnswer: The answer is 4.", False, True),
        ("Hm.\n\nQuestion: What is 9 * 2?\nAnswer: The answer is 18.", True, False),
        ("Let us see.\n\nQuestion: How much?\nAnswer: The answer is 18.", False, True),
    ],
)
def test_an_answer_to_an_invented_question_is_no_answer(
    text: str,
    went_on: bool,
    correct: bool,
    scorer: AnswerScorer,
    items_of: dict[str, dict[str, BenchmarkItem]],
) -> None:
    item = items_of["gsm8k"]["gsm8k/test/0"]
    answer = Answer.of(text, "stop", went_on)
    assert scorer.score(BENCHMARKS["gsm8k"], item, answer).correct is correct


@pytest.mark.parametrize(
    ("text", "correct"),
    [
        ("The answer is 18.", True),
        ("The answer is \\boxed{18}, as", True),
        ("The answer is 18", False),  # it may have become 180
        ("She has 18", False),
        ("18", False),
    ],
)
def test_of_an_answer_that_was_cut_off_only_a_whole_statement_counts(
    text: str,
    correct: bool,
    scorer: AnswerScorer,
    items_of: dict[str, dict[str, BenchmarkItem]],
) -> None:
    item = items_of["gsm8k"]["gsm8k/test/0"]
    verdict = scorer.score(BENCHMARKS["gsm8k"], item, Answer.of(text, "length", True))
    assert verdict.correct is correct
    assert verdict.unparseable is not correct


def test_an_item_that_no_answer_can_be_compared_with_is_an_error(scorer: AnswerScorer) -> None:
    item = BenchmarkItem(id="7", subject="", question="?", answer="many")
    with pytest.raises(UnusableItem, match="the expected answer 'many' is no number"):
        scorer.score(BENCHMARKS["gsm8k"], item, "The answer is 1.")
    typed = item.model_copy(update={"answer_type": "list of float"})
    with pytest.raises(UnusableItem, match="item 7: the expected answer 'many' is not of type"):
        scorer.score(BENCHMARKS["theoremqa"], typed, "The answer is [1, 2].")


HOSTILE = {
    "statements": "The answer is 1. " * 2000,
    "no end of a statement": "The answer is " * 3000,
    "brackets": "The answer is " + "(" * 7000,
    "boxes": "\\boxed{" * 1500,
    "digits": "The answer is " + "1" * 7900,
    "lines": "\n" * 8000 + "x",
    "taken back": "The answer is X." + "wait.\n" * 1300,
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
