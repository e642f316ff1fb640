"""The work folder: one training's at a time, and filled only with what was stored."""

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from gleanery.infra.folders import StoredFile
from gleanery.infra.storage import StorageError, Store
from gleanery.tasks.training import work_folder
from gleanery.tasks.training.checkpoints import Checkpoints
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices, TrainingSpec
from gleanery.tasks.training.work_folder import (
    WorkFolderHeld,
    fill_work_folder,
    hold_work_folder,
)


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work_folder, "_WAIT_S", 0.3)


def test_a_second_training_is_told_who_has_the_folder(tmp_path: Path) -> None:
    with hold_work_folder(tmp_path / "work" / "tiny"):
        with pytest.raises(WorkFolderHeld, match=r"process \d+.*set `work` to another"):
            hold_work_folder(tmp_path / "work" / "tiny").__enter__()
        with hold_work_folder(tmp_path / "work" / "other"):
            pass
    with hold_work_folder(tmp_path / "work" / "tiny"):
        pass


def test_the_folder_is_held_until_the_last_process_is_gone(tmp_path: Path) -> None:
    with hold_work_folder(tmp_path / "tiny") as lock:
        saving = subprocess.Popen(
            [sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[lock]
        )
    with pytest.raises(WorkFolderHeld):
        hold_work_folder(tmp_path / "tiny").__enter__()
    saving.communicate(b"\n")
    with hold_work_folder(tmp_path / "tiny"):
        pass


def _training(data: Store, folder: Path) -> Training:
    files = tuple(
        StoredFile(path=name, size=4, sha256=hashlib.sha256(b"rows").hexdigest())
        for name in ("train.parquet",)
    )
    spec = TrainingSpec(
        model=BaseModelConfig(path="nobody/none"),
        tuning=Tuning(),
        recipe=TrainingRecipe(),
        devices=Devices(),
        train_files=(),
        validation_files=(),
        folder=str(folder / "work"),
    )
    return Training(spec, data, train_files=files, validation_files=(), base="nobody/none")


def test_what_is_not_what_was_stored_is_never_trained_with(tmp_path: Path) -> None:
    data = Store(str(tmp_path / "store"))
    data.write("train.parquet", b"rows")
    training = _training(data, tmp_path)
    checkpoints = Checkpoints(data, training.key)
    (tmp_path / "saved").mkdir()
    (tmp_path / "saved" / "weights").write_bytes(b"right")
    checkpoints.add(tmp_path / "saved", 3, None, 30)
    assert fill_work_folder(training, checkpoints, ()).resume

    [weights] = [info.path for info in data.list("checkpoints") if "weights" in info.path]
    data.write(weights, b"wrong")
    with pytest.raises(StorageError, match=r"or remove .*step-00000003: training then goes on"):
        fill_work_folder(training, checkpoints, ())

    checkpoints.clear()
    data.write("train.parquet", b"odds")
    with pytest.raises(StorageError, match=r"not what the release's manifest says"):
        fill_work_folder(training, checkpoints, ())
