"""Reading the configurations of trainings and evaluations."""

from pathlib import Path
from typing import TypeVar

from gleanery.flows.evaluation_config import ModelEvaluationConfig
from gleanery.flows.pipeline_config import ConfigError, StoredConfig, read_values, to_config
from gleanery.flows.training_config import TrainingConfig

M = TypeVar("M", bound=StoredConfig)


def read_training_config(path: Path) -> TrainingConfig:
    """Return the training in a YAML file. Raises `ConfigError` with file, key and reason."""
    return _read(path, "training", TrainingConfig)


def read_evaluation_config(path: Path) -> ModelEvaluationConfig:
    """Return the evaluation in a YAML file. Raises `ConfigError` with file, key and reason."""
    return _read(path, "evaluation", ModelEvaluationConfig)


def _read(path: Path, method: str, config: type[M]) -> M:
    values = read_values(path)
    if (found := values.get("method", method)) != method:
        raise ConfigError(f"{path} has the method {found}, and {method} is asked for")
    return to_config(path, values, config)
