"""The answers of one part: a journal opened, its dialogues held, everything kept."""

from collections.abc import Sequence
from typing import TypeVar

from gleanery.infra.budget import Budget
from gleanery.infra.journal import Journal, compact_folder, journal_folder
from gleanery.infra.llm.asking import Asker, Price
from gleanery.infra.llm.dialogues import Conversation
from gleanery.infra.llm.protocol import Engine
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt, Usage

T = TypeVar("T")


async def answer_part(
    parts: Parts,
    stage: str,
    part: str,
    engines: Sequence[tuple[Engine, Price]],
    conversation: Conversation[T],
    budget: Budget,
) -> tuple[list[T], Usage]:
    """Return what every dialogue returned, in their order, and what their answers cost.

    All answers are durable in the part's journal when this returns.
    """
    async with Journal(parts.store, journal_folder(stage, part), parts.writer) as journal:
        askers = [Asker(engine, journal, budget, price) for engine, price in engines]
        outcomes = await conversation.hold(askers)
        await journal.flush()
    return outcomes, sum((asker.usage for asker in askers), Usage())


def compact_journal(parts: Parts, receipt: Receipt) -> None:
    """Merge the journal of a part that has its receipt; the answers behind its rows win.

    Rows may stand since an earlier generation: what its writer was told comes next. Does nothing
    where the journal is one object already, so it may be called on every run.
    """
    folder = journal_folder(receipt.stage, receipt.part)
    if len(parts.store.list(folder)) <= 1:
        return
    receipts = parts.receipts(receipt.stage, receipt.part)
    writers = [made.writer.split("-")[0] for made in [receipt, *receipts]]
    compact_folder(parts.store, folder, writers[0], earlier=writers[1:])
