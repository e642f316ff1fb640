"""The training process's snapshots: whole models, written part of the way."""

import random
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import TrainerCallback

from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.events import SNAPSHOT, EventLog
from gleanery.tasks.training.process_model import save_trained
from gleanery.tasks.training.snapshots import Passes
from gleanery.tasks.training.training_spec import TrainingSpec


class TakingSnapshots(TrainerCallback):  # type: ignore[misc]
    """Writes a model after each number of examples that is asked for, and tells of it.

    It does so before a checkpoint of the same step is written, so that whoever stores them in turn
    has every snapshot that lies behind a checkpoint.
    """

    def __init__(
        self,
        trainer: Any,
        spec: TrainingSpec,
        tokenizer: Any,
        log: EventLog,
        passes: Passes,
        of_rows: int,
    ) -> None:
        self._trainer, self._spec, self._tokenizer = trainer, spec, tokenizer
        self._log, self._passes, self._of_rows = log, passes, of_rows
        self._due = {n: passes.step_after(n) for n in spec.snapshots}

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Refuse numbers that this training never comes to."""
        if late := sorted(n for n, step in self._due.items() if step > state.max_steps):
            raise TrainingRefused(
                f"snapshots asks for a model after {', '.join(map(str, late))} examples, and the "
                f"training ends after {self._passes.seen(state.max_steps)}: lower them, or train "
                "for more epochs"
            )

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        """Write what is due after this step."""
        for examples, step in self._due.items():
            if step == state.global_step:
                folder = self._spec.work / f"snapshot-{examples}"
                self._write(folder)
                if state.is_world_process_zero:
                    self._log.tell(
                        SNAPSHOT,
                        folder=str(folder),
                        examples=examples,
                        step=step,
                        rows=self._passes.rows,
                        of_rows=self._of_rows,
                        seen=self._passes.seen(step),
                    )

    def _write(self, folder: Path) -> None:
        """Write the model as at the end; no random number of the training is drawn for it."""
        python, numpy = random.getstate(), np.random.get_state()
        with torch.random.fork_rng():
            save_trained(self._trainer, self._spec, self._tokenizer, "", folder)
        random.setstate(python)
        np.random.set_state(numpy)
