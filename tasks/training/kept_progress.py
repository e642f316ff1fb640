"""What a training process writes while it runs, stored as it comes: checkpoints and snapshots."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gleanery.tasks.training.checkpoints import Checkpoints
from gleanery.tasks.training.events import SAVED, SNAPSHOT, STARTED
from gleanery.tasks.training.snapshots import Passes, Snapshots
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_spec import TrainingSpec


class KeptProgress:
    """Takes note of what is written, and stores it when there is time."""

    def __init__(
        self,
        training: Training,
        spec: TrainingSpec,
        checkpoints: Checkpoints,
        snapshots: Snapshots,
    ) -> None:
        self._training, self._spec = training, spec
        self._checkpoints, self._snapshots = checkpoints, snapshots
        self._unsaved: list[Mapping[str, Any]] = []
        self._taken: list[Mapping[str, Any]] = []
        self._best = spec.best
        self._passes = Passes(1, 1, 1)  # until the process has told

    def note(self, event: Mapping[str, Any]) -> None:
        """Take note of an event."""
        if event["event"] == SAVED:
            self._unsaved.append(event)
        elif event["event"] == STARTED:
            batch = self._spec.recipe.global_batch
            self._passes = Passes(event["rows"], event["examples"], batch)
        elif event["event"] == SNAPSHOT:
            self._taken.append(event)

    def store(self) -> None:
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
            self._snapshots.add(folder, event["examples"], self._training.notes(event))
            shutil.rmtree(folder, ignore_errors=True)
