"""A part as Prefect sees it: one light task that waits, its receipt shown as its state."""

from collections.abc import Callable, Sequence
from typing import Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.states import Completed

from gleanery.infra.compute import Workers
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.distinct_part import keep_distinct
from gleanery.tasks.llm_part import LLMPart, LLMRun, run_llm_part


@task(
    name="ask for part",
    task_run_name="{part.plan.stage} {part.plan.part}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def ask_for_part(run: LLMRun, part: LLMPart[Any, Any]) -> Receipt:
    """Return the receipt of a part whose rows are made by asking models."""
    return part_state(*run_llm_part(run, part))


@task(
    name="keep distinct examples",
    task_run_name="distinct examples, part {number}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def keep_distinct_examples(
    parts: Parts, stage: str, names: Sequence[str], number: int, backfill: bool
) -> Receipt | None:
    """Return the receipt of a part's examples that are not nearly the same as earlier ones."""
    made = keep_distinct(parts, stage, names, number, backfill)
    return part_state(*made) if made else None


@task(
    name="do part",
    task_run_name="{stage} {part}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def do_part(
    workers: Workers,
    stage: str,
    part: str,
    function: Callable[..., tuple[Receipt, bool] | Receipt | None],
    *arguments: object,
) -> Receipt | None:
    """Return the receipt of a part that `function` makes in a worker process; `None` if none.

    A function that looks itself whether the part stands returns that beside the receipt.
    """
    made = workers.run(function, *arguments)
    if made is None:
        return None
    return part_state(*made) if isinstance(made, tuple) else part_state(made, False)


def part_state(receipt: Receipt, stood: bool) -> Receipt:
    """Return a completed state named "Reused" if the part stood already, "Incomplete" if open."""
    losses = {**receipt.rejected, **receipt.failed}
    words = ", ".join(f"{count} {reason}" for reason, count in losses.items())
    message = f"{receipt.rows_in} in, {receipt.rows_out} out" + (f"; {words}" if words else "")
    name = "Reused" if stood else "Completed" if receipt.closed else "Incomplete"
    # Prefect takes a returned state as the task's own, and hands on the data in it.
    return cast(Receipt, Completed(name=name, message=message, data=receipt))
