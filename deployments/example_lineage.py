"""One synthesised example's way back to its node or skills: found by its id, its calls with it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from gleanery.deployments.lineage import search_row
from gleanery.infra.journal import journal_folder, read_answers
from gleanery.infra.llm.protocol import Completion
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.records import Example
from gleanery.tasks.stage_inputs import EXAMPLES


@dataclass(frozen=True)
class ExampleLineage:
    """An example with the receipts that it follows from, the last stage's first.

    `answers` are what the journals hold of its calls, by request key.
    """

    store: Store
    part: str
    example: Example
    receipts: Sequence[Receipt]
    answers: Mapping[str, Completion]


def find_example(stores: Sequence[Store], example_id: str) -> ExampleLineage | None:
    """Return an example's lineage, the newest generations searched first; `None` if none has it."""
    for newest in (True, False):
        for store in stores:
            found = search_row(store, EXAMPLES, Example, example_id, newest)
            if found:
                return _trace(store, *found)
    return None


def _trace(store: Store, receipt: Receipt, example: Example) -> ExampleLineage:
    receipts = _receipts_before(Parts(store), receipt)
    keys = {call.request_key for call in example.calls}
    answers = {
        key: answer
        for made in receipts
        for key, answer in read_answers(store, journal_folder(made.stage, made.part)).items()
        if key in keys
    }
    return ExampleLineage(store, receipt.part, example, receipts, answers)


def _receipts_before(parts: Parts, start: Receipt) -> list[Receipt]:
    """Return a receipt and those of the generations that it was made from, one after the other."""
    found, todo = [], [start]
    while todo:
        receipt = todo.pop(0)
        found.append(receipt)
        for made_from in receipt.inputs:
            earlier = parts.receipts(made_from.stage, made_from.part)
            same = [one for one in earlier if one.row_digest == made_from.row_digest]
            todo += [*same, *earlier][:1]
    return found
