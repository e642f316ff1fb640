"""GPQA as the hub has it: four options in an order of the seed, and what answers then come to."""

import json
from collections.abc import Callable, Iterator

import pytest

from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.benchmarks import BENCHMARKS
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_items import exact_comparer
from gleanery.tasks.evaluation.scoring import AnswerScorer

ITEMS = 198  # as many as the diamond subset has
SEEDS = range(6)
DOMAINS = ("Physics", "Chemistry", "Biology")


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> BenchmarkSource:
    """Return items of our own under the columns of the hub's file, more than are needed."""
    rows = [
        {
            "Pre-Revision Question": f"How much are {n} and one?",
            "Pre-Revision Correct Answer": "many",
            "Pre-Revision Incorrect Answer 1": "few",
            "Question": f"What is {n} + {n}?\n",
            "Correct Answer": f"{2 * n} mol\n",
            "Incorrect Answer 1": f"{2 * n + 1} mol",
            "Incorrect Answer 2": f"{2 * n + 2} mol",
            "Incorrect Answer 3": f"{2 * n + 3} mol",
            "Explanation": f"Twice {n} is {2 * n}.",
            "Writer's Difficulty Estimate": "Post-graduate level or harder",
            "Subdomain": "Sums (general)",
            "High-level domain": DOMAINS[n % 3],
            "Record ID": f"rec{n:04d}",
            "Canary String": "of no use",
        }
        for n in range(ITEMS)
    ]
    path = tmp_path_factory.mktemp("gpqa") / "gpqa_diamond.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return BenchmarkSource(path=str(path))


@pytest.fixture(scope="module")
def accuracies(source: BenchmarkSource) -> Iterator[Callable[..., list[float]]]:
    """Return a function from what a model says to its accuracy under each seed."""
    with exact_comparer(EvaluationConfig()) as comparer:
        scorer = AnswerScorer(comparer)

        def of(says: Callable[[BenchmarkItem], str]) -> list[float]:
            found = []
            for seed in SEEDS:
                items = read_items(source, seed)
                verdicts = scorer.score_all(BENCHMARKS["gpqa"], [(i, says(i)) for i in items])
                found.append(sum(verdict.correct for verdict in verdicts) / len(items))
            return found

        yield of


def test_four_options_and_the_domain_are_kept_and_the_right_one_is_found(
    source: BenchmarkSource,
) -> None:
    orders = set()
    for seed in SEEDS:
        items = read_items(source, seed)
        assert read_items(source, seed) == items
        assert [item.id for item in items] == [f"rec{n:04d}" for n in range(ITEMS)]
        assert [item.subject for item in items[:3]] == list(DOMAINS)
        for n, item in enumerate(items):
            assert item.question == f"What is {n} + {n}?"
            assert item.choices["ABCD".index(item.answer)] == f"{2 * n} mol"
            assert sorted(item.choices) == sorted(f"{2 * n + more} mol" for more in range(4))
        orders.add(tuple(tuple(item.choices) for item in items))
    assert len(orders) == len(SEEDS)


def test_whoever_knows_is_right_under_every_seed(
    accuracies: Callable[..., list[float]],
) -> None:
    assert accuracies(lambda item: f"The answer is ({item.answer}).") == [1.0] * len(SEEDS)
    right = accuracies(lambda item: f"The answer is {item.choices['ABCD'.index(item.answer)]}.")
    assert right == [1.0] * len(SEEDS)


@pytest.mark.parametrize("letter", "ABCD")
def test_whoever_always_says_the_same_letter_is_right_once_in_four(
    letter: str, accuracies: Callable[..., list[float]]
) -> None:
    found = accuracies(lambda item: f"The answer is ({letter}).")
    assert all(abs(share - 1 / 4) <= 1 / ITEMS for share in found)


def test_whoever_knows_some_and_else_says_the_first_moves_little_with_the_seed(
    accuracies: Callable[..., list[float]],
) -> None:
    def says(item: BenchmarkItem) -> str:
        knows = int(item.id.removeprefix("rec")) % 2 == 0
        return f"The answer is ({item.answer if knows else 'A'})."

    found = accuracies(says)
    mean = sum(found) / len(found)
    assert mean == pytest.approx(0.5 + 0.5 / 4, abs=0.02)
    # Of 99 guesses at one in four a share wavers by 4.4 points: of all items by 2.2.
    assert max(abs(share - mean) for share in found) < 3 * 0.022
