"""What a model came to on a benchmark."""

from collections.abc import Iterable

from gleanery.tasks.evaluation.answers_part import REFUSED
from gleanery.tasks.evaluation.no_result import said_mostly
from gleanery.tasks.evaluation.records import (
    BenchmarkScore,
    InstructionScore,
    ScoredItem,
    SubjectScore,
)


def summarise(scored: Iterable[ScoredItem]) -> list[BenchmarkScore]:
    """Return the scores of each benchmark and model, in the order in which they come first."""
    grouped: dict[tuple[str, str], list[ScoredItem]] = {}
    for item in scored:
        grouped.setdefault((item.benchmark, item.model), []).append(item)
    return [_score(benchmark, model, items) for (benchmark, model), items in grouped.items()]


def _score(benchmark: str, model: str, items: list[ScoredItem]) -> BenchmarkScore:
    subjects: dict[str, list[int]] = {}
    for item in items:
        subjects.setdefault(item.subject, []).append(item.correct)
    correct = sum(item.correct for item in items)
    refused = [item.detail for item in items if item.finish_reason == REFUSED]
    return BenchmarkScore(
        benchmark=benchmark,
        model=model,
        items=len(items),
        correct=correct,
        accuracy=correct / len(items),
        unparseable=sum(item.unparseable for item in items),
        truncated=sum(item.truncated for item in items),
        refused=len(refused),
        refusal=said_mostly(refused),
        subjects=[
            SubjectScore(subject=subject, items=len(marks), correct=sum(marks))
            for subject, marks in sorted(subjects.items())
        ],
        instructions=_instructions(items),
    )


def _instructions(items: list[ScoredItem]) -> InstructionScore | None:
    if not any(item.followed for item in items):
        return None
    return InstructionScore(
        instructions=sum(len(item.followed) for item in items),
        followed=sum(sum(item.followed) for item in items),
        followed_loosely=sum(sum(item.followed_loosely) for item in items),
        items_loosely=sum(all(item.followed_loosely) for item in items),
    )
