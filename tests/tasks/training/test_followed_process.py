"""A training process as it is followed: told to stop, dying, and left alone by other hosts."""

import asyncio
import os
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from gleanery.tasks.training import followed_process
from gleanery.tasks.training.followed_process import TrainingFailed, Watch, follow_process
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices, TrainingSpec

WAITS = "import time; time.sleep(60)"
TELLS = "import pathlib; pathlib.Path({path!r}).write_text({line!r} + chr(10));"
STARTED = '{"event": "started"}'


def follow(folder: Path, program: str, watch: Watch) -> dict[str, Any]:
    spec = TrainingSpec(
        model=BaseModelConfig(path="base"),
        tuning=Tuning(),
        recipe=TrainingRecipe(),
        devices=Devices(),
        train_files=(),
        validation_files=(),
        folder=str(folder),
    )
    lock = os.open(folder / "lock", os.O_RDWR | os.O_CREAT)
    try:
        return asyncio.run(follow_process([sys.executable, "-c", program], spec, 5.0, lock, watch))
    finally:
        os.close(lock)


def started(folder: Path) -> str:
    return TELLS.format(path=str(folder / "events.jsonl"), line=STARTED)


def test_told_to_stop_while_it_waits_for_others_it_ends_at_once(tmp_path: Path) -> None:
    stop = threading.Event()
    stop.set()
    ended = follow(tmp_path, WAITS, Watch(lambda _: None, stop))
    assert ended == {"event": "interrupted", "step": 0}


def test_a_process_that_dies_is_told_with_the_end_of_its_log(tmp_path: Path) -> None:
    program = f"{started(tmp_path)} raise SystemExit('out of memory')"
    with pytest.raises(TrainingFailed, match=r"exit code 1; run again(?s:.*)out of memory"):
        follow(tmp_path, program, Watch(lambda _: None, threading.Event()))


def test_a_process_that_dies_on_a_full_disk_is_told_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed_process, "_LITTLE_BYTES", 1 << 60)  # no disk is as large
    with pytest.raises(TrainingFailed, match=r"MB are free at .*make room, or set `work`; run"):
        follow(tmp_path, "raise SystemExit(120)", Watch(lambda _: None, threading.Event()))


def test_a_process_whose_other_host_is_gone_waits_for_it_no_longer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(followed_process, "_ALONE_S", 0.1)
    watch = Watch(lambda _: None, threading.Event(), lost=lambda: "host 1 is Crashed")
    with pytest.raises(TrainingFailed, match=r"^host 1 is Crashed; run again"):
        follow(tmp_path, f"{started(tmp_path)} {WAITS}", watch)
