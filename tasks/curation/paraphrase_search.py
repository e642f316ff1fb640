"""Which problems of the benchmarks a question might be, by the nearness of their vectors."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from gleanery.infra.digests import digest
from gleanery.infra.llm.embeddings import Vectors
from gleanery.tasks.curation.benchmark_items import BenchmarkItem

Embed = Callable[[Sequence[str]], Vectors]

_BLOCK = 1024
_FEWEST_WORDS = 8  # a shorter question ("Which is correct?") is told by its choices


@dataclass(frozen=True, slots=True)
class ProblemIndex:
    """The problems of all benchmarks that have a text, with their vectors (n, d)."""

    items: tuple[BenchmarkItem, ...]
    vectors: Vectors

    @property
    def digest(self) -> str:
        """The name of the problems: their texts and where they come from."""
        return digest([[item.benchmark, item.id, shown_problem(item)] for item in self.items])


def index_problems(items: Sequence[BenchmarkItem], embed: Embed) -> ProblemIndex:
    """Return the problems with their vectors; the same text of one benchmark counts once."""
    distinct: dict[tuple[str, str], BenchmarkItem] = {}
    for item in items:
        if _compared(item).strip():
            distinct.setdefault((item.benchmark, _compared(item)), item)
    kept = tuple(distinct.values())
    vectors = embed([_compared(item) for item in kept])
    return ProblemIndex(kept, vectors)


def shown_problem(item: BenchmarkItem) -> str:
    """Return a problem as a judge sees it: with the choices, where it has some."""
    if not item.choices:
        return item.question
    return "\n".join([item.question, "Options:", *(f"- {choice}" for choice in item.choices)])


def nearest_problems(
    questions: Sequence[str], index: ProblemIndex, embed: Embed, nearest: int, floor: float
) -> list[list[BenchmarkItem]]:
    """Return for each question the problems nearest to it, at most so many, the nearest first.

    None has a cosine below `floor`; a blank question has none. One text in several benchmarks
    counts once towards `nearest`, and all its items are there.
    """
    found: list[list[BenchmarkItem]] = [[] for _ in questions]
    asked = [number for number, question in enumerate(questions) if question.strip()]
    if not asked or not index.items:
        return found
    vectors = embed([questions[number] for number in asked])
    for start in range(0, len(asked), _BLOCK):
        block = asked[start : start + _BLOCK]
        cosines = vectors[start : start + _BLOCK] @ index.vectors.T
        for number, row in zip(block, cosines, strict=True):
            near = np.flatnonzero(row >= floor)
            order = near[np.lexsort((near, -row[near]))]
            found[number] = _first_texts([index.items[place] for place in order], nearest)
    return found


def _first_texts(items: Sequence[BenchmarkItem], nearest: int) -> list[BenchmarkItem]:
    texts: set[str] = set()
    kept = []
    for item in items:
        texts.add(shown_problem(item))
        if len(texts) > nearest:
            break
        kept.append(item)
    return kept


def _compared(item: BenchmarkItem) -> str:
    few = len(item.question.split()) < _FEWEST_WORDS
    return "\n".join([item.question, *item.choices]) if few else item.question
