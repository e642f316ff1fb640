"""Measuring models one after the other, inside whichever flow asks: who answers, and how well."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from prefect.logging import get_run_logger

from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.flows.run import storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.folders import FolderReceipt, fetch_folder
from gleanery.infra.journal import new_writer
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import EngineRoom
from gleanery.infra.parts import Parts
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.score_items import Evaluation
from gleanery.tasks.evaluation.tasks import measure
from gleanery.tasks.llm_part import LLMRun
from gleanery.tasks.training.starting_weights import base_identity
from gleanery.tasks.training.trained_models import NoModel, find_model, newest_model


def measure_models(
    config: ModelEvaluationConfig, store: Store, settings: Settings
) -> dict[str, Evaluation]:
    """Return what every model came to, by its label; what `store` holds is not asked again.

    Runs inside a flow that holds the lease of `store`. Raises `NoModel` for a trained model that
    is not there.
    """
    logger = get_run_logger()
    done: dict[str, Evaluation] = {}
    for model in config.models:  # one after the other: each may want all GPUs
        root = config.root or settings.root
        # The room closes first: its servers hold the weights that `answering` removes.
        with answering(model, root, settings) as engine, contextlib.closing(EngineRoom()) as room:
            run = LLMRun(Parts(store, new_writer()), room, open_budget(config.budget, store))
            asked = config.evaluation.model_copy(update={"as_chat": model.as_chat})
            done[model.label] = measure.submit(
                model.label, run, asked, engine, storage_options(settings), _Told(model.label)
            ).result()
        if open_items := done[model.label].unanswered:
            logger.warning("%s: %d items have no answer yet: run again", model.label, open_items)
    return done


@contextlib.contextmanager
def answering(model: MeasuredModel, root: str, settings: Settings) -> Iterator[EngineConfig]:
    """Yield who answers for a model; a trained one lies on this machine while it is measured.

    Raises `NoModel` for a trained one that is not below `root`.
    """
    if model.path and not Path(model.path).is_dir():
        yield _served(model, model.path, model.path, model.revision)
        return
    if model.path:  # a folder's name is of this machine: its content says which model it is
        place = str(Path(model.path).absolute())
        yield _served(model, model.label, place, base_identity(place, ""))
        return
    if not model.trained:
        yield model.engine
        return
    store = Store(f"{root.rstrip('/')}/{model.trained}", storage_options(settings))
    receipt = _receipt(store, model.trained_key)
    with scratch_folder() as folder:
        fetch_folder(store, receipt, Path(folder) / "trained")
        weights = str(Path(folder) / "trained" / "model")
        yield _served(model, model.trained, weights, receipt.digest)


def _served(model: MeasuredModel, name: str, weights: str, revision: str) -> EngineConfig:
    """Return an engine that starts servers of these weights."""
    vllm = model.engine.vllm.model_copy(update={"weights": weights})
    return model.engine.model_copy(update={"model": name, "revision": revision, "vllm": vllm})


def _receipt(store: Store, key: str) -> FolderReceipt:
    if not key:
        return newest_model(store)
    if receipt := find_model(store, key):
        return receipt
    raise NoModel(f"there is no model {key} at {store.uri('models')}: check trained_key")


class _Told:
    """Logs how far a model is, part by part."""

    def __init__(self, label: str) -> None:
        self._label, self._logger = label, get_run_logger()

    def __call__(self, part: str, done: int, total: int) -> None:
        if done == total:
            self._logger.info("%s: %s, %d items answered", self._label, part, total)
