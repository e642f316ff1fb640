"""Reading any configuration file: of a pipeline, and of what is done with models."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from gleanery.deployments.methods import PIPELINES, flow_of, read_config
from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.improvement_config import ImproveConfig, with_parts
from gleanery.flows.pipeline_config import (
    ConfigError,
    PipelineConfig,
    StoredConfig,
    read_values,
    to_config,
)
from gleanery.flows.sweep_config import SweepConfig
from gleanery.flows.training_config import TrainingConfig

if TYPE_CHECKING:
    from prefect import Flow

M = TypeVar("M", bound=StoredConfig)

_MODELS: dict[str, type[StoredConfig]] = {
    "training": TrainingConfig,
    "evaluation": ModelEvaluationConfig,
    "improvement": ImproveConfig,
    "sweep": SweepConfig,
}


def read_any_config(path: Path) -> StoredConfig:
    """Return the configuration in a YAML file, of the method that its key `method` names.

    A file without that key is a harvest. Raises `ConfigError` with file, key and reason.
    """
    method = str(read_values(path).get("method", "harvest"))
    if method in _MODELS:
        return _read(path, method, _MODELS[method])
    if method in PIPELINES:
        return read_config(path)
    known = ", ".join([*PIPELINES, *_MODELS])
    raise ConfigError(f"{path} has the method {method}; known methods are {known}")


def read_training_config(path: Path) -> TrainingConfig:
    """Return the training in a YAML file. Raises `ConfigError` with file, key and reason."""
    return _read(path, "training", TrainingConfig)


def read_evaluation_config(path: Path) -> ModelEvaluationConfig:
    """Return the evaluation in a YAML file. Raises `ConfigError` with file, key and reason."""
    return _read(path, "evaluation", ModelEvaluationConfig)


def read_improvement_config(path: Path) -> ImproveConfig:
    """Return the improvement in a YAML file. Raises `ConfigError` with file, key and reason.

    A dataset, a training or suites that are a path, relative to the file, are read from there.
    """
    return _read(path, "improvement", ImproveConfig)


def read_sweep_config(path: Path) -> SweepConfig:
    """Return the sweep in a YAML file. Raises `ConfigError` with file, variant, key and reason."""
    return _read(path, "sweep", SweepConfig)


def flow_of_any(config: StoredConfig) -> Flow[Any, Any]:
    """Return the flow that runs a configuration; it takes it as its `config`."""
    if isinstance(config, PipelineConfig):
        return flow_of(config)
    # Imported here: Prefect reads its settings, the server's address among them, on import.
    from gleanery.flows.evaluate_model import evaluate_model
    from gleanery.flows.improve_model import improve_model
    from gleanery.flows.run_sweep import run_sweep
    from gleanery.flows.train_model import train_model

    flows: dict[type[StoredConfig], Flow[Any, Any]] = {
        TrainingConfig: train_model,
        ModelEvaluationConfig: evaluate_model,
        ImproveConfig: improve_model,
        SweepConfig: run_sweep,
    }
    return flows[type(config)]


def _read(path: Path, method: str, config: type[M]) -> M:
    values = read_values(path)
    if (found := values.get("method", method)) != method:
        raise ConfigError(
            f"{path} has the method {found}, and this takes {method}; `gleanery run` takes every "
            "method"
        )
    if method == "improvement":
        values = with_parts(path, values)
    elif method == "training":
        values = {"model": {}} | values  # what all variants of a sweep share need name none
    return to_config(path, values, config)
