"""What is no result: a benchmark of which all was refused, a model that has answered nothing."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import EngineError, FailureReason
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt

_REFUSED = FailureReason.REFUSED_REQUEST.value
_BUDGET = FailureReason.BUDGET.value


def all_refused(receipts: Sequence[Receipt]) -> bool:
    """Return whether there were prompts, and every one was refused."""
    asked = sum(receipt.rows_in for receipt in receipts)
    return 0 < asked == sum(receipt.rejected.get(_REFUSED, 0) for receipt in receipts)


def refuse_all_refused(
    parts: Parts, engine: EngineConfig, benchmark: str, receipts: Sequence[Receipt]
) -> None:
    """Raise `EngineError`, with what was said to most, where all of a benchmark was refused."""
    if all_refused(receipts):
        asked = sum(receipt.rows_in for receipt in receipts)
        raise EngineError(
            f"{engine.model or 'the engine'} was asked {asked:,} prompts of {benchmark} and all "
            f"were refused, mostly with: {_said(parts, receipts, [_REFUSED])}. Lower the shots or "
            "max_tokens of the benchmark where prompts are too long, or see to what serves the "
            "model; then run again"
        )


def refuse_none_answered(parts: Parts, engine: EngineConfig, receipts: Sequence[Receipt]) -> None:
    """Raise `EngineError` where a model has no answer at all, and not for want of budget."""
    without = sum(sum(receipt.failed.values()) for receipt in receipts)
    asked = sum(receipt.rows_in for receipt in receipts)
    if 0 < without == asked and any(receipt.failed.keys() - {_BUDGET} for receipt in receipts):
        raise EngineError(
            f"{engine.model or 'the engine'} was asked {asked:,} prompts and answered none, mostly "
            f"for: {why_open(parts, receipts)}. See to what serves the model, then run again"
        )


def why_open(parts: Parts, receipts: Iterable[Receipt]) -> str:
    """Return what most of the prompts without an answer have none for, "" where all have one."""
    still_open = [receipt for receipt in receipts if receipt.failed]
    reasons = {reason for receipt in still_open for reason in receipt.failed}
    return _said(parts, still_open, reasons)


def _said(parts: Parts, receipts: Iterable[Receipt], reasons: Collection[str]) -> str:
    losses = [loss for receipt in receipts for loss in parts.losses(receipt)]
    return said_mostly(loss.detail or loss.reason for loss in losses if loss.reason in reasons)


def said_mostly(details: Iterable[str]) -> str:
    """Return the first of the texts of which there are most, "" of none.

    Those that differ in their numbers alone say the same: how long a prompt is, mostly.
    """
    alike: dict[str, str] = {}
    counts: Counter[str] = Counter()
    for detail in details:
        kind = re.sub(r"\d[\d.,]*", "0", detail)
        alike.setdefault(kind, detail)
        counts[kind] += 1
    return alike[counts.most_common(1)[0][0]] if counts else ""
