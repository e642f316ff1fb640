"""Measuring models on benchmarks: every model gets the same prompts, every answer is kept."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from prefect import flow
from prefect.artifacts import create_markdown_artifact, create_table_artifact
from prefect.logging import get_run_logger

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.folders import fetch_folder
from gleanery.infra.journal import new_writer
from gleanery.infra.lease import hold_lease
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.published import PUBLISHED
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.evaluation.side_by_side import Measured, side_by_side
from gleanery.tasks.evaluation.tasks import measure
from gleanery.tasks.llm_part import LLMRun
from gleanery.tasks.training.trained_models import newest_model


@flow(name="evaluate-model", flow_run_name="evaluate: {config.name}")
def evaluate_model(config: ModelEvaluationConfig) -> list[Measured]:
    """Return what every model came to on every benchmark, each compared with the first model."""
    settings = read_settings()
    store = open_store(config, settings)
    logger = get_run_logger()
    done: dict[str, Evaluation] = {}
    with hold_lease(store):
        for model in config.models:  # one after the other: each may want all GPUs
            with engine_room() as room, _engine(config, model, settings) as engine:
                budget = open_budget(config.budget, store)
                run = LLMRun(Parts(store, new_writer()), room, budget)
                asked = config.evaluation.model_copy(update={"as_chat": model.as_chat})
                progress = _Told(model.label)
                done[model.label] = measure.submit(
                    model.label, run, asked, engine, storage_options(settings), progress
                ).result()
            if open_items := done[model.label].unanswered:
                logger.warning(
                    "%s: %d items have no answer yet: run again", model.label, open_items
                )
    measured = side_by_side(
        {label: evaluation.scores for label, evaluation in done.items()},
        {label: evaluation.items for label, evaluation in done.items()},
    )
    _show(measured)
    return measured


class _Told:
    """Logs how far a model is, part by part."""

    def __init__(self, label: str) -> None:
        self._label, self._logger = label, get_run_logger()

    def __call__(self, part: str, done: int, total: int) -> None:
        if done == total:
            self._logger.info("%s: %s, %d items answered", self._label, part, total)


@contextlib.contextmanager
def _engine(
    config: ModelEvaluationConfig, model: MeasuredModel, settings: Settings
) -> Iterator[EngineConfig]:
    """Yield who answers for a model; a trained one lies on this machine while it is measured."""
    if not model.trained:
        yield model.engine
        return
    root = (config.root or settings.root).rstrip("/")
    store = Store(f"{root}/{model.trained}", storage_options(settings))
    receipt = newest_model(store)
    with scratch_folder() as folder:
        place = Path(folder) / "trained"
        fetch_folder(store, receipt, place)
        served = model.engine.vllm.model_copy(update={"weights": str(place / "model")})
        named = {"model": model.trained, "revision": receipt.digest, "vllm": served}
        yield model.engine.model_copy(update=named)


def _show(measured: list[Measured]) -> None:
    create_table_artifact(
        key="evaluation",
        table=evaluation_rows(measured),
        description="# Accuracy by benchmark, with 95 % intervals\n\n`p` is of the exact paired "
        "test (McNemar) against the first model.",
    )
    create_markdown_artifact(key="evaluation-published", markdown=published_table(measured))


def evaluation_rows(measured: list[Measured]) -> list[dict[str, str | int]]:
    """Return one row per benchmark and model."""
    return [
        {
            "benchmark": one.score.benchmark,
            "model": one.label,
            "items": one.score.items,
            "accuracy": f"{one.interval.estimate:.1%}",
            "95 %": f"{one.interval.low:.1%} to {one.interval.high:.1%}",
            "unparseable": one.score.unparseable,
            "cut off": one.score.truncated,
            "against the first": f"{one.against.difference.estimate:+.1%}" if one.against else "",
            "won, lost": f"{one.against.won}, {one.against.lost}" if one.against else "",
            "p": f"{one.against.p_value:.3g}" if one.against else "",
        }
        for one in measured
    ]


def published_table(measured: list[Measured]) -> str:
    """Return our accuracies in percent beside those that the papers report, as Markdown."""
    benchmarks = list(dict.fromkeys(one.score.benchmark for one in measured))
    ours: dict[str, dict[str, float]] = {}
    for one in measured:
        ours.setdefault(one.label, {})[one.score.benchmark] = 100 * one.interval.estimate
    lines = [
        "# Beside published figures",
        "",
        "Yue et al. (2024), Table 2. Prompts and items differ: a bearing, no yardstick.",
        "",
        f"| model | {' | '.join(benchmarks)} |",
        f"|{'---|' * (len(benchmarks) + 1)}",
    ]
    for name, figures in {**ours, **{f"{n} (published)": f for n, f in PUBLISHED.items()}}.items():
        cells = [f"{figures[b]:.1f}" if b in figures else "" for b in benchmarks]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)
