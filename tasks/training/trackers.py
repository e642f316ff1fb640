"""Trackers of a training, by the names that transformers knows, and where they keep their logs."""

import importlib.util
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

LOGS = "logs"  # below the work folder, in a checkpoint, and beside the model

Tracker = Literal[
    "azure_ml",
    "clearml",
    "codecarbon",
    "comet_ml",
    "dagshub",
    "dvclive",
    "flyte",
    "kubeflow",
    "mlflow",
    "neptune",
    "swanlab",
    "tensorboard",
    "trackio",
    "wandb",
]

# The packages that they need, of which one is enough, where they are not named like the tracker.
_PACKAGES = {
    "azure_ml": ("azureml",),
    "flyte": ("flytekit",),
    "kubeflow": ("transformers",),
    "tensorboard": ("tensorboard", "tensorboardX"),
}

# Where those that write to disk do so; what someone has set is left as it is.
_PLACES = {
    "tensorboard": ("TENSORBOARD_LOGGING_DIR", "{logs}/tensorboard"),
    "trackio": ("TRACKIO_DIR", "{logs}/trackio"),
    "wandb": ("WANDB_DIR", "{logs}"),
    "swanlab": ("SWANLAB_LOG_DIR", "{logs}/swanlab"),
    "mlflow": ("MLFLOW_TRACKING_URI", "sqlite:///{logs}/mlflow.db"),
}


def missing_packages(trackers: Sequence[str]) -> dict[str, str]:
    """Return those trackers whose package this Python has not, with the package to install."""
    return {name: _packages(name)[0] for name in trackers if not _is_here(name)}


def log_places(trackers: Sequence[str], work: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that have trackers log below the work folder."""
    logs = work.absolute() / LOGS
    places = [_PLACES[name] for name in trackers if name in _PLACES]
    return {name: place.format(logs=logs) for name, place in places if name not in given}


def _is_here(tracker: str) -> bool:
    return any(importlib.util.find_spec(package) for package in _packages(tracker))


def _packages(tracker: str) -> tuple[str, ...]:
    return _PACKAGES.get(tracker, (tracker,))
