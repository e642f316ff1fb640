"""The command that trains: alone, with several processes, as one of several hosts."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from gleanery.tasks.training.launch import HostPlace, training_command
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices, TrainingSpec


def spec(folder: Path, **devices: Any) -> TrainingSpec:
    return TrainingSpec(
        model=BaseModelConfig(path="base"),
        tuning=Tuning(),
        recipe=TrainingRecipe(),
        devices=Devices.model_validate(devices),
        train_files=(),
        validation_files=(),
        folder=str(folder),
    )


def test_one_process_needs_no_launcher(tmp_path: Path) -> None:
    command = training_command("python", spec(tmp_path, processes=1), None)
    told = str(tmp_path / "spec.json")
    assert command == ["python", "-m", "gleanery.tasks.training.process_train", told]


def test_several_processes_of_one_host_meet_on_it(tmp_path: Path) -> None:
    command = training_command("python", spec(tmp_path, processes=4), None)
    assert command[2:6] == ["torch.distributed.run", "--nproc-per-node", "4", "--standalone"]


def test_a_host_has_its_own_number_and_meets_the_others_where_they_all_do(tmp_path: Path) -> None:
    place = HostPlace(rank=1, meets_at="first:29400", meeting="key-try")
    asked = spec(tmp_path, processes=1, hosts=3, network_timeout_s=90)
    command = " ".join(training_command("python", asked, place))
    assert "--nproc-per-node 1 --nnodes 3 --node-rank 1" in command
    assert "--rdzv-backend static --rdzv-endpoint first:29400 --rdzv-id key-try" in command
    assert "--rdzv-conf timeout=90" in command


@pytest.mark.parametrize("place", ["first", "first:", ":29400", "first:port"])
def test_a_meeting_place_is_a_host_and_a_port(place: str) -> None:
    with pytest.raises(ValidationError):
        Devices(hosts=2, meets_at=place)
