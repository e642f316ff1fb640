"""The end of a stage: its totals logged, shown in the UI, and returned."""

from collections.abc import Sequence
from typing import Any

from prefect.logging import get_run_logger

from gleanery.flows.artifacts import show_funnel
from gleanery.flows.run import Run
from gleanery.infra.receipts import Receipt
from gleanery.tasks.stage_output import StageOutput, stage_output


def finish_stage(run: Run[Any], stage: str, receipts: Sequence[Receipt]) -> StageOutput:
    """Return a stage's output, after logging it and publishing its funnel."""
    output = stage_output(stage, receipts, run.parts.writer)
    log = get_run_logger()
    log.info(
        "%s: %d parts (%d reused), %d rows in, %d out, %d requests sent",
        stage,
        len(output.parts),
        output.reused,
        output.rows_in,
        output.rows_out,
        output.sent,
    )
    for reason, count in output.rejected.items():
        log.info("%s: %d rejected: %s", stage, count, reason)
    for reason, count in output.failed.items():
        log.warning("%s: %d failed: %s (the next run tries them again)", stage, count, reason)
    show_funnel([output])
    return output
