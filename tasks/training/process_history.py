"""What the training process has learnt of itself so far, also before it was killed."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean
from typing import Any

from gleanery.tasks.training.events import EVALUATED, LOGGED, EventLog

STATE = "trainer_state.json"  # transformers' name for what a checkpoint keeps of its trainer


def tell_again(checkpoint: str, log: EventLog) -> None:
    """Tell the losses up to a checkpoint: the machine that they were told on may be gone."""
    state = json.loads(Path(checkpoint, STATE).read_text(encoding="utf-8"))
    for entry in state["log_history"]:
        place = {"step": entry["step"], "epoch": entry["epoch"]}
        if "eval_loss" in entry:
            log.tell(EVALUATED, **place, loss=entry["eval_loss"])
        elif "loss" in entry:
            log.tell(
                LOGGED,
                **place,
                steps=state["max_steps"],
                loss=entry["loss"],
                learning_rate=entry.get("learning_rate"),
                grad_norm=entry.get("grad_norm"),
                tokens=entry.get("num_tokens", 0.0),
                tokens_per_second=0.0,  # it is another machine's
                mfu=None,
            )


def mean_loss(history: Sequence[Mapping[str, Any]]) -> float:
    """Return the mean loss of all steps, also of those before a training was killed."""
    return fmean(entry["loss"] for entry in history if "loss" in entry)


def last_held_out_loss(history: Sequence[Mapping[str, Any]]) -> float | None:
    """Return the newest loss on the validation split, `None` where there is none."""
    return next((entry["eval_loss"] for entry in reversed(history) if "eval_loss" in entry), None)
