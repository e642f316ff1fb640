"""Trackers: known by name, missing by package, and logging where the training keeps it."""

from pathlib import Path

import pytest
from pydantic import ValidationError

from gleanery.flows.training_config import TrainingConfig
from gleanery.tasks.training.trackers import log_places, missing_packages


def test_unknown_tracker_is_refused_with_those_that_there_are() -> None:
    values = {"model": {"path": "some/base"}, "trackers": ["tensorbord"]}
    with pytest.raises(ValidationError, match="'tensorboard', 'trackio' or 'wandb'"):
        TrainingConfig.model_validate(values)


def test_a_tracker_without_its_package_is_missing_with_what_to_install(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "importlib.util.find_spec", lambda name: None if name == "azureml" else object()
    )
    assert missing_packages(["azure_ml", "wandb"]) == {"azure_ml": "azureml"}


def test_logs_lie_below_the_work_folder_unless_told_otherwise(tmp_path: Path) -> None:
    places = log_places(["tensorboard", "wandb", "clearml"], tmp_path, {"WANDB_DIR": "/mine"})
    assert places == {"TENSORBOARD_LOGGING_DIR": f"{tmp_path}/logs/tensorboard"}
