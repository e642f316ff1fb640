"""The curve of a training: its loss at each step, and on the validation split after each epoch."""

import io
from collections.abc import Mapping, Sequence
from typing import Any

from gleanery.tasks.training.events import EVALUATED, LOGGED

_POINTS = 2000


def draw_loss_curve(events: Sequence[Mapping[str, Any]]) -> bytes:
    """Return the curve as a PNG; of very many steps every n-th is drawn."""
    from matplotlib.figure import Figure

    steps = [event for event in events if event["event"] == LOGGED]
    steps = steps[:: max(1, len(steps) // _POINTS)]
    held_out = [event for event in events if event["event"] == EVALUATED]
    figure = Figure(figsize=(8, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot([e["step"] for e in steps], [e["loss"] for e in steps], lw=1, label="training")
    if held_out:
        places = [e["step"] for e in held_out]
        axes.plot(places, [e["loss"] for e in held_out], "o-", ms=4, label="validation")
    axes.set_xlabel("step")
    axes.set_ylabel("loss per token (nats)")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    axes.legend(frameon=False)
    image = io.BytesIO()
    figure.savefig(image, format="png", dpi=110)
    return image.getvalue()
