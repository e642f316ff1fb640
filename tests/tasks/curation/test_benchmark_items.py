"""Benchmarks are read from files, buckets and datasets, and checked before any work starts."""

import gzip
import json
from pathlib import Path
from typing import Any

import fsspec
import pytest
from pydantic import ValidationError

from gleanery.tasks.curation.benchmark_config import BenchmarkConfig, DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import (
    BenchmarkError,
    BenchmarkItem,
    Benchmarks,
    read_benchmarks,
)

GOOD = {"id": "a", "question": "How many apples are left?", "answer": 3}


def written(folder: Path, *rows: Any, name: str = "b.jsonl") -> Path:
    file = folder / name
    lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
    file.write_text("\n".join(lines) + "\n")
    return file


def read(path: object, **values: Any) -> Benchmarks:
    return read_benchmarks([BenchmarkConfig(name="b", path=str(path), **values)])


def problems(path: object, **values: Any) -> str:
    with pytest.raises(BenchmarkError) as caught:
        read(path, **values)
    return str(caught.value)


def test_all_real_benchmarks_are_read(shared_data: Path) -> None:
    keys = {"bbh_cot_prompts": {"question_key": "prompt", "id_key": "task"}}
    configs = [
        BenchmarkConfig(name=file.stem, path=str(file), **keys.get(file.stem, {}))
        for file in sorted((shared_data / "benchmarks").glob("*.jsonl"))
    ]
    read_all = read_benchmarks(configs)
    assert len(configs) == 18
    assert len(read_all.items) == 39_488
    assert read_all.skipped == ()
    (item,) = [item for item in read_all.items if item.id == "aqua/0"]
    assert item.choices[3] == "D)8(√3 – 2)"
    assert item.answers[0] == "A"
    assert item.answers[1].startswith("Explanation :")


def test_missing_question_key_names_the_line_and_the_keys_there_are(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, {"prompt": "What?", "task": "t"})
    message = problems(file)
    assert f"{file}:2: no question under 'question'; the row has prompt, task" in message
    assert "set question_key" in message


def test_every_problem_of_every_benchmark_is_told_at_once(tmp_path: Path) -> None:
    first = written(tmp_path, {"question": "  "}, "{no json", GOOD, "[1]", name="one.jsonl")
    second = written(tmp_path, {"question": "$$"}, name="two.jsonl")
    with pytest.raises(BenchmarkError) as caught:
        read_benchmarks(
            [
                BenchmarkConfig(name="one", path=str(first)),
                BenchmarkConfig(name="two", path=str(second)),
                BenchmarkConfig(name="three", path=str(tmp_path / "none.jsonl")),
            ]
        )
    message = str(caught.value)
    for part in (
        f"{first}:1: the question is empty",
        f"{first}:2: expected one JSON object per line",
        f"{first}:4: expected a JSON object, found list",
        f"{second}:1: the question is empty: '$$'",
        "no file of benchmark 'three'",
    ):
        assert part in message


def test_one_word_questions_are_refused_unless_they_are_to_be_skipped(tmp_path: Path) -> None:
    file = written(tmp_path, GOOD, {"question": "Osteoclasts"})
    assert f"{file}:2: the question is one word, 'Osteoclasts'" in problems(file)
    skipping = read(file, one_word_questions="skip")
    assert [item.id for item in skipping.items] == ["a"]
    assert len(skipping.skipped) == 1
    assert skipping.skipped[0].startswith(f"{file}:2: the question is one word")


def test_one_word_question_with_long_choices_is_taken(tmp_path: Path) -> None:
    choices = ["deposit bone and come from cells of the mesenchyme", "resorb bone and come from it"]
    (item,) = read(written(tmp_path, {"question": "Osteoclasts", "choices": choices})).items
    assert item == BenchmarkItem("b", "0", "Osteoclasts", tuple(choices), ())


def test_file_without_questions_is_refused(tmp_path: Path) -> None:
    assert "benchmark 'b' has no questions" in problems(written(tmp_path, ""))


