"""An evaluation by one of lm-eval's own backends, in this process: `hf`, `vllm`, or a server.

Prompts and scores are those of an evaluation through our engines. There is no journal and no
budget, and a backend does not say which answers it cut off: what is killed begins anew.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.harness import Tasks, item_of, open_tasks
from gleanery.tasks.evaluation.records import AnsweredItem, ScoredItem
from gleanery.tasks.evaluation.score_items import exact_comparer, open_scorer
from gleanery.tasks.evaluation.scores_part import score_answers
from gleanery.tasks.evaluation.scoring import AnswerScorer

if TYPE_CHECKING:
    from lm_eval.api.model import LM


def score_with_backend(
    config: EvaluationConfig,
    model_name: str,
    backend: "str | LM",
    backend_args: Mapping[str, Any] | None = None,
    options: Mapping[str, Any] | None = None,
) -> list[ScoredItem]:
    """Return the scored answers of a model that a backend of lm-eval runs.

    `backend` is its name with `backend_args` as lm-eval takes them, such as "hf" with
    `{"pretrained": folder}`, or an open model; `model_name` is what the rows call the model.
    Raises what `open_tasks` raises, `IsolationMissing`, and what the backend raises.
    """
    with exact_comparer(config) as comparer:
        scorer = open_scorer(config, comparer)
        scored: list[ScoredItem] = []
        opened = [open_tasks(each, config.seed, scorer, options) for each in config.benchmarks]
        samples = _ask(opened, config.as_chat, backend, backend_args or {})
        for benchmark, tasks in zip(config.benchmarks, opened, strict=True):
            scored += _score(benchmark, tasks, samples, model_name, config.as_chat, scorer)
    return scored


def _ask(
    opened: list[Tasks], as_chat: bool, backend: "str | LM", backend_args: Mapping[str, Any]
) -> Mapping[str, list[dict[str, Any]]]:
    """Return lm-eval's record of every question and answer, by the task's name."""
    import lm_eval
    from lm_eval.tasks import TaskManager

    results = lm_eval.simple_evaluate(
        backend,
        model_args=dict(backend_args) if isinstance(backend, str) else None,
        tasks=[task for tasks in opened for task in tasks.values()],
        apply_chat_template=as_chat,
        fewshot_as_multiturn=False,
        bootstrap_iters=0,
        task_manager=TaskManager(include_defaults=False),  # its own tasks take long to list
    )
    assert results is not None, "only rank 0 evaluates here"
    samples: Mapping[str, list[dict[str, Any]]] = results["samples"]
    return samples


def _score(
    benchmark: BenchmarkConfig,
    tasks: Tasks,
    samples: Mapping[str, list[dict[str, Any]]],
    model_name: str,
    as_chat: bool,
    scorer: AnswerScorer,
) -> list[ScoredItem]:
    answered, items = [], {}
    for name in tasks:
        for sample in samples[name]:
            item = item_of(sample["doc"])
            items[item.id] = item
            answered.append(
                AnsweredItem(
                    id=item.id,
                    benchmark=benchmark.name,
                    subject=item.subject,
                    prompt=sample["arguments"][0][0],
                    as_chat=as_chat,
                    answer=sample["resps"][0][0],
                    finish_reason="unknown",
                    completion_tokens=0,
                    model=model_name,
                    request_key="",
                )
            )
    return score_answers(answered, benchmark.benchmark, items, scorer)
