"""Which benchmark problems are near enough to a question to be judged."""

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from gleanery.infra.llm.embeddings import Vectors
from gleanery.tasks.curation.benchmark_items import BenchmarkItem
from gleanery.tasks.curation.paraphrase_search import (
    index_problems,
    nearest_problems,
    shown_problem,
)
from gleanery.tasks.curation.vectors_words import train_word_vectors


def item(
    name: str, question: str, benchmark: str = "b", choices: Sequence[str] = ()
) -> BenchmarkItem:
    return BenchmarkItem(benchmark, name, question, tuple(choices))


def on_a_circle(texts: Sequence[str]) -> Vectors:
    """Vectors by the number of degrees that a text begins with."""
    angles = np.radians([float(text.split()[0]) for text in texts])
    return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)


def near(question: str, items: Sequence[BenchmarkItem], nearest: int, floor: float) -> list[str]:
    index = index_problems(items, on_a_circle)
    (found,) = nearest_problems([question], index, on_a_circle, nearest, floor)
    return [problem.id for problem in found]


ITEMS = [item(str(n), f"{n} degrees of a circle and so on and so on") for n in (50, 0, 20, 5, 90)]


def test_nearest_come_first_and_none_below_the_floor() -> None:
    assert near("1 x", ITEMS, 5, 0.9) == ["0", "5", "20"]
    assert near("1 x", ITEMS, 2, 0.9) == ["0", "5"]
    assert near("180 x", ITEMS, 5, 0.5) == []


def test_text_in_two_benchmarks_is_judged_once_and_both_items_are_there() -> None:
    twice = [*ITEMS, item("again", ITEMS[1].question, "other")]
    assert near("1 x", twice, 2, 0.9) == ["0", "again", "5"]


def test_blank_questions_and_no_problems_have_nothing_near() -> None:
    index = index_problems(ITEMS, on_a_circle)
    found = nearest_problems([" ", "1 x"], index, on_a_circle, 1, 0.9)
    assert [[problem.id for problem in each] for each in found] == [[], ["0"]]
    empty = index_problems([], lambda texts: np.empty((len(texts), 2), np.float32))
    assert nearest_problems(["1 x"], empty, on_a_circle, 5, 0.1) == [[]]


def test_short_question_is_told_by_its_choices_and_shown_with_them() -> None:
    which = item("w", "Which is correct?", choices=["Helium is a noble gas.", "Iron is a gas."])
    others = [item("o", "Which is correct?", choices=["Rome is in Italy.", "Oslo is in Chile."])]
    model = train_word_vectors([which.choices[0], others[0].choices[0]], 256)
    index = index_problems([*others, which], model.embed)
    (found,) = nearest_problems(
        ["Which is correct: iron is a gas, or helium is a noble gas?"], index, model.embed, 1, 0.1
    )
    assert [problem.id for problem in found] == ["w"]
    assert shown_problem(which).splitlines()[1:] == [
        "Options:",
        "- Helium is a noble gas.",
        "- Iron is a gas.",
    ]
    assert index.digest != index_problems([which], model.embed).digest


def test_reworded_problem_finds_its_own_among_real_ones(shared_data: Path) -> None:
    lines = (shared_data / "benchmarks" / "gsm8k_test.jsonl").read_text().splitlines()
    items = [item(row["id"], row["question"]) for row in map(json.loads, lines)]
    model = train_word_vectors([problem.question for problem in items], 768)
    index = index_problems(items, model.embed)
    reworded = (
        "Making a robe needs 2 rolls of blue cloth, and of white cloth half as many rolls. "
        "What is the number of rolls needed altogether?",
        "An investor acquires a building for $80,000 and spends another $50,000 on renovating it, "
        "whereby its worth goes up by 150 percent. What does the investor gain?",
    )
    found = nearest_problems(reworded, index, model.embed, 5, 0.15)
    wanted = ["gsm8k/test/1", "gsm8k/test/2"]
    assert [
        name in [problem.id for problem in each] for name, each in zip(wanted, found, strict=True)
    ] == [True, True]
