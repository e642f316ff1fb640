"""The curve of a training: its loss at each step, and on the validation split after each epoch."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from gleanery.tasks.training.events import EVALUATED, LOGGED, UNIGRAM

CURVE = "curve.png"  # beside a model
_POINTS = 2000
_TRAINING, _HELD_OUT, _BASELINE = "#8fb3d9", "#0b3d91", "#b3401a"


def draw_loss_curve(events: Sequence[Mapping[str, Any]], title: str = "") -> bytes:
    """Return the curve as a PNG on white; of very many steps every n-th is drawn.

    A dashed line is the loss of a unigram model of the same tokens, where that was told.
    """
    from matplotlib.figure import Figure

    steps = [event for event in events if event["event"] == LOGGED]
    steps = steps[:: max(1, len(steps) // _POINTS)]
    held_out = [event for event in events if event["event"] == EVALUATED]
    unigram = [event["loss"] for event in events if event["event"] == UNIGRAM][-1:]
    figure = Figure(figsize=(8, 4.5), layout="constrained", facecolor="white")
    axes = figure.subplots()
    axes.plot(*_line(steps), lw=1, color=_TRAINING, label="training, each step")
    if held_out:
        last = f"held-out, ends at {held_out[-1]['loss']:.2f}"
        axes.plot(*_line(held_out), "o-", ms=4, lw=1.5, color=_HELD_OUT, label=last)
    for loss in unigram:
        label = f"unigram model, held-out: {loss:.2f}"
        axes.axhline(loss, ls="--", lw=1.5, color=_BASELINE, label=label)
    axes.set_title(title)
    axes.set_xlabel("step")
    axes.set_ylabel("loss (nats per learnt token)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=120)
    return image.getvalue()


def _line(events: Sequence[Mapping[str, Any]]) -> tuple[list[int], list[float]]:
    return [event["step"] for event in events], [event["loss"] for event in events]
