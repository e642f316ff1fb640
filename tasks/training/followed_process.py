"""A training process from its start to its end, as the process that started it follows it."""

import asyncio
import math
import os
import shutil
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gleanery.infra.supervised import SupervisedProcess
from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.events import FINISHED, INTERRUPTED, REFUSED, STARTED, EventReader
from gleanery.tasks.training.trackers import LOGS, log_places
from gleanery.tasks.training.training_spec import TrainingSpec

STOP = "stop"  # the file that asks the process to save and end
LOG = "train.log"
_POLL_S = 0.2
_ALONE_S = 20.0
_LITTLE_BYTES = 1_000_000_000

Told = Callable[[Mapping[str, Any]], None]


class TrainingInterrupted(RuntimeError):
    """A training that was told to stop, and has stored a checkpoint to go on from."""


class TrainingFailed(RuntimeError):
    """A training process that died."""


@dataclass(frozen=True)
class Watch:
    """What happens around a training process while it runs.

    `told` is called with its events, `between` in a thread each time after that. When `stop` is
    set it is asked to save and end. `lost` says which other host is gone, "" while all are there.
    """

    told: Told
    stop: threading.Event
    between: Callable[[], None] = lambda: None
    lost: Callable[[], str] = lambda: ""


async def follow_process(
    command: Sequence[str], spec: TrainingSpec, grace_s: float, lock: int, watch: Watch
) -> dict[str, Any]:
    """Return the event that the process ended with: finished, or interrupted.

    It may take `grace_s` to save when it is stopped, and keeps the open file `lock` to its end.
    Raises `TrainingRefused` and `TrainingFailed`, the latter with the end of its log.
    """
    reader = EventReader(spec.work)
    last: dict[str, Any] = {}
    started, lost, ends_at = False, "", math.inf
    process = await SupervisedProcess.start(
        command, _environment(spec), spec.work / LOG, grace_s, keep_open=[lock]
    )

    def follow() -> None:
        nonlocal last, started
        for last in reader.news():
            started = started or last["event"] == STARTED
            watch.told(last)

    try:
        while process.exit_code is None and time.monotonic() < ends_at:
            await asyncio.sleep(_POLL_S)
            follow()
            if watch.stop.is_set():
                (spec.work / STOP).touch()
                if not started:  # nothing is there to save, and others may never come
                    last = {"event": INTERRUPTED, "step": 0}
                    return last
            await asyncio.to_thread(watch.between)
            if not lost and (lost := await asyncio.to_thread(watch.lost)):
                ends_at = time.monotonic() + _ALONE_S  # it mostly ends by itself, and says why
    finally:
        await process.stop()
    follow()
    watch.between()
    if last.get("event") == REFUSED:
        raise TrainingRefused(last["why"])
    if process.exit_code or last.get("event") not in (FINISHED, INTERRUPTED):
        why = lost or f"the training process ended with exit code {process.exit_code}"
        raise TrainingFailed(
            f"{why}{_no_room(spec.work)}; run again to go on from the last checkpoint. "
            f"Its log ends with:\n{process.tail()}"
        )
    return last


def _no_room(folder: Path) -> str:
    """Return that the disk is full, where it is: the log lies there too and cannot say so."""
    free = shutil.disk_usage(folder).free
    if free > _LITTLE_BYTES:
        return ""
    return f", and only {free / 1e6:,.0f} MB are free at {folder}: make room, or set `work`"


def _environment(spec: TrainingSpec) -> dict[str, str]:
    places = log_places(spec.trackers, spec.work, os.environ)
    if places:
        (spec.work / LOGS).mkdir(exist_ok=True)  # some trackers make no folder of their own
    environment = os.environ | places
    if spec.devices.threads:
        # From the start: what is set later leaves sums in another order to some of the threads,
        # and torchrun sets it only where it starts several processes.
        environment["OMP_NUM_THREADS"] = str(spec.devices.threads)
    return environment
