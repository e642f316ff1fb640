"""The stages of a pipeline as the report's funnel shows them."""

from collections.abc import Sequence

from gleanery.tasks.release.report_data import FunnelStage
from gleanery.tasks.stage_inputs import DEDUP, EXAMPLES, EXTRACT, LEAKS, RECALL, REFINE
from gleanery.tasks.stage_output import StageOutput

_UNITS = {
    RECALL: ("pages", "pages"),
    DEDUP: ("pages", "pages"),
    EXTRACT: ("pages", "pairs"),
    LEAKS: ("pairs", "pairs"),
    REFINE: ("pairs", "pairs"),
    "subjects": ("disciplines", "subjects"),
    "syllabi": ("subjects", "syllabi"),
    "plans": ("plans", "plans"),
    "questions": ("plans", "questions"),
    EXAMPLES: ("questions", "examples"),
    "skill-examples": ("plans", "examples"),
}
_LOST_ON_THE_WAY_OUT = {"subjects"}  # of a discipline's answer, the subjects that are no good
_LEAKED = "benchmark_leak"  # a reason for which a harvest does not refine a pair


def pipeline_funnel(lane: str, outputs: Sequence[StageOutput]) -> list[FunnelStage]:
    """Return a pipeline's stages; pairs with a benchmark's item go where they are found.

    It is refinement that leaves them out, unasked: what seeks them counts texts and items. Where
    nothing has been sought yet, that stage is not shown.
    """
    outputs = [output for output in outputs if output.stage != LEAKS or output.rows_in]
    refined = next((output for output in outputs if output.stage == REFINE), None)
    sought = any(output.stage == LEAKS for output in outputs)
    leaked = refined.rejected.get(_LEAKED, 0) if refined and sought else 0
    stages = []
    for output in outputs:
        rows_in, rows_out, rejected = output.rows_in, output.rows_out, output.rejected
        if output.stage == LEAKS:
            rows_in = refined.rows_in if refined else 0
            rows_out, rejected = rows_in - leaked, {_LEAKED: leaked} if leaked else {}
        elif output.stage == REFINE and sought:
            rows_in -= leaked
            rejected = {reason: n for reason, n in rejected.items() if reason != _LEAKED}
        unit_in, unit_out = _UNITS.get(output.stage, ("rows", "rows"))
        stages.append(
            FunnelStage(
                name=output.stage,
                lane=lane,
                rows_in=rows_in,
                rows_out=rows_out,
                unit_in=unit_in,
                unit_out=unit_out,
                unit_lost=unit_out if output.stage in _LOST_ON_THE_WAY_OUT else "",
                rejected=rejected,
                failed=output.failed,
            )
        )
    return stages
