"""Several models on the same benchmarks, side by side: accuracies, and who is better for sure."""

from collections.abc import Mapping, Sequence

from gleanery.tasks.evaluation.records import BenchmarkScore, ScoredItem
from gleanery.tasks.evaluation.statistics_accuracy import Interval, accuracy
from gleanery.tasks.evaluation.statistics_paired import Comparison, compare
from gleanery.tasks.records import Record


class Measured(Record):
    """What one model came to on one benchmark; `against` compares it with the first model."""

    label: str
    score: BenchmarkScore
    interval: Interval
    against: Comparison | None = None


def side_by_side(
    scores: Mapping[str, Sequence[BenchmarkScore]], items: Mapping[str, Sequence[ScoredItem]]
) -> list[Measured]:
    """Return what each model came to, benchmark by benchmark; the first label is the base.

    Models are compared on the items that both were asked and have answered.
    """
    base = next(iter(scores))
    marks = {label: _marks(of_model) for label, of_model in items.items()}
    benchmarks = dict.fromkeys(score.benchmark for of in scores.values() for score in of)
    measured = []
    for benchmark in benchmarks:
        for label, of_model in scores.items():
            for score in of_model:
                if score.benchmark == benchmark:
                    against = None
                    if label != base:
                        against = _compared(marks[base], marks[label], benchmark)
                    interval = accuracy(score.correct, score.items)
                    measured.append(
                        Measured(label=label, score=score, interval=interval, against=against)
                    )
    return measured


Marks = Mapping[tuple[str, str], bool]


def _marks(items: Sequence[ScoredItem]) -> Marks:
    return {(item.benchmark, item.id): bool(item.correct) for item in items}


def _compared(base: Marks, other: Marks, benchmark: str) -> Comparison | None:
    both = [key for key in base if key[0] == benchmark and key in other]
    return compare([base[key] for key in both], [other[key] for key in both]) if both else None
