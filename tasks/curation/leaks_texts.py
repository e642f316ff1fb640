"""What of a benchmark item is sought: its question, answers and choices, as far as they tell."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from gleanery.tasks.curation.benchmark_config import Side
from gleanery.tasks.curation.benchmark_items import BenchmarkItem
from gleanery.tasks.curation.leaks_folding import fold

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True, slots=True)
class SoughtText:
    """A text of an item; `whole` if it is sought also where it is shorter than an n-gram."""

    item: int
    side: Side
    text: str
    whole: bool


def sought_texts(
    items: Iterable[BenchmarkItem], sides: Collection[Side], n: int
) -> Iterator[SoughtText]:
    """Yield the texts of all items.

    Answers and choices are sought by n-grams alone: short ones are anybody's words. Each choice
    stands for itself; behind a question of less than n words stand all of them, with and without
    letters, for many such a question ("Neural networks:") says nothing without them.
    """
    for number, item in enumerate(items):
        if "question" in sides:
            yield SoughtText(number, "question", item.question, True)
        if "answer" in sides:
            for answer in item.answers:
                yield SoughtText(number, "answer", answer, False)
        if "choices" in sides and item.choices:
            for choice in item.choices:
                yield SoughtText(number, "choices", choice, False)
            if len(fold(item.question).split()) >= n:
                continue
            lettered = [f"{a} {choice}" for a, choice in zip(_LETTERS, item.choices, strict=False)]
            for choices in (item.choices, lettered):
                yield SoughtText(number, "choices", "\n".join([item.question, *choices]), False)
