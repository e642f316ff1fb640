"""One training from its data to its stored model: a process of its own, followed and stored."""

import asyncio
import os
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gleanery.infra.folders import FolderReceipt, StoredFile, fetch_folder, store_folder
from gleanery.infra.llm.gpus import visible_gpus
from gleanery.infra.storage import Store
from gleanery.infra.supervised import SupervisedProcess
from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.checkpoints import Checkpoints, best_of
from gleanery.tasks.training.events import (
    FINISHED,
    INTERRUPTED,
    REFUSED,
    SAVED,
    SNAPSHOT,
    STARTED,
    EventReader,
)
from gleanery.tasks.training.model_card import render_model_card
from gleanery.tasks.training.snapshots import Passes, Snapshots
from gleanery.tasks.training.trained_models import find_model, model_name
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_spec import TrainingSpec

STOP = "stop"  # the file that asks the process to save and end
LOG, SPEC, DATA, BASE = "train.log", "spec.json", "data", "base"
_POLL_S = 0.2

Told = Callable[[Mapping[str, Any]], None]


class TrainingInterrupted(RuntimeError):
    """A training that was told to stop, and has stored a checkpoint to go on from."""


class TrainingFailed(RuntimeError):
    """A training process that died."""


def run_training(
    store: Store, training: Training, told: Told, stop: threading.Event
) -> tuple[FolderReceipt, bool]:
    """Return the receipt of the trained model, and whether it stood already.

    Goes on from the newest whole checkpoint in the store; every checkpoint that the process writes
    is stored while it trains on. `told` is called with its events. When `stop` is set, it saves,
    and `TrainingInterrupted` is raised. Raises `TrainingRefused` for data and a base that cannot
    be trained as configured, and `TrainingFailed` with the end of the process's log.
    """
    snapshots = Snapshots(store, training.key, training.spec.snapshots)
    missing = snapshots.missing()
    standing = find_model(store, training.key)
    if standing and not missing:
        return standing, True
    checkpoints = Checkpoints(store, training.key)
    spec = _prepare(training, checkpoints, missing)
    last = asyncio.run(_Following(training, spec, checkpoints, snapshots, told, stop).run())
    if last["event"] == INTERRUPTED:
        raise TrainingInterrupted(
            f"interrupted after step {last['step']}: its checkpoint is stored at "
            f"{store.uri('checkpoints')}, and the next run goes on from there"
        )
    notes = training.notes(last) | {"loss": last["loss"]}
    made = _gathered(spec, notes)
    receipt = store_folder(store, model_name(training.key), made, notes)
    checkpoints.clear()
    shutil.rmtree(spec.work, ignore_errors=True)
    return receipt, False


def _prepare(
    training: Training, checkpoints: Checkpoints, snapshots: tuple[int, ...]
) -> TrainingSpec:
    """Return what the process is told, with everything that it needs on this machine's disk."""
    spec = training.spec
    work = spec.work.absolute()
    shutil.rmtree(work, ignore_errors=True)
    (work / DATA).mkdir(parents=True)
    model = spec.model
    if training.base_model:
        base_store, receipt = training.base_model
        fetch_folder(base_store, receipt, work / BASE)
        model = model.model_copy(update={"path": str(work / BASE / "model"), "revision": ""})
    stored = checkpoints.leading_to(snapshots)
    resume = best = ""
    loss: float | None = None
    if stored:
        resume = str(work / "resumed")
        fetch_folder(checkpoints.store, stored[-1].receipt, Path(resume))
    for one in best_of(stored):
        best, loss = str(work / "best"), one.best_loss
        fetch_folder(checkpoints.store, one.receipt, Path(best))
    told = spec.model_copy(
        update={
            "model": model,
            "snapshots": snapshots,
            "folder": str(work),
            "train_files": _fetched(training.data, training.train_files, work / DATA),
            "validation_files": _fetched(training.data, training.validation_files, work / DATA),
            "resume": resume,
            "best": best,
            "best_loss": loss,
        }
    )
    (work / SPEC).write_text(told.model_dump_json(indent=2), encoding="utf-8")
    return told


def _fetched(store: Store, files: tuple[StoredFile, ...], folder: Path) -> tuple[str, ...]:
    paths = []
    for file in files:
        path = folder / Path(file.path).name
        store.read_file(file.path, path)
        paths.append(str(path))
    return tuple(paths)


