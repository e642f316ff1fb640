"""The folder of a training on this machine: one training's at a time, filled anew for each try."""

import contextlib
import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

from gleanery.infra.digests import digest
from gleanery.infra.folders import StoredFile, fetch_folder, file_digest
from gleanery.infra.storage import StorageError, Store
from gleanery.tasks.training.checkpoints import Checkpoint, Checkpoints, best_of
from gleanery.tasks.training.trackers import LOGS
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_spec import TrainingSpec

SPEC, DATA, BASE = "spec.json", "data", "base"
_WAIT_S = 10.0  # a process whose flow was killed takes a moment to end
_POLL_S = 0.2


class WorkFolderHeld(RuntimeError):
    """Another training of this machine works in the same folder."""


@contextlib.contextmanager
def hold_work_folder(work: Path) -> Iterator[int]:
    """Yield the open file that holds a folder: nobody else has it while any process keeps it open.

    Waits some seconds for one that is just ending. Raises `WorkFolderHeld`.
    """
    work.parent.mkdir(parents=True, exist_ok=True)
    lock = os.open(work.with_name(f"{work.name}.lock"), os.O_RDWR | os.O_CREAT, 0o644)
    try:
        _take(lock, work)
        os.ftruncate(lock, 0)
        os.pwrite(lock, str(os.getpid()).encode(), 0)
        yield lock
    finally:
        os.close(lock)


def _take(lock: int, work: Path) -> None:
    deadline = time.monotonic() + _WAIT_S
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            if time.monotonic() >= deadline:
                holder = os.pread(lock, 20, 0).decode() or "unknown"
                raise WorkFolderHeld(
                    f"{work} is in use by another training on this machine (process {holder}, or "
                    "one that it started and that is still saving): wait for it, or set `work` to "
                    "another folder"
                ) from None
        time.sleep(_POLL_S)


def fill_work_folder(
    training: Training, checkpoints: Checkpoints, snapshots: tuple[int, ...], first: bool = True
) -> TrainingSpec:
    """Return what the process is told, with everything that it needs on this machine's disk.

    Of several hosts only the first one needs the best checkpoint so far, for it writes the model.
    Raises `StorageError` for files of the release or of a checkpoint that are not what they were.
    """
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
    for newest in stored[-1:]:
        resume = str(work / "resumed")
        _fetch_checkpoint(checkpoints, newest, Path(resume))
        if Path(resume, LOGS).is_dir():
            Path(resume, LOGS).rename(work / LOGS)
    for one in best_of(stored):
        best, loss = str(work / "best"), one.best_loss
        if first:
            _fetch_checkpoint(checkpoints, one, Path(best))
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
            "agreed": digest([training.key, [one.receipt.digest for one in stored[-1:]]]),
        }
    )
    (work / SPEC).write_text(told.model_dump_json(indent=2), encoding="utf-8")
    return told


def _fetch_checkpoint(checkpoints: Checkpoints, one: Checkpoint, folder: Path) -> None:
    try:
        fetch_folder(checkpoints.store, one.receipt, folder)
    except StorageError as error:
        raise StorageError(
            f"{error}. Restore it, or remove {checkpoints.store.uri(one.receipt.name)}: training "
            "then goes on from an earlier checkpoint, or from the start"
        ) from error


def _fetched(store: Store, files: tuple[StoredFile, ...], folder: Path) -> tuple[str, ...]:
    paths = []
    for file in files:
        path = folder / Path(file.path).name
        store.read_file(file.path, path)
        if file_digest(path) != file.sha256:
            raise StorageError(
                f"{store.uri(file.path)} is not what the release's manifest says: its SHA-256 is "
                "another. Restore it, or train on another release"
            )
        paths.append(str(path))
    return tuple(paths)
