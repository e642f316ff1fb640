"""Which rows of a part are still to be done, given what its newest receipt says.

A part that is open, or whose inputs have grown, is done again row by row: what has its outcome
keeps it, with the prompt and model that made it, and only the rest is asked. A row's outcome is
found by its id: output rows name the input row they came from, losses name it in `row_id`.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt

R = TypeVar("R", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Retry:
    """Rows to do again although they have their outcome: those rejected for one reason.

    With `ask_again` the model is asked anew (the next attempt number); without, the answers that
    the journal holds are parsed again for nothing.
    """

    reason: str
    ask_again: bool = False


@dataclass(frozen=True, slots=True)
class Carried(Generic[R]):
    """The outcomes that stay as they are, and the input rows (by id) that have theirs."""

    rows: Sequence[R] = ()
    rejected: Sequence[Loss] = ()
    settled_ids: frozenset[str] = frozenset()
    attempts: dict[str, int] = field(default_factory=dict)
    mixed_from: str = ""


def standing_receipt(
    parts: Parts, plan: Plan, newest: Receipt | None, backfill: bool, retry: Retry | None
) -> Receipt | None:
    """Return the receipt that already stands for this plan, or `None` if there is work to do.

    Without `backfill` a closed part of the same inputs stands, whatever prompt or model made
    it; with it, only a part made by exactly this plan does.
    """
    if newest is None or (retry and newest.rejected.get(retry.reason)):
        return None
    if newest.closed and (
        newest.key == plan.key or (newest.inputs == plan.inputs and not backfill)
    ):
        return newest
    if backfill and newest.key != plan.key:
        for older in parts.receipts(plan.stage, plan.part)[1:]:
            if older.key == plan.key and older.closed:
                return parts.renew(older, newest)
    return None


def carry_over(
    parts: Parts,
    plan: Plan,
    newest: Receipt | None,
    backfill: bool,
    retry: Retry | None,
    row_type: type[R],
    origin: Callable[[R], str],
) -> Carried[R]:
    """Return the outcomes of the newest receipt that stand.

    `origin` names the input row that an output row came from. Failed rows are never carried,
    nor those that `retry` names; with `backfill` nothing is that another plan made.
    """
    if newest is None:
        return Carried()
    alike = _made_alike(newest, plan)
    if backfill and not alike:
        return Carried(attempts=newest.attempts)
    rows, losses = parts.rows(newest, row_type), parts.losses(newest)
    again = {loss.row_id for loss in losses if loss.reason in newest.failed}
    attempts = dict(newest.attempts)
    if retry:
        named = {loss.row_id for loss in losses if loss.reason == retry.reason}
        again |= named
        if retry.ask_again:
            attempts |= {row_id: attempts.get(row_id, 0) + 1 for row_id in named}
    kept_rows = [row for row in rows if origin(row) not in again]
    kept_losses = [loss for loss in losses if loss.row_id not in again]
    return Carried(
        rows=kept_rows,
        rejected=kept_losses,
        settled_ids=frozenset(map(origin, kept_rows))
        | frozenset(loss.row_id for loss in kept_losses),
        attempts=attempts,
        mixed_from="" if alike or not (kept_rows or kept_losses) else newest.key,
    )


def join(
    input_ids: Sequence[str],
    carried: Carried[R],
    done: Outcome[R],
    origin: Callable[[R], str],
) -> Outcome[R]:
    """Return the outcome of the whole part, rows and losses in the order of the input rows.

    What was carried over from an input row that is gone goes with it. Raises `ValueError` for a
    new row that came from no input row: it would vanish at the next join.
    """
    position = {row_id: index for index, row_id in enumerate(input_ids)}
    for row in done.rows:
        if origin(row) not in position:
            raise ValueError(f"a row came from {origin(row)!r}, which is no input row of the part")

    def in_order(losses: Iterable[Loss]) -> list[Loss]:
        # A loss of the whole part names no input row; it comes last.
        return sorted(losses, key=lambda loss: position.get(loss.row_id, len(position)))

    return Outcome(
        rows=sorted(
            [*(row for row in carried.rows if origin(row) in position), *done.rows],
            key=lambda row: position[origin(row)],
        ),
        rejected=in_order(
            [*(loss for loss in carried.rejected if loss.row_id in position), *done.rejected]
        ),
        failed=in_order(done.failed),
        rows_in=len(input_ids),
        usage=done.usage,
        attempts=carried.attempts,
        notes=done.notes,
        mixed_from=carried.mixed_from,
    )


def _made_alike(receipt: Receipt, plan: Plan) -> bool:
    """Return whether the receipt's rows were all made by this stage version and configuration."""
    same = receipt.decides == plan.decides and receipt.version == plan.version
    return same and receipt.plan.key == receipt.key
