"""Stage outputs: what flows pass around instead of rows."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from gleanery.infra.receipts import Receipt, Usage, merge_counts
from gleanery.tasks.records import Record


class PartRef(Record):
    """A reference to one generation of a part."""

    part: str
    key: str
    generation: int
    row_digest: str


class StageOutput(Record):
    """The parts of a stage with their totals; `reused` counts parts that stood already.

    `usage` is what the parts have cost in all runs, `seconds` what making them took at last; `sent`
    is what this run alone has sent to a model. `empty` are the parts that lost all of their rows,
    each with the reason of most.
    """

    stage: str
    parts: list[PartRef]
    reused: int
    rows_in: int
    rows_out: int
    rejected: dict[str, int]
    failed: dict[str, int]
    usage: Usage
    seconds: float
    sent: int
    empty: dict[str, str] = Field(default_factory=dict)

    @property
    def complete(self) -> bool:
        """Whether no row of the stage is still open."""
        return not self.failed


def stage_labels(outputs: Sequence[StageOutput]) -> list[str]:
    """Return what to call stages that stand together: with their parts where one comes again."""
    names = [output.stage for output in outputs]
    return [
        f"{output.stage}: {', '.join(part.part for part in output.parts)}"
        if names.count(output.stage) > 1
        else output.stage
        for output in outputs
    ]


def reason_of_most(*counts: Mapping[str, int]) -> str:
    """Return the reason that most rows were lost for, the first by name of several; "" for none."""
    merged = merge_counts(counts)
    return min(merged, key=lambda reason: (-merged[reason], reason), default="")


def stage_output(stage: str, receipts: Sequence[Receipt], writer: str) -> StageOutput:
    """Return the totals of a stage's receipts; `writer` names the run that is going on."""
    fresh = [receipt for receipt in receipts if receipt.writer.startswith(writer)]
    return StageOutput(
        stage=stage,
        parts=[
            PartRef(
                part=receipt.part,
                key=receipt.key,
                generation=receipt.generation,
                row_digest=receipt.row_digest,
            )
            for receipt in receipts
        ],
        reused=len(receipts) - len(fresh),
        rows_in=sum(receipt.rows_in for receipt in receipts),
        rows_out=sum(receipt.rows_out for receipt in receipts),
        rejected=merge_counts(receipt.rejected for receipt in receipts),
        failed=merge_counts(receipt.failed for receipt in receipts),
        usage=sum((receipt.earlier + receipt.usage for receipt in receipts), Usage()),
        seconds=round(sum(receipt.seconds for receipt in receipts), 3),
        sent=sum(receipt.usage.sent for receipt in fresh),
        empty={
            receipt.part: reason_of_most(receipt.rejected, receipt.failed)
            for receipt in receipts
            if not receipt.rows_out and (receipt.rejected or receipt.failed)
        },
    )
