"""Measuring as Prefect sees it: one light task per model, and one per judge."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.judge_suites import (
    Answers,
    OpenSuite,
    Verdicts,
    answer_suites,
    judge_suites,
)
from gleanery.tasks.evaluation.judged_config import JudgingConfig
from gleanery.tasks.evaluation.score_items import Evaluation, score_items
from gleanery.tasks.llm_part import LLMRun


@task(name="measure", task_run_name="measure {label}", persist_result=False, cache_policy=NO_CACHE)
def measure(
    label: str,
    run: LLMRun,
    config: EvaluationConfig,
    engine: EngineConfig,
    as_chat: bool,
    options: Mapping[str, Any],
    progress: Callable[[str, int, int], None],
) -> Evaluation:
    """Return what a model comes to; what was answered before is not asked again."""
    return score_items(run, config, engine, as_chat, options, progress, prefix=f"{label}.")


@task(
    name="answer suites",
    task_run_name="answers of {label} for judges",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def answer_judged_suites(
    label: str,
    run: LLMRun,
    config: JudgingConfig,
    suites: Sequence[OpenSuite],
    engine: EngineConfig,
    as_chat: bool,
    progress: Callable[[str, int, int], None],
) -> Answers:
    """Return what a model answers to the judged suites; nothing is asked twice."""
    return answer_suites(run, config, suites, engine, as_chat, label, progress)


@task(
    name="judge", task_run_name="judge: {judge.model}", persist_result=False, cache_policy=NO_CACHE
)
def judge_answers(
    run: LLMRun,
    config: JudgingConfig,
    suites: Sequence[OpenSuite],
    answers: Mapping[str, Answers],
    judge: EngineConfig,
    progress: Callable[[str, int, int], None],
) -> Verdicts:
    """Return what a judge says of every model's answers; nothing is asked twice."""
    return judge_suites(run, config, suites, answers, judge, progress)
