"""What the training process does beside training: tells how it goes, saves, stops when told."""

import math
import shutil
import signal
import time
from pathlib import Path
from typing import Any

from transformers import TrainerCallback

from gleanery.tasks.training.events import EVALUATED, LOGGED, SAVED, EventLog
from gleanery.tasks.training.process_hosts import any_of_all, gather_random_states
from gleanery.tasks.training.throughput import utilisation
from gleanery.tasks.training.trackers import LOGS
from gleanery.tasks.training.training_spec import TrainingSpec

STOP = "stop"  # a file of this name in the work folder asks for a checkpoint and the end


class StopRequest:
    """Whether someone asked this process to end: by a file, or by SIGTERM."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / STOP
        self._signalled = False
        signal.signal(signal.SIGTERM, self._note)

    def __bool__(self) -> bool:
        """Return whether it is time to stop."""
        return self._signalled or self._file.exists()

    def _note(self, *_: object) -> None:
        self._signalled = True


class Saving(TrainerCallback):  # type: ignore[misc]
    """Saves every so many minutes, after the best epoch so far, and before stopping.

    All processes decide alike: what one of them is told, or finds due, is done by all.
    """

    def __init__(self, spec: TrainingSpec, log: EventLog, stop: StopRequest) -> None:
        self._spec, self._log, self._stop = spec, log, stop
        self._seconds = 60 * spec.checkpoint_minutes
        self._saved = time.monotonic()
        self._count = 0
        self._due = False
        self._loss: float | None = None  # of the epoch that ends, if it is the best
        self.best = spec.best
        self.best_loss = math.inf if spec.best_loss is None else spec.best_loss
        self.interrupted = False

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        """Ask for a checkpoint when it is time, and for the end when someone did."""
        due = time.monotonic() - self._saved >= self._seconds
        stop, save = any_of_all(bool(self._stop), due)
        if stop and state.global_step < state.max_steps:
            self.interrupted = True
            control.should_training_stop = True
        self._due = self._due or stop or save
        # What is saved at the end of an epoch holds its evaluation: who resumes makes it no more.
        if self._due and not (_ends_epoch(state) and self._spec.validation_files):
            control.should_save = True
        return control

    def on_epoch_end(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        """Evaluate no half epoch before stopping: an undisturbed training has none to keep."""
        if self.interrupted and not _ends_epoch(state):
            control.should_evaluate = False
        return control

    def on_evaluate(
        self, args: Any, state: Any, control: Any, metrics: dict[str, float], **_: Any
    ) -> Any:
        """Keep an epoch that is better than all before it."""
        loss = metrics["eval_loss"]
        if state.is_world_process_zero:
            self._log.tell(EVALUATED, step=state.global_step, epoch=state.epoch, loss=loss)
        # What it began with is no epoch, and in a store already.
        if self._spec.recipe.keep == "best" and state.global_step and loss < self.best_loss:
            self._loss = loss
        if self._due or self._loss is not None:
            control.should_save = True
        return control

    def on_save(self, args: Any, state: Any, control: Any, **_: Any) -> Any:
        """Tell of a checkpoint once all processes have written their part of it."""
        written = Path(args.output_dir, f"checkpoint-{state.global_step}")
        gather_random_states(written)
        self._saved = time.monotonic()
        self._count += 1
        self._due = False
        # A name of its own: whoever stores it may remove it, and a step may be saved twice.
        folder = Path(args.output_dir, f"saved-{self._count}")
        if state.is_world_process_zero:
            if (self._spec.work / LOGS).is_dir():
                shutil.copytree(self._spec.work / LOGS, written / LOGS)
            written.rename(folder)
            self._log.tell(SAVED, folder=str(folder), step=state.global_step, best_loss=self._loss)
        if self._loss is not None:
            self.best, self.best_loss = str(folder), self._loss
        self._loss = None
        return control


class Telling(TrainerCallback):  # type: ignore[misc]
    """Tells the losses and how fast it goes; trackers, which come after it, hear the same."""

    def __init__(self, log: EventLog, per_token: float, device: str, devices: int) -> None:
        self._log, self._per_token = log, per_token
        self._device, self._devices = device, devices
        self._tokens = 0.0
        self._since = time.monotonic()

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Start the clock."""
        self._since = time.monotonic()

    def on_log(self, args: Any, state: Any, control: Any, logs: dict[str, float], **_: Any) -> None:
        """Tell of the steps since the last time."""
        if not state.is_world_process_zero or "loss" not in logs:
            return
        now, tokens = time.monotonic(), float(logs.get("num_tokens", 0.0))
        speed = max(tokens - self._tokens, 0.0) / max(now - self._since, 1e-9)
        if not self._tokens and state.global_step > args.logging_steps:
            speed = 0.0  # resumed: what was seen before this process began is not its speed
        self._tokens, self._since = tokens, now
        mfu = utilisation(speed, self._per_token, self._device, self._devices)
        logs |= {"tokens_per_second": speed} | ({"mfu": mfu} if mfu else {})
        self._log.tell(
            LOGGED,
            step=state.global_step,
            steps=state.max_steps,
            epoch=state.epoch,
            loss=logs["loss"],
            learning_rate=logs.get("learning_rate"),
            grad_norm=logs.get("grad_norm"),
            tokens=tokens,
            tokens_per_second=speed,
            mfu=mfu,
        )


def _ends_epoch(state: Any) -> bool:
    return float(state.epoch or 0.5).is_integer()
