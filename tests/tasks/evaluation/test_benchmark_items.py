"""Reading benchmarks, in the forms in which they are published."""

from collections import Counter
from pathlib import Path
from typing import Any

import orjson
import pytest

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig
from gleanery.tasks.evaluation.option_order import in_seeded_order
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.file_problems import FileError


def write(folder: Path, *rows: dict[str, Any]) -> BenchmarkSource:
    path = folder / "items.jsonl"
    path.write_bytes(b"\n".join(map(orjson.dumps, rows)))
    return BenchmarkSource(path=str(path))


def read_one(folder: Path, **row: Any) -> BenchmarkItem:
    (item,) = read_items(write(folder, row))
    return item


@pytest.mark.parametrize(
    ("file", "count"),
    [
        ("gsm8k_test", 1319),
        ("math_test", 5000),
        ("theoremqa", 800),
        ("bbh", 6511),
        ("mmlu_stem", 3018),
        ("mmlu_stem_mammoth2", 3134),
        ("arc_challenge", 1172),
        ("humaneval", 164),
        ("mbpp_sanitized_test", 257),
    ],
)
def test_every_item_of_a_published_benchmark_is_read(
    file: str, count: int, shared_data: Path
) -> None:
    items = read_items(BenchmarkSource(path=str(shared_data / "benchmarks" / f"{file}.jsonl")))
    assert len(items) == count
    assert all(not item.choices or item.answer in "ABCDE"[: len(item.choices)] for item in items)


def test_gsm8k_as_published_holds_its_result_behind_the_solution(tmp_path: Path) -> None:
    solution = "He has 2 * 3 = <<2*3=6>>6 pens.\n#### 6"
    item = read_one(tmp_path, question="How many pens has he?", answer=solution)
    assert (item.answer, item.solution) == ("6", "He has 2 * 3 = 6 pens.")


def test_math_as_published_holds_its_result_in_the_solutions_box(tmp_path: Path) -> None:
    solution = "So $x = \\boxed{\\frac{1}{2}}$."
    item = read_one(tmp_path, problem="Find $x$.", solution=solution, type="Algebra")
    assert (item.answer, item.subject) == ("\\frac{1}{2}", "Algebra")


@pytest.mark.parametrize(
    ("row", "answer"),
    [
        ({"choices": ["no", "yes"], "answer": 1}, "B"),
        ({"choices": {"text": ["no", "yes"], "label": ["1", "2"]}, "answerKey": "2"}, "B"),
        ({"choices": ["A) no", "B) yes"], "answer": "B"}, "B"),
        ({"options": ["no", "yes"], "answer": "yes"}, "B"),
    ],
)
def test_the_right_option_becomes_a_letter(
    tmp_path: Path, row: dict[str, Any], answer: str
) -> None:
    item = read_one(tmp_path, question="Is it so?", **row)
    assert (item.choices, item.answer) == (["no", "yes"], answer)


@pytest.mark.parametrize(
    ("rows", "problem"),
    [
        ([{"answer": "2"}], ":1: no question; the row has answer: name its key in `named`"),
        ([{"question": "1 + 1?"}], ":1: no answer"),
        ([{"question": "?", "choices": ["a", "b"], "answer": "E"}], "'E' is none of the options"),
        ([{"id": 1, "question": "?", "answer": "2"}] * 2, "the id '1' comes more than once"),
        ([], "there are no items"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    tmp_path: Path, rows: list[dict[str, Any]], problem: str
) -> None:
    with pytest.raises(FileError, match=r"items\.jsonl") as raised:
        read_items(write(tmp_path, *rows))
    assert problem in str(raised.value)


def test_rows_are_chosen_by_their_values_and_fields_by_their_keys(tmp_path: Path) -> None:
    rows = [{"body": f"{n} + 1 =", "answer": str(n + 1), "part": "ab"[n % 2]} for n in range(6)]
    source = write(tmp_path, *rows).model_copy(
        update={"named": {"question": "body"}, "where": {"part": "b"}, "first": 2}
    )
    assert [item.answer for item in read_items(source)] == ["2", "4"]


def test_items_that_need_a_picture_can_be_left_out(shared_data: Path) -> None:
    path = str(shared_data / "benchmarks" / "theoremqa.jsonl")
    assert len(read_items(BenchmarkSource(path=path, with_pictures=False))) == 747


def test_the_right_option_stands_in_every_place_equally_often() -> None:
    items = [
        BenchmarkItem(
            id=str(n), subject="", question="?", answer="A", choices=["right", "x", "y", "z"]
        )
        for n in range(198)
    ]
    shown = in_seeded_order(items, 7)
    assert sorted(Counter(item.answer for item in shown).values()) == [49, 49, 50, 50]
    assert all(item.choices["ABCD".index(item.answer)] == "right" for item in shown)
    orders = Counter(tuple(c for c in item.choices if c != "right") for item in shown)
    assert len(orders) == 6  # the wrong ones are in random order too
    assert in_seeded_order(items, 7) == shown
    assert in_seeded_order(items, 8) != shown


def test_a_limit_alone_applies_to_the_published_items() -> None:
    config = BenchmarkConfig(name="mmlu_stem", source=BenchmarkSource(first=10))
    assert config.items_source.dataset == "cais/mmlu"
    assert len(config.items_source.dataset_configs) == 19
    assert (config.items_source.first, config.items_source.split) == (10, "test")
    assert config.exemplar_source is None
