"""The benchmarks as tasks of lm-eval: it builds every request and scores every answer.

The same tasks run here, where answers are kept one by one, and in lm-eval's own backends.
https://github.com/EleutherAI/lm-evaluation-harness
"""

import contextlib
import logging
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gleanery.tasks.evaluation import prompts, scoring
from gleanery.tasks.evaluation.benchmark_items import read_items
from gleanery.tasks.evaluation.benchmarks import Benchmark, BenchmarkConfig
from gleanery.tasks.evaluation.exemplars import read_exemplars
from gleanery.tasks.evaluation.prompts import answer_text, question_text
from gleanery.tasks.evaluation.records import AskedItem, BenchmarkItem
from gleanery.tasks.evaluation.scoring import AnswerScorer
from gleanery.tasks.file_problems import FileError, Problem

if TYPE_CHECKING:
    from lm_eval.api.task import ConfigurableTask

Tasks = Mapping[str, "ConfigurableTask"]


def open_tasks(
    config: BenchmarkConfig,
    seed: int,
    scorer: AnswerScorer,
    options: Mapping[str, Any] | None = None,
) -> Tasks:
    """Return a benchmark as tasks of lm-eval, by name: one, or one per subject of BBH.

    `seed` decides which examples are drawn and how options are ordered; `options` go to fsspec.
    The scorer must stay open while answers are scored. Raises what `read_items` and
    `read_exemplars` raise, `FileError` for items of another benchmark, and `ImportError` without
    lm-eval.
    """
    items = read_items(config.items_source, seed, options)
    _check_items(config, items, scorer)
    exemplars = read_exemplars(config, seed, options, {item.question for item in items})
    grouped: dict[str, list[BenchmarkItem]] = {}
    for item in items:
        subject = "" if "" in exemplars else item.subject
        if subject not in exemplars:
            known = ", ".join(sorted(exemplars))
            raise ValueError(
                f"{config.name} has no examples for the subject {subject!r} of item {item.id}: "
                f"known are {known}"
            )
        grouped.setdefault(subject, []).append(item)
    with _quiet():
        return {
            name: _task(name, config, items, exemplars[subject], scorer)
            for subject, items in grouped.items()
            for name in (f"{config.name}_{subject}" if subject else config.name,)
        }


def asked_items(config: BenchmarkConfig, tasks: Tasks) -> Iterator[AskedItem]:
    """Yield every item of a benchmark with the prompt that lm-eval builds for it."""
    for task in tasks.values():
        for number, doc in task.doc_iterator():
            item = item_of(doc)
            context = task.fewshot_context(doc, num_fewshot=task.config.num_fewshot)
            request = task.construct_requests(
                doc=doc, ctx=context, metadata=(task.config.task, number, 1)
            )
            text, generation = request.args
            yield AskedItem(
                id=item.id,
                benchmark=config.name,
                subject=item.subject,
                prompt=text,
                stop=generation["until"],
                max_tokens=generation["max_gen_toks"],
            )


def item_of(doc: Mapping[str, Any]) -> BenchmarkItem:
    """Return the item that a document of lm-eval is."""
    return BenchmarkItem.model_validate(dict(doc))


def _check_items(
    config: BenchmarkConfig, items: Sequence[BenchmarkItem], scorer: AnswerScorer
) -> None:
    problems = []
    for item in items:
        try:
            scorer.check(config.benchmark, item)
        except ValueError as error:
            problems.append(Problem(0, f"item {item.id} is none of {config.name}: {error}"))
    if problems:
        raise FileError(config.items_source.place, problems)


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep lm-eval from telling for every task how its command line fills in a dataset."""
    log = logging.getLogger("lm_eval")
    level = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(level)


def _task(
    name: str,
    config: BenchmarkConfig,
    items: Sequence[BenchmarkItem],
    exemplars: Sequence[BenchmarkItem],
    scorer: AnswerScorer,
) -> "ConfigurableTask":
    from datasets import Dataset
    from lm_eval.api.task import ConfigurableTask

    benchmark = config.benchmark

    # Functions of their own, not bound methods: lm-eval copies its configuration deeply.
    def load(**_: object) -> dict[str, Any]:
        return {"test": Dataset.from_list([item.model_dump() for item in items])}

    def ask(doc: Mapping[str, Any]) -> str:
        return question_text(item_of(doc), benchmark)

    def answer(doc: Mapping[str, Any]) -> str:
        return answer_text(item_of(doc), benchmark)

    def score(doc: Mapping[str, Any], answers: Sequence[str]) -> dict[str, float]:
        verdict = scorer.score(benchmark, item_of(doc), answers[0])
        return {"correct": float(verdict.correct), "unparseable": float(verdict.unparseable)}

    task = ConfigurableTask(
        config={
            "task": name,
            "custom_dataset": load,
            "test_split": "test",
            "output_type": "generate_until",
            "description": f"{benchmark.instruction}\n\n" if benchmark.instruction else "",
            "doc_to_text": ask,
            "doc_to_target": answer,
            "num_fewshot": len(exemplars),
            "fewshot_config": {
                "sampler": "first_n",
                "samples": [exemplar.model_dump() for exemplar in exemplars],
            },
            "generation_kwargs": _generation(benchmark, config),
            "process_results": score,
            "metric_list": [
                {"metric": "correct", "aggregation": "mean", "higher_is_better": True},
                {"metric": "unparseable", "aggregation": "mean", "higher_is_better": False},
            ],
            "metadata": {"version": f"{prompts.VERSION}.{scoring.VERSION}"},
        }
    )
    task.set_fewshot_seed(0)
    return task


def _generation(benchmark: Benchmark, config: BenchmarkConfig) -> dict[str, Any]:
    return {
        "until": list(benchmark.stop),
        "max_gen_toks": config.max_tokens or benchmark.max_tokens,
        "do_sample": False,
        "temperature": 0.0,
    }
