"""Dedup as a stage: the keep-list of each part of a batch, in sealed order."""

import time
from collections.abc import Sequence

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.recall.batches import Batch
from gleanery.tasks.recall.dedup import dedup_keys, drop_duplicates
from gleanery.tasks.records import Document, KeptDocument
from gleanery.tasks.stage_inputs import DEDUP, RECALL
from gleanery.tasks.stage_output import StageOutput, stage_output

VERSION = 1


def dedup_batch(parts: Parts, batch: Batch, others: Sequence[Batch]) -> list[Receipt]:
    """Return one receipt per recalled part of the batch; `others` are all other sealed batches.

    A part stands while its own documents and all that came before it are the same. One that
    arrives late changes nothing that was kept before.
    """
    recalled = [receipt for part in batch.parts if (receipt := parts.newest(RECALL, part.name))]
    plans = _plans(recalled)
    newest = {receipt.part: parts.newest(DEDUP, receipt.part) for receipt in recalled}
    if all(_stands(newest[plan.part], plan) for plan in plans):
        return [receipt for receipt in newest.values() if receipt]
    kept_before = [
        row for receipt in newest.values() if receipt for row in parts.rows(receipt, KeptDocument)
    ]
    started = time.monotonic()
    candidates = [
        dedup_keys(document, receipt.part)
        for receipt in recalled
        for document in parts.rows(receipt, Document)
    ]
    kept, losses = drop_duplicates(candidates, kept_before, _texts_of(parts, others))
    return [
        _commit(parts, plan, newest[plan.part], candidates, kept, losses, started) for plan in plans
    ]


def dedup_output(parts: Parts, recalled: StageOutput) -> StageOutput:
    """Return the totals of dedup over the parts that recall gave."""
    receipts = [parts.newest(DEDUP, reference.part) for reference in recalled.parts]
    return stage_output(DEDUP, [receipt for receipt in receipts if receipt], parts.writer)


def _plans(recalled: Sequence[Receipt]) -> list[Plan]:
    """Return each part's plan; the second input stands for all parts before it."""
    plans, before = [], ""
    for receipt in recalled:
        own = Input(stage=RECALL, part=receipt.part, row_digest=receipt.row_digest)
        earlier = Input(stage=RECALL, part="earlier parts of the batch", row_digest=before)
        plans.append(
            Plan(stage=DEDUP, version=VERSION, part=receipt.part, inputs=(own, earlier), decides={})
        )
        before = digest([before, receipt.row_digest])
    return plans


def _stands(newest: Receipt | None, plan: Plan) -> bool:
    return newest is not None and newest.key == plan.key


def _commit(
    parts: Parts,
    plan: Plan,
    newest: Receipt | None,
    candidates: Sequence[KeptDocument],
    kept: Sequence[KeptDocument],
    losses: Sequence[tuple[str, Loss]],
    started: float,
) -> Receipt:
    if newest and newest.key == plan.key:
        return newest
    outcome = Outcome(
        rows=[row for row in kept if row.part == plan.part],
        rejected=[loss for part, loss in losses if part == plan.part],
        failed=[],
        rows_in=sum(row.part == plan.part for row in candidates),
    )
    return parts.commit(plan, outcome, KeptDocument, started, newest)


def _texts_of(parts: Parts, batches: Sequence[Batch]) -> set[str]:
    """Return the text keys that these batches have kept: the index that new pages are held to."""
    return {
        row.text_key
        for batch in batches
        for part in batch.parts
        if (receipt := parts.newest(DEDUP, part.name))
        for row in parts.rows(receipt, KeptDocument)
    }
