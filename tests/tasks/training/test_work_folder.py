"""The work folder: one training's at a time, for as long as any process of it lives."""

import subprocess
import sys
from pathlib import Path

import pytest

from gleanery.tasks.training import work_folder
from gleanery.tasks.training.work_folder import WorkFolderHeld, hold_work_folder


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
