"""Measuring as Prefect sees it: one light task per model, which asks, keeps and scores."""

from collections.abc import Callable, Mapping
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.score_items import Evaluation, score_items
from gleanery.tasks.llm_part import LLMRun


@task(name="measure", task_run_name="measure {label}", persist_result=False, cache_policy=NO_CACHE)
def measure(
    label: str,
    run: LLMRun,
    config: EvaluationConfig,
    engine: EngineConfig,
    options: Mapping[str, Any],
    progress: Callable[[str, int, int], None],
) -> Evaluation:
    """Return what a model comes to; what was answered before is not asked again."""
    return score_items(run, config, engine, options, progress, prefix=f"{label}.")
