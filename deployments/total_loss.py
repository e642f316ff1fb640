"""Warnings of a run that lost everything, or all of some parts, which a funnel does not shout."""

from collections.abc import Sequence
from pathlib import Path
from textwrap import shorten

from gleanery.deployments.terminal import printable
from gleanery.flows.summary import describe_empty
from gleanery.infra.parts import Parts
from gleanery.tasks.stage_output import StageOutput, reason_of_most

_DETAIL = 200  # characters of the example's


def loss_warnings(
    outputs: Sequence[StageOutput], parts: Parts, config_file: Path, retried: Sequence[str]
) -> list[str]:
    """Return a line on what came to nothing: the whole run, or parts while others gave rows.

    Each says what to do next; `retried` are the stages whose rejected rows can be done again.
    """
    lost = next((output for output in outputs if output.rows_in and not output.rows_out), None)
    if outputs[-1].rows_out:
        lost = None  # what a stage loses altogether may be mended by what stood before
    elif lost is None:
        return [f"Nothing came of this run: no row went into {outputs[-1].stage}."]
    lines = [_all_lost(lost, parts, config_file, retried)] if lost else []
    for output in outputs:
        if output.empty and output.rows_out:
            reason = reason_of_most(*({reason: 1} for reason in output.empty.values()))
            todo = _next_step(output, reason, config_file, retried)
            lines.append(f"{describe_empty(output)}. {todo}".rstrip())
    return lines


def _all_lost(lost: StageOutput, parts: Parts, config_file: Path, retried: Sequence[str]) -> str:
    reason = reason_of_most(lost.rejected, lost.failed)
    if not reason:
        return f"Nothing came of this run: {lost.stage} made nothing of {lost.rows_in:,} rows."
    count = lost.rejected.get(reason, 0) + lost.failed.get(reason, 0)
    said = _detail(lost, parts, reason)
    return (
        f"Nothing came of this run: {lost.stage} lost all of its {lost.rows_in:,} rows, {count:,} "
        f"losses being {reason}{f' (the first: {said})' if said else ''}. Every loss stands in "
        f"parts/{lost.stage}/*/losses-*.parquet. {_next_step(lost, reason, config_file, retried)}"
    ).rstrip()


def _next_step(output: StageOutput, reason: str, config_file: Path, retried: Sequence[str]) -> str:
    if reason in output.failed:
        return f"Once the cause is mended, `gleanery run {config_file}` takes these rows up."
    if output.stage not in retried:
        return ""
    return (
        f"See what the model says with `gleanery preview {config_file}`; to ask it again: "
        f"`gleanery retry {config_file} --only {reason} --ask-again`."
    )


def _detail(lost: StageOutput, parts: Parts, reason: str) -> str:
    """Return what is said of the first row that was lost for this reason."""
    part = next((name for name, why in lost.empty.items() if why == reason), "")
    receipt = parts.newest(lost.stage, part) if part else None
    losses = parts.losses(receipt) if receipt else []
    detail = next((loss.detail for loss in losses if loss.reason == reason), "")
    return shorten(printable(detail), _DETAIL, placeholder="…")
