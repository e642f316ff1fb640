"""What the suites of an improvement must not be: reported on, or learnt from.

Items are told by what they ask, whatever file they stand in and whatever they are called there.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from gleanery.flows.improvement_config import ImproveConfig
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.curation.leaks_folding import fold
from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.config import EvaluationConfig

_ASKS_BY_ITSELF = 8  # words; "Which of these is true?" needs its options to be told from another
_EXAMPLE = 100  # characters of a question that an error shows


class SuitesMixed(ValueError):
    """Suites that decide about a model and yet are reported, or are not kept out of its data."""


def check_suites(config: ImproveConfig, options: Mapping[str, Any]) -> None:
    """Raise `SuitesMixed` unless validation and reported benchmarks and training data are apart.

    A model that is chosen by the items it is reported on looks better than it is; one that has
    learnt them is chosen for knowing them by heart. So no item of the validation suites may be a
    reported one, and the dataset must be kept clear of both: all of them have to be among its
    decontamination benchmarks. That is refused and no warning, for a night has nobody to read it.
    `options` go to fsspec.
    """
    validation = _asked(config.validation, options)
    reported = _asked(config.reported, options) if config.reported else []
    known = {question.key for question in reported}
    if shared := [question for question in validation if question.key in known]:
        raise SuitesMixed(
            f"{len(shared)} of {len(validation)} validation items are reported ones as well, such "
            f"as {shared[0]}: decide by other items, say of a train split or another benchmark"
        )
    kept_out = read_benchmarks(config.dataset.decontamination.benchmarks, options)
    sought = {_words(item.question) for item in kept_out.items}
    for purpose, questions in (("validation", validation), ("reported", reported)):
        if learnt := [question for question in questions if question.words not in sought]:
            raise SuitesMixed(
                f"{len(learnt)} of {len(questions)} {purpose} items are not among the benchmarks "
                f"that {config.dataset.name} is kept clear of, such as {learnt[0]}: add their "
                "files to decontamination.benchmarks of the dataset"
            )


class _Question:
    """What an item asks, in bare words."""

    def __init__(self, benchmark: str, question: str, choices: Iterable[str]) -> None:
        self._text = f"{benchmark}: {' '.join(question.split())}"
        self.words = _words(question)
        enough = len(self.words.split()) >= _ASKS_BY_ITSELF
        self.key = self.words if enough else b"|".join([self.words, *sorted(map(_words, choices))])

    def __str__(self) -> str:
        return f"“{self._text[:_EXAMPLE]}{'…' if len(self._text) > _EXAMPLE else ''}”"


def _words(text: str) -> bytes:
    """Return a text's bare words: files of one benchmark differ in spaces, breaks and marks."""
    return b" ".join(fold(text).split())


def _asked(config: EvaluationConfig, options: Mapping[str, Any]) -> list[_Question]:
    return [
        _Question(benchmark.name, item.question, item.choices)
        for benchmark in config.benchmarks
        for item in read_items(benchmark.items_source, config.seed, options)
    ]
