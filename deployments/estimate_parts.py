"""The parts as the next run will find them, and which of their rows it will ask models about."""

from typing import Any, TypeVar

from gleanery.infra.incremental import carry_over, standing_receipt
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMPart

I = TypeVar("I")  # noqa: E741 - an input row


class ForeseenParts(Parts):
    """The parts of a pipeline, with what a run will bring back of them for nothing.

    Inputs that are again what they once were make the rows of that time again, of answers that
    the journal holds. Such a part is from then on shown as it will be. Nothing is written.
    """

    def __init__(self, store: Store) -> None:
        super().__init__(store)
        self._known: dict[tuple[str, str], Receipt | None] = {}

    def newest(self, stage: str, part: str) -> Receipt | None:
        """Return the receipt that counts once the next run has done what costs nothing."""
        if (stage, part) not in self._known:
            self._known[stage, part] = super().newest(stage, part)
        return self._known[stage, part]

    def bring_back(self, receipt: Receipt) -> None:
        """Show an older receipt as the newest of its part."""
        self._known[receipt.stage, receipt.part] = receipt

    def open_rows(self, part: LLMPart[I, Any]) -> list[I]:
        """Return the rows of a part that models will be asked about, as `run_llm_part` finds them.

        A row is settled also if an earlier generation of the part settled it alike: the journal
        has its answers.
        """
        plan = part.plan
        newest = self.newest(plan.stage, plan.part)
        if newest is None:
            return list(part.load())
        if standing_receipt(self, plan, newest, False, None):
            return []
        alike = [
            receipt
            for receipt in self.receipts(plan.stage, plan.part)
            if receipt.generation < newest.generation and _made_alike(receipt, plan)
        ]
        if newest.inputs != plan.inputs:
            for receipt in alike:
                if receipt.closed and receipt.inputs == plan.inputs:
                    self.bring_back(receipt)
                    return []
        rows = list(part.load())
        for receipt in [newest, *alike]:
            settled = carry_over(self, plan, receipt, False, None, part.row_type, part.origin)
            rows = [row for row in rows if part.row_id(row) not in settled.settled_ids]
            if not rows:
                break
        return rows


def _made_alike(receipt: Receipt, plan: Plan) -> bool:
    return receipt.decides == plan.decides and receipt.version == plan.version
