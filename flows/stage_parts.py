"""A stage that later ones go on with: its totals, and the receipts of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gleanery.flows.run import Run
from gleanery.flows.summary import finish_stage
from gleanery.infra.receipts import Receipt
from gleanery.tasks.stage_output import StageOutput


@dataclass(frozen=True)
class Stage:
    """What a stage came to, and the receipts of its parts in their order."""

    output: StageOutput
    receipts: Sequence[Receipt]


def finished(run: Run[Any], stage: str, receipts: Sequence[Receipt | None]) -> Stage:
    """Return a stage whose parts have ended, logged and shown; `None` is a part not made yet."""
    made = [receipt for receipt in receipts if receipt]
    return Stage(finish_stage(run, stage, made), made)


def receipts_of(stages: Sequence[Stage]) -> list[Receipt]:
    """Return the receipts of all parts of some stages."""
    return [receipt for stage in stages for receipt in stage.receipts]
