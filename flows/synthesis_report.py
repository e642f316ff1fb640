"""What a synthesis shows when it ends: its funnel, and examples to look at."""

from collections.abc import Sequence
from typing import Any

from gleanery.flows.artifacts import show_examples, show_funnel
from gleanery.flows.run import Run
from gleanery.flows.samples import draw_examples
from gleanery.tasks.stage_output import StageOutput


def show_synthesis(run: Run[Any], outputs: Sequence[StageOutput]) -> None:
    """Publish the funnel of all stages, and samples of the last one's examples."""
    show_funnel(outputs)
    show_examples(draw_examples(run.parts, outputs[-1]))
