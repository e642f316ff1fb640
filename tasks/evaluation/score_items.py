"""A whole evaluation of one model without any orchestration: ask, keep, score, sum up."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.receipts import Receipt
from gleanery.tasks.comparing import Comparer
from gleanery.tasks.evaluation.amounts import exactly_same_number
from gleanery.tasks.evaluation.answers_part import answer_parts, ask_benchmark
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig, Kind
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.harness import asked_items, item_of, open_tasks
from gleanery.tasks.evaluation.no_result import (
    refuse_all_refused,
    refuse_none_answered,
    why_open,
)
from gleanery.tasks.evaluation.records import (
    AskedItem,
    BenchmarkItem,
    BenchmarkScore,
    ScoredItem,
)
from gleanery.tasks.evaluation.sandbox_isolation import require_isolation
from gleanery.tasks.evaluation.scores_part import score_part
from gleanery.tasks.evaluation.scoring import AnswerScorer
from gleanery.tasks.evaluation.summary import summarise
from gleanery.tasks.expressions import exactly_same_expression
from gleanery.tasks.llm_part import LLMRun


@dataclass(frozen=True, slots=True)
class OpenBenchmark:
    """A benchmark that is read: its items by id, and their prompts in order."""

    config: BenchmarkConfig
    items: Mapping[str, BenchmarkItem]
    asked: Sequence[AskedItem]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What a model came to. While `unanswered` items are open, scores are not final.

    `why` is what most of these have no answer for.
    """

    scores: Sequence[BenchmarkScore]
    items: Sequence[ScoredItem]
    answers: Sequence[Receipt]
    unanswered: int
    why: str = ""


def exact_comparer(config: EvaluationConfig) -> Comparer:
    """Return what compares answers with expected ones: rounded numbers are not the same."""
    return Comparer(config.compute, exactly_same_expression, exactly_same_number)


def open_scorer(config: EvaluationConfig, comparer: Comparer) -> AnswerScorer:
    """Return what scores the answers to all configured benchmarks.

    Raises `IsolationMissing` where some have code that this machine cannot hold back.
    """
    if any(benchmark.benchmark.kind is Kind.CODE for benchmark in config.benchmarks):
        require_isolation()
    return AnswerScorer(comparer, config.sandbox, config.sandbox_workers or None)


def open_benchmark(
    config: BenchmarkConfig,
    seed: int,
    scorer: AnswerScorer,
    options: Mapping[str, Any] | None = None,
) -> OpenBenchmark:
    """Return a benchmark with all its prompts; raises what `open_tasks` raises."""
    tasks = open_tasks(config, seed, scorer, options)
    docs = (item_of(doc) for task in tasks.values() for _, doc in task.doc_iterator())
    return OpenBenchmark(config, {item.id: item for item in docs}, list(asked_items(config, tasks)))


def score_items(
    run: LLMRun,
    config: EvaluationConfig,
    engine: EngineConfig,
    as_chat: bool,
    options: Mapping[str, Any] | None = None,
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
    prefix: str = "",
) -> Evaluation:
    """Return what a model comes to on the configured benchmarks.

    With `as_chat` it is told the prompt in one turn of a talk; else it goes on with it as a text.
    All benchmarks are read before the first question is asked, and `IsolationMissing` is raised
    where code is to be run that this machine cannot hold back. Killed at any time, a second call
    asks only what has no answer yet. `progress` is told a part, and the items done and in all;
    `prefix` tells the parts of models that share a store apart. Raises `EngineError` where a model
    is refused all prompts of a benchmark, or has no answer at all while its budget lasts.
    """
    receipts: list[Receipt] = []
    scored: list[ScoredItem] = []
    with exact_comparer(config) as comparer:
        scorer = open_scorer(config, comparer)
        benchmarks = [
            open_benchmark(benchmark, config.seed, scorer, options)
            for benchmark in config.benchmarks
        ]
        total = sum(len(benchmark.asked) for benchmark in benchmarks)
        for benchmark in benchmarks:
            told = _beyond(sum(receipt.rows_in for receipt in receipts), total, progress)
            parts = answer_parts(
                benchmark.asked, engine, as_chat, config.items_per_part, told, prefix
            )
            answered = ask_benchmark(run, parts)
            refuse_all_refused(run.parts, engine, benchmark.config.name, answered)
            for answers in answered:
                definition = benchmark.config.benchmark
                scores, _ = score_part(run.parts, answers, definition, benchmark.items, scorer)
                scored += run.parts.rows(scores, ScoredItem)
            receipts += answered
    refuse_none_answered(run.parts, engine, receipts)
    unanswered = sum(sum(receipt.failed.values()) for receipt in receipts)
    why = why_open(run.parts, receipts)
    return Evaluation(summarise(scored), scored, receipts, unanswered, why)


def _beyond(
    before: int, total: int, progress: Callable[[str, int, int], None]
) -> Callable[[str, int, int], None]:
    """Return what tells how far all benchmarks are, told how far one is."""
    return lambda part, done, _: progress(part, before + done, total)
