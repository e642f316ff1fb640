"""The published files of judged suites become questions of one form."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gleanery.tasks.evaluation.judged_config import JudgedSuiteConfig, JudgingConfig
from gleanery.tasks.evaluation.judged_questions import read_questions
from gleanery.tasks.evaluation.judged_records import JudgedQuestion
from gleanery.tasks.file_problems import FileError


def read(path: Path, name: str, **changes: Any) -> list[JudgedQuestion]:
    source = {"path": str(path), **changes.pop("source", {})}
    suite = {"name": name, "source": source, **changes}
    return read_questions(JudgedSuiteConfig.model_validate(suite))


def write(path: Path, *rows: dict[str, Any]) -> Path:
    path.write_text("\n".join(json.dumps(row) for row in rows))
    return path


def test_alpaca_eval_has_its_outputs_to_compare_with(shared_data: Path) -> None:
    questions = read(shared_data / "benchmarks" / "alpaca_eval.jsonl", "alpaca_eval")
    assert len(questions) == 805
    assert questions[0].turns == [
        "What are the names of some famous actors that started their careers on Broadway?"
    ]
    assert questions[0].baseline.startswith("Some famous actors that started their careers")
    assert Counter(one.category for one in questions)["selfinstruct"] == 252
    assert sum(not one.baseline for one in questions) == 2  # what the file says is empty


def test_mt_bench_shows_references_where_there_is_a_right_answer(shared_data: Path) -> None:
    questions = read(shared_data / "benchmarks" / "mt_bench.jsonl", "mt_bench")
    assert len(questions) == 80
    assert all(len(one.turns) == 2 for one in questions)
    with_references = Counter(one.category for one in questions if one.references)
    assert with_references == {"math": 10, "reasoning": 10, "coding": 10}
    assert all(len(one.references) in (0, 2) for one in questions)


def test_arena_hard_needs_to_be_told_whose_answers_are_the_reference(shared_data: Path) -> None:
    path = shared_data / "benchmarks" / "arena_hard_v0.1.jsonl"
    with pytest.raises(FileError, match="name a measured model in `reference`"):
        read(path, "arena_hard")
    questions = read(path, "arena_hard", reference="base")
    assert len(questions) == 500
    assert questions[0].turns == ["Use ABC notation to write a melody in the style of a folk tune."]


def test_rows_of_the_hub_are_read_as_they_are(tmp_path: Path) -> None:
    arena = {"question_id": "a1", "category": "arena-hard-v0.1", "turns": [{"content": "Hello?"}]}
    talks = {"prompt_id": 81, "category": "math", "prompt": ["One?", "Two?"], "reference": []}
    bench = {
        "id": 3,
        "session_id": "s3",
        "primary_tag": "Coding & Debugging",
        "conversation_input": [
            {"role": "user", "content": "Hi", "language": "English"},
            {"role": "assistant", "content": "Hello"},
            {"role": "user", "content": "Sort a list."},
        ],
        "checklist": ["Does it sort?", "Is it short?"],
        "references": {"gpt-4": "sorted(x)"},
    }
    (one,) = read(write(tmp_path / "a.jsonl", arena), "arena_hard", reference="base")
    assert (one.id, one.turns) == ("a1", ["Hello?"])
    (two,) = read(write(tmp_path / "t.jsonl", talks), "mt_bench")
    assert (two.id, two.turns, two.references) == ("81", ["One?", "Two?"], [])
    (three,) = read(write(tmp_path / "w.jsonl", bench), "wildbench")
    assert (three.id, three.turns, three.category) == ("3", ["Sort a list."], "Coding & Debugging")
    assert [(turn.role, turn.content) for turn in three.history] == [
        ("user", "Hi"),
        ("assistant", "Hello"),
    ]
    assert (three.checklist, three.baseline) == (["Does it sort?", "Is it short?"], "sorted(x)")
    assert three.references == []  # the answer to be compared with is not shown as the right one


def test_published_outputs_are_joined_by_their_questions_ids(tmp_path: Path) -> None:
    questions = [{"question_id": name, "turns": [{"content": f"{name}?"}]} for name in ("a", "b")]
    asked = write(tmp_path / "question.jsonl", *questions)
    of_v0 = {"question_id": "a", "choices": [{"index": 0, "turns": [{"content": "from a"}]}]}
    of_v2 = {
        "uid": "b",
        "messages": [
            {"role": "user", "content": "b?"},
            {"role": "assistant", "content": {"answer": "from b"}},
        ],
    }
    outputs = write(tmp_path / "gpt.jsonl", of_v0, of_v2)
    found = read(asked, "arena_hard", outputs={"path": str(outputs)})
    assert [one.baseline for one in found] == ["from a", "from b"]
    lacking = write(tmp_path / "lacking.jsonl", of_v0)
    with pytest.raises(FileError, match="no answer to compare with"):
        read(asked, "arena_hard", outputs={"path": str(lacking)})
    with pytest.raises(FileError, match=r"'a' comes more than once"):
        read(asked, "arena_hard", outputs={"path": str(write(lacking, of_v0, of_v0))})
    with pytest.raises(FileError, match="no id or no answer; the row has question_id, turns"):
        read(asked, "arena_hard", outputs={"path": str(asked)})
    with pytest.raises(ValidationError, match="not both"):
        JudgedSuiteConfig.model_validate({"outputs": {"path": "x"}, "reference": "base"})
    with pytest.raises(ValidationError, match="mt_bench compares no answers"):
        JudgedSuiteConfig.model_validate({"name": "mt_bench", "reference": "base"})


def test_no_question_is_won_for_want_of_an_answer_to_compare_with(tmp_path: Path) -> None:
    with_one = {"id": 1, "conversation_input": ["One?"], "references": {"gpt-4": "1"}}
    alone = {"id": 2, "conversation_input": ["Two?"]}
    with pytest.raises(FileError, match=r"no answer to compare with"):
        read(write(tmp_path / "mixed.jsonl", with_one, alone), "wildbench")
    path = write(tmp_path / "graded.jsonl", alone, {**alone, "id": 3})
    assert [one.baseline for one in read(path, "wildbench")] == ["", ""]
    outputs = write(tmp_path / "outputs.jsonl", {"session_id": "1", "output": ["1"]})
    with pytest.raises(FileError, match=r"no answer to compare with"):
        read(path, "wildbench", outputs={"path": str(outputs)})


def test_one_json_array_is_read_like_lines(tmp_path: Path) -> None:
    rows = [{"instruction": "One?", "output": "1"}, {"instruction": "Two?", "output": ""}]
    path = tmp_path / "alpaca.json"
    for indent in (None, 2):
        path.write_text(json.dumps(rows, indent=indent))
        found = read(path, "alpaca_eval")
        assert [(one.id, one.turns[0], one.baseline) for one in found] == [
            ("0", "One?", "1"),
            ("1", "Two?", ""),
        ]
    path.write_text('[{"instruction": "One?"')
    with pytest.raises(FileError, match="expected one JSON object per line"):
        read(path, "alpaca_eval")
    path.write_text("[1, 2]")
    with pytest.raises(FileError, match="expected a JSON object, found int"):
        read(path, "alpaca_eval")


def test_all_problems_of_a_file_are_named_with_their_lines(tmp_path: Path) -> None:
    path = write(
        tmp_path / "bad.jsonl",
        {"id": 1, "text": "no known key"},
        {"id": 2, "conversation_input": [{"role": "assistant", "content": "I end it"}]},
        {"id": 3, "turns": ["fine", " "]},
        {"id": 4, "turns": ["fine"]},
        {"id": 4, "turns": ["fine"]},
    )
    with pytest.raises(FileError) as caught:
        read(path, "mt_bench")
    said = str(caught.value)
    assert "no question; the row has id, text" in said
    assert "the talk ends with a message of 'assistant'" in said
    assert "the id '4' comes more than once" in said
    (renamed,) = read(
        path,
        "mt_bench",
        source={"named": {"turns": "text"}, "where": {"id": "1"}},
    )
    assert renamed.turns == ["no known key"]


def test_temperatures_are_mt_benchs_by_category_unless_one_is_named() -> None:
    suite = JudgedSuiteConfig(name="mt_bench")
    drawn = {name: suite.sampling(name).temperature for name in ("writing", "stem", "math")}
    assert drawn == {"writing": 0.7, "stem": 0.1, "math": 0}
    assert suite.sampling("math").max_tokens == 1024
    named = JudgedSuiteConfig(name="mt_bench", temperature=0.2, max_tokens=64)
    assert (named.sampling("writing").temperature, named.sampling("x").max_tokens) == (0.2, 64)


@pytest.mark.parametrize(
    ("config", "why"),
    [
        ({"suites": [{"name": "mt_bench"}]}, "suites need a judge"),
        (
            {"suites": [{"name": "mt_bench"}] * 2, "judges": [{"model": "m"}]},
            "mt_bench is listed more than once",
        ),
        ({"judges": [{"model": "m"}, {"model": "m"}]}, "a judge is listed more than once"),
    ],
)
def test_what_cannot_be_judged_is_refused_before_anything_is_asked(
    config: dict[str, Any], why: str
) -> None:
    with pytest.raises(ValidationError, match=why):
        JudgingConfig.model_validate(config)
