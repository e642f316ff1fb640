"""The examples of a part that are not nearly the same as an earlier one."""

import time
from collections.abc import Sequence

from gleanery.infra.incremental import standing_receipt
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.near_identical import LEAST_SHARED, GroupedText, near_identical
from gleanery.tasks.records import Example, Loss
from gleanery.tasks.stage_inputs import EXAMPLES

VERSION = 1
_EARLIER_PARTS = 4  # looked back at: more would make the last part read all of them


def keep_distinct(
    parts: Parts, stage: str, names: Sequence[str], number: int, backfill: bool = False
) -> tuple[Receipt, bool] | None:
    """Return the receipt of part `number` of `names`, and whether it stood; `None` if not made yet.

    Instructions are compared with those of the part itself and of the four parts before it, also
    where other skills were combined: a combination rarely comes again. Curation compares all.
    """
    receipts = _compared(parts, stage, names, number)
    if not receipts:
        return None
    plan = _plan(receipts)
    newest = parts.newest(EXAMPLES, plan.part)
    standing = standing_receipt(parts, plan, newest, backfill, None)
    if standing:
        return standing, True
    started = time.monotonic()
    own = parts.rows(receipts[-1], Example)
    earlier = [row for receipt in receipts[:-1] for row in parts.rows(receipt, Example)]
    outcome = _distinct(earlier, own)
    return parts.commit(plan, outcome, Example, started, newest), False


def standing_distinct(
    parts: Parts, stage: str, names: Sequence[str], number: int, backfill: bool = False
) -> Receipt | None:
    """Return the receipt of part `number` of `names` if it stands, or `None` if it does not."""
    receipts = _compared(parts, stage, names, number)
    if not receipts:
        return None
    plan = _plan(receipts)
    return standing_receipt(parts, plan, parts.newest(EXAMPLES, plan.part), backfill, None)


def _compared(parts: Parts, stage: str, names: Sequence[str], number: int) -> list[Receipt]:
    """Return the receipts of a part and of those before it; none while it is not made."""
    looked_at = names[max(0, number - _EARLIER_PARTS) : number + 1]
    receipts = [receipt for name in looked_at if (receipt := parts.newest(stage, name))]
    return receipts if receipts and receipts[-1].part == names[number] else []


def _plan(receipts: Sequence[Receipt]) -> Plan:
    return Plan(
        stage=EXAMPLES,
        version=VERSION,
        part=receipts[-1].part,
        inputs=tuple(Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in receipts),
        decides={"least_shared": LEAST_SHARED},
    )


def _distinct(earlier: Sequence[Example], own: Sequence[Example]) -> Outcome[Example]:
    repeated = near_identical(
        GroupedText(example.id, "", example.messages[0].content) for example in [*earlier, *own]
    )
    rejected = [
        Loss(
            row_id=example.id,
            reason="near_identical",
            detail=f"nearly the same as {repeated[example.id]}",
        )
        for example in own
        if example.id in repeated
    ]
    kept = [example for example in own if example.id not in repeated]
    return Outcome(kept, rejected, [], len(own))