class _Following:
    """A training process from its start to its end."""

    def __init__(
        self,
        training: Training,
        spec: TrainingSpec,
        checkpoints: Checkpoints,
        snapshots: Snapshots,
        told: Told,
        stop: threading.Event,
    ) -> None:
        self._training, self._spec, self._checkpoints = training, spec, checkpoints
        self._snapshots, self._told, self._stop = snapshots, told, stop
        self._reader = EventReader(spec.work)
        self._last: dict[str, Any] = {}
        self._unsaved: list[dict[str, Any]] = []
        self._taken: list[dict[str, Any]] = []
        self._best = spec.best
        self._passes = Passes(1, 1, 1)  # until the process has told

    async def run(self) -> dict[str, Any]:
        """Return the event that the process ended with, when all of its checkpoints are stored."""
        process = await SupervisedProcess.start(
            _command(self._training, self._spec),
            dict(os.environ),
            self._spec.work / LOG,
            self._training.grace_s,
        )
        try:
            while process.exit_code is None:
                await asyncio.sleep(_POLL_S)
                if self._stop.is_set():
                    (self._spec.work / STOP).touch()
                self._follow()
                await asyncio.to_thread(self._store_newest)
        finally:
            await process.stop()
        self._follow()
        self._store_newest()
        ended = self._last.get("event")
        if ended == REFUSED:
            raise TrainingRefused(self._last["why"])
        if process.exit_code or ended not in (FINISHED, INTERRUPTED):
            raise TrainingFailed(
                f"the training process ended with exit code {process.exit_code}; run again to go "
                f"on from its last checkpoint. Its log ends with:\n{process.tail()}"
            )
        return self._last

    def _follow(self) -> None:
        for event in self._reader.news():
            self._last = event
            if event["event"] == SAVED:
                self._unsaved.append(event)
            elif event["event"] == STARTED:
                batch = self._spec.recipe.global_batch
                self._passes = Passes(event["rows"], event["examples"], batch)
            elif event["event"] == SNAPSHOT:
                self._taken.append(event)
            self._told(event)

    def _store_newest(self) -> None:
        """Store the best and the newest of the checkpoints that are written; forget the others.

        Snapshots go first: behind a stored checkpoint none is missing.
        """
        self._store_snapshots()
        if not self._unsaved:
            return
        events, self._unsaved = self._unsaved, []
        best = [event for event in events if event["best_loss"] is not None][-1:]
        wanted = [event["folder"] for event in (*best, events[-1])]
        for event in events:
            if event["folder"] in wanted:
                seen = self._passes.seen(event["step"])
                self._checkpoints.add(
                    Path(event["folder"]), event["step"], event["best_loss"], seen
                )
            if event["best_loss"] is None:
                shutil.rmtree(event["folder"], ignore_errors=True)
            else:  # the process loads the best one at its end
                if self._best:
                    shutil.rmtree(self._best, ignore_errors=True)
                self._best = event["folder"]

    def _store_snapshots(self) -> None:
        events, self._taken = self._taken, []
        for event in events:
            folder = Path(event["folder"])
            notes = self._training.notes(event)
            self._snapshots.add(folder, event["examples"], notes)
            shutil.rmtree(folder, ignore_errors=True)


def _command(training: Training, spec: TrainingSpec) -> list[str]:
    python = training.python or sys.executable
    module = ["-m", "gleanery.tasks.training.process_train", str(spec.work / SPEC)]
    processes = spec.devices.processes or len(visible_gpus()) or 1
    if processes == 1:
        return [python, *module]
    launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node", str(processes)]
    return [python, *launcher, *module]


def _gathered(spec: TrainingSpec, notes: Mapping[str, Any]) -> Path:
    """Return the folder of what is stored: the model, its adapter, how training went."""
    folder = spec.work / "made"
    folder.mkdir()
    for name in ("model", "adapter"):
        if (spec.work / name).is_dir():
            (spec.work / name).rename(folder / name)
    shutil.copy(spec.work / "events.jsonl", folder / "events.jsonl")
    card = render_model_card(spec.name, notes)
    (folder / "model" / "README.md").write_text(card, encoding="utf-8")
    return folder
