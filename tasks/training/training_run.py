"""One training from its data to its stored model: a process of its own, followed and stored."""

import asyncio
import shutil
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from gleanery.infra.folders import FolderReceipt, store_folder
from gleanery.infra.storage import Store
from gleanery.tasks.training.checkpoints import Checkpoints
from gleanery.tasks.training.events import INTERRUPTED, EventReader
from gleanery.tasks.training.followed_process import (
    Told,
    TrainingInterrupted,
    Watch,
    follow_process,
)
from gleanery.tasks.training.kept_progress import KeptProgress
from gleanery.tasks.training.launch import HostPlace, training_command
from gleanery.tasks.training.loss_curve import CURVE, draw_loss_curve
from gleanery.tasks.training.model_card import render_model_card
from gleanery.tasks.training.snapshots import Snapshots
from gleanery.tasks.training.trackers import LOGS
from gleanery.tasks.training.trained_models import find_model, model_name
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_spec import TrainingSpec
from gleanery.tasks.training.work_folder import fill_work_folder, hold_work_folder


def find_trained(store: Store, training: Training) -> FolderReceipt | None:
    """Return the model if all that is asked for stands, its snapshots too; else `None`."""
    if Snapshots(store, training.key, training.spec.snapshots).missing():
        return None
    return find_model(store, training.key)


def run_training(
    store: Store,
    training: Training,
    told: Told,
    stop: threading.Event,
    place: HostPlace | None = None,
    lost: Callable[[], str] = lambda: "",
) -> tuple[FolderReceipt, bool]:
    """Return the receipt of the trained model, and whether it stood already.

    Goes on from the newest whole checkpoint in the store; every checkpoint that the process writes
    is stored while it trains on. `told` is called with its events. When `stop` is set, it saves,
    and `TrainingInterrupted` is raised. Of several hosts this is the first; `place` is where it
    meets the others, and `lost` says why it must not wait for them, "" while it may.

    Raises `TrainingRefused` for data and a base that cannot be trained as configured,
    `TrainingFailed` with the end of the process's log, and `WorkFolderHeld`.
    """
    if standing := find_trained(store, training):
        return standing, True
    snapshots = Snapshots(store, training.key, training.spec.snapshots)
    checkpoints = Checkpoints(store, training.key)
    with hold_work_folder(training.spec.work) as lock:
        spec = fill_work_folder(training, checkpoints, snapshots.missing())
        kept = KeptProgress(training, spec, checkpoints, snapshots)

        def note(event: Mapping[str, Any]) -> None:
            kept.note(event)
            told(event)

        command = training_command(training.python, spec, place)
        watch = Watch(note, stop, kept.store, lost)
        last = asyncio.run(follow_process(command, spec, training.grace_s, lock, watch))
        _raise_if_interrupted(last, store)
        losses = ("loss", "held_out_loss", "unigram_loss")
        notes = training.notes(last) | {name: last[name] for name in losses}
        made = _gathered(spec, notes)
        receipt = store_folder(store, model_name(training.key), made, notes)
        checkpoints.clear()
        shutil.rmtree(spec.work, ignore_errors=True)
    return receipt, False


def run_host(
    store: Store, training: Training, told: Told, stop: threading.Event, place: HostPlace
) -> bool:
    """Do the part of a host that is not the first; return whether there was anything to do.

    What it needs comes from the store, and what is made is stored by the first host. Raises as
    `run_training` does.
    """
    if find_trained(store, training):
        return False
    with hold_work_folder(training.spec.work) as lock:
        missing = Snapshots(store, training.key, training.spec.snapshots).missing()
        spec = fill_work_folder(training, Checkpoints(store, training.key), missing, first=False)
        command = training_command(training.python, spec, place)
        watch = Watch(told, stop)
        last = asyncio.run(follow_process(command, spec, training.grace_s, lock, watch))
        _raise_if_interrupted(last, store)
        shutil.rmtree(spec.work, ignore_errors=True)
    return True


def _raise_if_interrupted(last: Mapping[str, Any], store: Store) -> None:
    if last["event"] != INTERRUPTED:
        return
    if not last["step"]:
        raise TrainingInterrupted("interrupted before its first step: nothing new is to be stored")
    raise TrainingInterrupted(
        f"interrupted after step {last['step']}: its checkpoint is stored at "
        f"{store.uri('checkpoints')}, and the next run goes on from there"
    )


def _gathered(spec: TrainingSpec, notes: Mapping[str, Any]) -> Path:
    """Return the folder of what is stored: the model, its adapter, how training went."""
    folder = spec.work / "made"
    folder.mkdir()
    for name in ("model", "adapter"):
        if (spec.work / name).is_dir():
            (spec.work / name).rename(folder / name)
    if (spec.work / LOGS).is_dir():
        (spec.work / LOGS).rename(folder / LOGS)
    shutil.copy(spec.work / "events.jsonl", folder / "events.jsonl")
    curve = draw_loss_curve(list(EventReader(spec.work).news()), spec.name)
    (folder / CURVE).write_bytes(curve)
    card = render_model_card(spec.name, notes)
    (folder / "model" / "README.md").write_text(card, encoding="utf-8")
    return folder
