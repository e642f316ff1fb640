"""The published solutions of both benchmarks pass, however they are written down."""

from pathlib import Path

import pytest
import yaml

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.code_tasks import code_task
from gleanery.tasks.evaluation.code_verdicts import score_programs
from gleanery.tasks.evaluation.records import BenchmarkItem


@pytest.fixture(scope="session")
def humaneval(shared_data: Path) -> list[BenchmarkItem]:
    return read_items(BenchmarkSource(path=str(shared_data / "benchmarks" / "humaneval.jsonl")))


def wrong(items: list[BenchmarkItem], answers: list[str]) -> list[tuple[str, str]]:
    verdicts = score_programs(
        (code_task(item), answer) for item, answer in zip(items, answers, strict=True)
    )
    return [
        (item.id, verdict.detail)
        for item, verdict in zip(items, verdicts, strict=True)
        if not verdict.correct
    ]


def test_solutions_of_humaneval_pass_as_bodies(humaneval: list[BenchmarkItem]) -> None:
    after = "\n\n\ndef check(candidate):\n    assert candidate() is None\n\nAnd that is"
    assert wrong(humaneval, [item.answer + after for item in humaneval]) == []


def test_solutions_of_humaneval_pass_as_whole_programs(humaneval: list[BenchmarkItem]) -> None:
    """Without the prompt's imports and other functions, which a model need not repeat."""
    answers = []
    for item in humaneval:
        start = item.question.rindex(f"def {item.entry_point}(")
        program = item.question[start:] + item.answer
        answers.append(f"Here it is:\n\n```python\n{program}\n```\nIt works like this.")
    assert wrong(humaneval, answers) == []


@pytest.mark.parametrize(
    ("name", "where"), [("mbpp", {"split": "test"}), ("mbpp_sanitized_test", {})]
)
def test_solutions_of_mbpp_pass(name: str, where: dict[str, str], shared_data: Path) -> None:
    path = str(shared_data / "benchmarks" / f"{name}.jsonl")
    items = read_items(BenchmarkSource(path=path, where=where))
    assert wrong(items, [f"{item.answer}\n[DONE]\n\nYou are" for item in items]) == []


def test_answers_in_code_are_worth_what_a_person_says() -> None:
    cases = yaml.safe_load(Path(__file__).with_name("answers_code.yaml").read_text("utf-8"))
    rows = [
        (BenchmarkItem(subject="", **case["item"]), name, answer, worth == "right")
        for case in cases.values()
        for worth in ("right", "wrong")
        for name, answer in case.get(worth, {}).items()
    ]
    verdicts = score_programs((code_task(item), answer) for item, _, answer, _ in rows)
    found = [
        f"{item.id}, {name}: {verdict.detail or 'right'}"
        for (item, name, _, right), verdict in zip(rows, verdicts, strict=True)
        if verdict.correct is not right
    ]
    assert not found, "\n".join(found)


def test_no_program_passes_without_its_body(humaneval: list[BenchmarkItem]) -> None:
    answers = ["    return None\n", "    pass\n", ""]
    for answer in answers:
        assert len(wrong(humaneval[:20], [answer] * 20)) == 20


def test_tests_without_a_name_of_the_program_are_refused() -> None:
    item = BenchmarkItem(
        id="x/1", subject="", question="q", answer="def f(): pass", tests=["assert g() == 1"]
    )
    with pytest.raises(ValueError, match="item x/1: its tests use nothing"):
        code_task(item)


def test_names_and_modules_of_tests_are_found() -> None:
    item = BenchmarkItem(
        id="x/1",
        subject="",
        question="q",
        answer="class Pair:\r\n    pass\r\ndef helper(): pass\r\ndef f(pair): return pair",
        setup="p = Pair()\r\n",
        tests=["assert math.isclose(f(p), 1)"],
    )
    task = code_task(item)
    assert task.names == ["f", "Pair"]
    assert task.prelude == "import math"
    assert task.tests == "p = Pair()\n\nassert math.isclose(f(p), 1)"
