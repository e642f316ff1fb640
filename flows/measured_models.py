"""Measuring models one after the other, inside whichever flow asks: who answers, and how well."""

import contextlib
import functools
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from prefect.logging import get_run_logger
from pydantic import JsonValue

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.flows.run import storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.folders import FolderReceipt, fetch_folder
from gleanery.infra.incremental import Retry
from gleanery.infra.journal import new_writer
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import EngineRoom, open_engine
from gleanery.infra.parts import Parts
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.backend_engine import BackendEngine
from gleanery.tasks.evaluation.backend_spec import BackendSpec, deciding
from gleanery.tasks.evaluation.fetched_engine import FetchedEngine
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.evaluation.tasks import measure
from gleanery.tasks.llm_part import LLMRun
from gleanery.tasks.training.model_pointer import latest_model
from gleanery.tasks.training.starting_weights import base_identity
from gleanery.tasks.training.trained_models import NoModel, find_model

_EVERY_S = 30.0


def measure_models(
    config: ModelEvaluationConfig, store: Store, settings: Settings, retry: Retry | None = None
) -> dict[str, Evaluation]:
    """Return what every model came to, by its label; what `store` holds is not asked again.

    But for what `retry` names. Runs inside a flow that holds the lease of `store`. Raises `NoModel`
    for a trained model that is not there, and what `score_items` raises.
    """
    logger = get_run_logger()
    done: dict[str, Evaluation] = {}
    names = ", ".join(str(benchmark.name) for benchmark in config.evaluation.benchmarks)
    for model in config.models:  # one after the other: each may want all GPUs
        logger.info("%s: asking what has no answer yet of %s", model.label, names)
        root = config.root or settings.root
        with answering(model, root, settings) as (room, engine):
            budget = open_budget(config.budget, store)
            run = LLMRun(Parts(store, new_writer()), room, budget, retry=retry)
            done[model.label] = measure.submit(
                *(model.label, run, config.evaluation, engine, model.asked_as_chat),
                *(storage_options(settings), Told(model.label)),
            ).result()
        if open_items := done[model.label].unanswered:
            logger.warning(
                "%s: %d items have no answer yet, mostly for: %s: run again",
                *(model.label, open_items, done[model.label].why),
            )
    return done


@contextlib.contextmanager
def answering(
    model: MeasuredModel, root: str, settings: Settings
) -> Iterator[tuple[EngineRoom, EngineConfig]]:
    """Yield an engine room and who answers for a model there; nothing runs after the block.

    A trained model comes to this machine with the first question, until then. Raises `NoModel`
    where `root` has none.
    """
    with _weights(model, root, settings) as weights, contextlib.closing(EngineRoom()) as room:
        if not weights:
            yield room, model.engine
        elif model.backend == "engine":
            vllm = model.engine.vllm.model_copy(update={"weights": weights.place})
            engine = _named(model.engine, weights, vllm=vllm)
            room.seat(engine, FetchedEngine(open_engine(engine), weights.fetch))
            yield room, engine
        else:
            args: dict[str, JsonValue] = {**model.backend_args, "pretrained": weights.place}
            if weights.place == weights.name and weights.revision:
                args["revision"] = weights.revision
            spec = BackendSpec(backend=model.backend, args=args)
            by = deciding(model.backend, model.backend_args)
            engine = _named(model.engine, weights, revision=f"{weights.revision}+{by}")
            backend = BackendEngine(engine.identity, spec, model.python)
            room.seat(engine, FetchedEngine(backend, weights.fetch))
            yield room, engine


@dataclass(frozen=True, slots=True)
class _Weights:
    """A model's weights: what they are called, a hub id or a folder, and which version.

    `fetch` puts them at their place, where they are not yet on this machine.
    """

    name: str
    place: str
    revision: str
    fetch: Callable[[], object] = field(default=lambda: None)


@contextlib.contextmanager
def _weights(model: MeasuredModel, root: str, settings: Settings) -> Iterator[_Weights | None]:
    if model.trained:
        store = Store(f"{root.rstrip('/')}/{model.trained}", storage_options(settings))
        receipt = _receipt(store, model.trained_key)
        with scratch_folder() as folder:
            trained = Path(folder) / "trained"
            fetch = functools.partial(fetch_folder, store, receipt, trained)
            yield _Weights(model.trained, str(trained / "model"), receipt.digest, fetch)
    elif model.path and Path(model.path).is_dir():
        # A folder's name is of this machine: its content says which model it is.
        place = str(Path(model.path).absolute())
        yield _Weights(model.label, place, base_identity(place, ""))
    elif model.path:
        base_identity(model.path, "")  # a folder that is not there is no hub id
        yield _Weights(model.path, model.path, model.revision)
    else:
        yield None


def _named(engine: EngineConfig, weights: _Weights, **changes: Any) -> EngineConfig:
    named = {"model": weights.name, "revision": weights.revision}
    return engine.model_copy(update=named | changes)


def _receipt(store: Store, key: str) -> FolderReceipt:
    if not key:
        return latest_model(store)
    if receipt := find_model(store, key):
        return receipt
    raise NoModel(f"there is no model {key} at {store.uri('models')}: check trained_key")


class Told:
    """Logs now and then how far a model is, and how long the rest takes at the pace so far."""

    def __init__(self, label: str) -> None:
        self._label, self._logger = label, get_run_logger()
        self._told = time.monotonic()
        self._began: tuple[float, int] | None = None

    def __call__(self, part: str, done: int, total: int) -> None:
        """Log that all is done, and every half minute what is."""
        now = time.monotonic()
        began, first = self._began = self._began or (now, done)
        if done < total and now - self._told < _EVERY_S:
            return
        left = ""
        if first < done < total:
            minutes = (total - done) * (now - began) / (done - first) / 60
            left = f", {minutes:,.0f} min left" if minutes >= 1 else ", less than a minute left"
        self._logger.info(
            "%s: %d of %d items done (%s)%s",
            *(self._label, done, total, part.removeprefix(f"{self._label}."), left),
        )
        self._told = now
