"""What trained models came to, kept beside them, with their cards."""

import datetime
from collections.abc import Sequence

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.flows.run import storage_options
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.side_by_side import Measured
from gleanery.tasks.model_records import BenchmarkResult, ModelResults, Purpose
from gleanery.tasks.training.model_evaluations import keep_results
from gleanery.tasks.training.model_pointer import latest_model
from gleanery.tasks.training.trained_models import find_model, model_key


def with_keys(config: ModelEvaluationConfig, settings: Settings) -> ModelEvaluationConfig:
    """Return an evaluation that says by its key which model of each training is measured.

    Else another one might become the latest while it runs. Raises `NoModel`.
    """
    models = tuple(
        model.model_copy(update={"trained_key": model_key(latest_model(store))})
        if model.trained
        and not model.trained_key
        and (store := models_store(config, model.trained, settings))
        else model
        for model in config.models
    )
    return config.model_copy(update={"models": models})


def keep_measured(
    config: ModelEvaluationConfig,
    measured: Sequence[Measured],
    settings: Settings,
    purpose: Purpose = "measured",
) -> None:
    """Keep what each trained model of an evaluation came to, and write its card.

    Their keys are named (`with_keys`).
    """
    for model in config.models:
        if not model.trained:
            continue
        store = models_store(config, model.trained, settings)
        receipt = find_model(store, model.trained_key)
        of_model = [one for one in measured if one.label == model.label]
        if receipt and of_model:
            keep_results(store, receipt, _results(config, model, of_model, purpose))


def models_store(config: ModelEvaluationConfig, training: str, settings: Settings) -> Store:
    """Return the store of a training below an evaluation's root."""
    root = (config.root or settings.root).rstrip("/")
    return Store(f"{root}/{training}", storage_options(settings))


def _results(
    config: ModelEvaluationConfig,
    model: MeasuredModel,
    measured: Sequence[Measured],
    purpose: Purpose,
) -> ModelResults:
    first = config.models[0].label
    return ModelResults(
        evaluation=config.name,
        purpose=purpose,
        as_chat=model.asked_as_chat,
        created=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
        results=[_result(config.evaluation, one, first) for one in measured],
    )


def _result(evaluation: EvaluationConfig, one: Measured, first: str) -> BenchmarkResult:
    named = {str(benchmark.name): benchmark for benchmark in evaluation.benchmarks}
    benchmark = named.get(one.score.benchmark)
    return BenchmarkResult(
        benchmark=one.score.benchmark,
        place=_place(benchmark.items_source) if benchmark else one.score.benchmark,
        shots=benchmark.shots_asked if benchmark else 0,
        items=one.score.items,
        correct=one.score.correct,
        accuracy=one.interval.estimate,
        low=one.interval.low,
        high=one.interval.high,
        unparseable=one.score.unparseable,
        truncated=one.score.truncated,
        refused=one.score.refused,
        against=first if one.against else "",
        difference=one.against.difference.estimate if one.against else None,
        p_value=one.against.p_value if one.against else None,
    )


def _place(source: BenchmarkSource) -> str:
    """Return what a card calls the source of items: a file's folder is nobody's business."""
    return source.path.rpartition("/")[2] if source.path else source.place
