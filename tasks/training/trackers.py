"""Trackers of a training, by the names that transformers knows, and where they keep their logs."""

import importlib.util
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

LOGS = "logs"  # below the work folder, in a checkpoint, and beside the model

# Each with the packages of which one has to be installed; some need their platform besides.
TRACKERS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "azure_ml": ("azureml",),
        "clearml": ("clearml",),
        "codecarbon": ("codecarbon",),
        "comet_ml": ("comet_ml",),
        "dagshub": ("dagshub",),
        "dvclive": ("dvclive",),
        "flyte": ("flytekit",),
        "kubeflow": ("transformers",),
        "mlflow": ("mlflow",),
        "neptune": ("neptune",),
        "swanlab": ("swanlab",),
        "tensorboard": ("tensorboard", "tensorboardX"),
        "trackio": ("trackio",),
        "wandb": ("wandb",),
    }
)

# Where those that write to disk do so; what someone has set is left as it is.
_PLACES = {
    "tensorboard": ("TENSORBOARD_LOGGING_DIR", "{logs}/tensorboard"),
    "trackio": ("TRACKIO_DIR", "{logs}/trackio"),
    "wandb": ("WANDB_DIR", "{logs}"),
    "swanlab": ("SWANLAB_LOG_DIR", "{logs}/swanlab"),
    "mlflow": ("MLFLOW_TRACKING_URI", "sqlite:///{logs}/mlflow.db"),
}


def known_trackers(names: tuple[str, ...]) -> tuple[str, ...]:
    """Return the names as they are. Raises `ValueError` for one that there is not."""
    for name in names:
        if name not in TRACKERS:
            raise ValueError(f"there is no tracker {name}; there are {', '.join(TRACKERS)}")
    return names


def missing_packages(names: tuple[str, ...]) -> dict[str, str]:
    """Return those trackers whose package this Python has not, with a package to install."""
    return {
        name: TRACKERS[name][0]
        for name in names
        if not any(importlib.util.find_spec(package) for package in TRACKERS[name])
    }


def log_places(names: tuple[str, ...], work: Path, given: Mapping[str, str]) -> dict[str, str]:
    """Return the environment variables that have trackers log below the work folder."""
    logs = work.absolute() / LOGS
    places = [_PLACES[name] for name in names if name in _PLACES]
    return {name: place.format(logs=logs) for name, place in places if name not in given}