def test_answer_key_that_no_row_has_is_refused(tmp_path: Path) -> None:
    message = problems(written(tmp_path, GOOD), answer_key="target")
    assert "has the key 'target', which is its answer_key" in message


def test_damaged_archive_names_the_line_that_it_ends_behind(tmp_path: Path) -> None:
    file = tmp_path / "b.jsonl.gz"
    whole = gzip.compress("\n".join(json.dumps({**GOOD, "n": i}) for i in range(5000)).encode())
    file.write_bytes(whole[: len(whole) // 2])
    assert "cannot be read beyond this line (EOFError" in problems(file)


def test_keys_may_be_paths_and_values_lists(tmp_path: Path) -> None:
    row = {
        "meta": {"turns": ["First, do this.", "Then do that."]},
        "choices": {"text": ["yes", "no"], "label": ["A", "B"]},
        "answerKey": True,
    }
    (item,) = read(written(tmp_path, row), question_key="meta.turns", answer_key="answerKey").items
    assert item.question == "First, do this.\nThen do that."
    assert item.choices == ("yes", "no")
    assert item.answers == ("True",)


def test_globs_and_buckets_are_read(tmp_path: Path, bucket: str) -> None:
    written(tmp_path, GOOD, name="one.jsonl")
    written(tmp_path, {**GOOD, "id": "b"}, name="two.jsonl")
    assert [item.id for item in read(tmp_path / "*.jsonl").items] == ["a", "b"]
    with fsspec.open(f"{bucket}/b.jsonl", "w") as file:
        file.write(json.dumps(GOOD) + "\n" + json.dumps({"prompt": "What?"}))
    assert f"{bucket}/b.jsonl:2: no question" in problems(f"{bucket}/b.jsonl")


def test_datasets_are_read_and_an_unknown_split_is_refused(tmp_path: Path) -> None:
    written(tmp_path, GOOD, name="test.jsonl")
    config = BenchmarkConfig(name="b", dataset=str(tmp_path))
    assert [item.question for item in read_benchmarks([config]).items] == [GOOD["question"]]
    with pytest.raises(BenchmarkError, match=r"'b' cannot be loaded: ValueError.*validation"):
        read_benchmarks([config.model_copy(update={"split": "validation"})])


def test_configurations_that_make_no_sense_are_refused() -> None:
    with pytest.raises(ValidationError, match="either a path or a dataset"):
        BenchmarkConfig(name="b")
    twice = BenchmarkConfig(name="b", path="b.jsonl")
    with pytest.raises(ValidationError, match="several benchmarks are named b"):
        DecontaminationConfig(benchmarks=(twice, twice))


@pytest.mark.parametrize("name", ["id_key", "choices_key", "solution_key"])
def test_key_that_no_row_has_is_refused_by_its_setting(tmp_path: Path, name: str) -> None:
    message = problems(written(tmp_path, {"question": "Where is it?"}), **{name: "opitons"})
    assert f"no row of benchmark 'b' has the key 'opitons', which is its {name}" in message


def test_byte_order_mark_is_no_part_of_the_first_row(tmp_path: Path) -> None:
    path = written(tmp_path, {"question": "Where is it?"})
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert [item.question for item in read(path).items] == ["Where is it?"]


@pytest.mark.parametrize("indent", [None, 1])
def test_file_that_is_one_array_is_one_problem_that_says_what_to_do(
    tmp_path: Path, indent: int | None
) -> None:
    path = tmp_path / "b.jsonl"
    path.write_text(json.dumps([{"question": "Where is it?"}] * 3, indent=indent))
    message = problems(path)
    assert "the file is one JSON array" in message
    assert f"jq -c '.[]' {path}" in message
    assert "problems" not in message


def test_question_that_is_null_is_told_as_that(tmp_path: Path) -> None:
    message = problems(written(tmp_path, {"question": None, "id": 1}))
    assert "the question under 'question' is null" in message


def test_items_that_share_an_id_are_told_apart(tmp_path: Path) -> None:
    rows = ({"id": 1, "question": f"Where is {what} now?"} for what in ("it", "she"))
    assert [item.id for item in read(written(tmp_path, *rows)).items] == ["1", "1 (b.jsonl:2)"]
