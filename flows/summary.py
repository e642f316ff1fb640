"""The end of a stage: its totals logged, shown in the UI, and returned."""

from collections.abc import Sequence
from typing import Any

from prefect.logging import get_run_logger

from gleanery.flows.artifacts import show_funnel
from gleanery.flows.run import Run
from gleanery.infra.receipts import Receipt
from gleanery.tasks.stage_output import StageOutput, reason_of_most, stage_output

_NAMED = 5  # parts that gave nothing


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
    reason = reason_of_most(output.rejected, output.failed)
    if reason and not output.rows_out:
        log.warning("%s: all %d rows are lost, most as %s", stage, output.rows_in, reason)
    elif output.empty:
        log.warning("%s", describe_empty(output))
    show_funnel([output])
    return output


def describe_empty(output: StageOutput) -> str:
    """Return which parts of a stage lost all of their rows while others did not, and why."""
    named = [f"{part} ({reason})" for part, reason in list(output.empty.items())[:_NAMED]]
    more = ", …" if len(output.empty) > _NAMED else ""
    return (
        f"{output.stage}: {len(output.empty)} of {len(output.parts)} parts gave nothing: "
        f"{', '.join(named)}{more}"
    )
