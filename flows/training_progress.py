"""A training while it runs: a bar, a log line now and then, the first batch, and the curve."""

import base64
import time
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from prefect.artifacts import (
    create_markdown_artifact,
    create_progress_artifact,
    update_progress_artifact,
)
from prefect.logging import get_run_logger

from gleanery.tasks.training.events import BATCH, EVALUATED, LOGGED, SAVED, STARTED, UNIGRAM
from gleanery.tasks.training.loss_curve import draw_loss_curve
from gleanery.tasks.training.started_lines import batch_line, cut_line, started_line

_UPDATE_S = 2.0
_LOG_S = 15.0
_CURVE_S = 60.0


class TrainingProgress:
    """Shows the events of a training; called from the thread that follows it."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._logger = get_run_logger()
        made = create_progress_artifact(
            progress=0.0, key="training-progress", description=f"{name}: steps done"
        )
        self._bar = made if isinstance(made, UUID) else UUID(str(made))
        self._events: list[Mapping[str, Any]] = []
        self._updated = self._logged = self._drawn = 0.0

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Show one event."""
        kind = event["event"]
        if kind == STARTED:
            self._tell_start(event)
        elif kind == BATCH:
            self._show_batch(event)
        elif kind == LOGGED:
            self._step(event)
        elif kind == EVALUATED:
            self._events.append(event)
            self._logger.info("epoch %.2f: validation loss %.4f", event["epoch"], event["loss"])
        elif kind == UNIGRAM:
            self._events.append(event)
            self._logger.info(
                "validation loss of a unigram model of the same tokens: %.4f", event["loss"]
            )
        elif kind == SAVED:
            self._logger.info("checkpoint after step %d", event["step"])

    def show_curve(self) -> None:
        """Publish the losses so far as a picture."""
        if not any(event["event"] == LOGGED for event in self._events):
            return
        image = base64.b64encode(draw_loss_curve(self._events, self._name)).decode()
        create_markdown_artifact(
            key="training-loss",
            markdown=f"# Loss of {self._name}\n\n![loss](data:image/png;base64,{image})\n",
        )

    def _tell_start(self, event: Mapping[str, Any]) -> None:
        self._logger.info("%s", started_line(event))
        if cut := cut_line(event):
            self._logger.warning("%s", cut)

    def _show_batch(self, event: Mapping[str, Any]) -> None:
        examples = "\n\n".join(f"````\n{text}\n````" for text in event["examples"])
        create_markdown_artifact(
            key="training-first-batch",
            markdown="# What the model sees first\n\nWhat stands between ⟦ and ⟧ is learnt.\n\n"
            f"{examples}\n",
        )
        self._logger.info("%s", batch_line(event))

    def _step(self, event: Mapping[str, Any]) -> None:
        self._events.append(event)
        now = time.monotonic()
        if now - self._updated >= _UPDATE_S or event["step"] == event["steps"]:
            self._updated = now
            self._update(100.0 * event["step"] / max(event["steps"], 1))
        if now - self._logged >= _LOG_S or event["step"] == event["steps"]:
            self._logged = now
            mfu = f", {event['mfu']:.0%} MFU" if event["mfu"] else ""
            self._logger.info(
                "step %d of %d: loss %.4f, %.0f tokens/s%s",
                event["step"], event["steps"], event["loss"], event["tokens_per_second"], mfu,
            )  # fmt: skip
        if now - self._drawn >= _CURVE_S:
            self._drawn = now
            self.show_curve()

    def _update(self, percent: float) -> None:
        try:
            update_progress_artifact(self._bar, progress=min(100.0, percent))
        except Exception as error:  # a bar that cannot be drawn must not stop the work
            self._logger.debug("progress not shown: %s", error)
