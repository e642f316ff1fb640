"""How often answers that people wrote are taken for a model's shirking."""

import gzip
import json
import random
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gleanery.tasks.shirking_cut_off import cut_off
from gleanery.tasks.shirking_revision_leak import revision_leak
from gleanery.tasks.shirking_words import filler, meta_talk, refusal, vagueness

sys.path.insert(0, str(Path(__file__).parent))

from train_shirking import is_learned

LONG = 400  # letters
Pair = tuple[str, str]


@pytest.fixture(scope="module")
def explanations(shared_data: Path) -> list[Pair]:
    """Long answers from textbooks, lessons and question-and-answer pages."""
    with gzip.open(shared_data / "recall_seed" / "positives_pairs.jsonl.gz", "rt") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        (row["question"], row["answer"])
        for row in rows
        if len(row["answer"]) >= LONG and not is_learned(row["question"])
    ]


@pytest.fixture(scope="module")
def solutions(shared_data: Path) -> list[Pair]:
    """Worked solutions of school problems, which end with a number."""
    lines = (shared_data / "benchmarks" / "gsm8k_train.jsonl").read_text().splitlines()
    rows = map(json.loads, random.Random(5).sample(lines, 1_000))
    return [(row["question"], row["solution"]) for row in rows]


def share(check: Callable[[str, str], str | None], pairs: list[Pair]) -> float:
    assert len(pairs) >= 500
    return sum(bool(check(*pair)) for pair in pairs) / len(pairs)


def by_text(check: Callable[[str], str | None]) -> Callable[[str, str], str | None]:
    return lambda _, answer: check(answer)


@pytest.mark.parametrize(
    ("check", "most"),
    # Pages lose their code and their links, and people forget full stops: some do break off.
    [
        (by_text(refusal), 0.01),
        (by_text(meta_talk), 0.01),
        (by_text(vagueness), 0.02),
        (by_text(filler), 0.015),
        (revision_leak, 0.01),
        (by_text(cut_off), 0.05),
    ],
    ids=["refusal", "meta_talk", "vagueness", "filler", "revision_leak", "cut_off"],
)
def test_explanations_of_people_are_seldom_flagged(
    explanations: list[Pair], check: Callable[[str, str], str | None], most: float
) -> None:
    assert share(check, explanations) <= most


@pytest.mark.parametrize(
    "check", [by_text(refusal), by_text(meta_talk), revision_leak, by_text(cut_off)]
)
def test_worked_solutions_are_hardly_ever_flagged(
    solutions: list[Pair], check: Callable[[str, str], str | None]
) -> None:
    assert share(check, solutions) <= 0.002
