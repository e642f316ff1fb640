"""The answers of one part: a journal opened, every engine asked at once, everything kept."""

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gleanery.infra.budget import Budget
from gleanery.infra.journal import Journal, compact_folder, journal_folder
from gleanery.infra.llm.asking import Asker, Price
from gleanery.infra.llm.protocol import (
    Completion,
    Engine,
    EngineError,
    Failure,
    FailureReason,
    Request,
)
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt, Usage

_ENOUGH_REFUSED = 5
Results = Mapping[str, Completion | Failure]


@dataclass(frozen=True, slots=True)
class Questions:
    """Requests for one engine, and what its tokens cost."""

    engine: Engine
    price: Price
    requests: Sequence[Request]


async def answer_part(
    parts: Parts,
    stage: str,
    part: str,
    questions: Sequence[Questions],
    budget: Budget,
    progress: Callable[[int, int], None],
) -> tuple[Results, Usage]:
    """Return what every request came to, by request key, and what it cost.

    All answers are durable in the part's journal when this returns. `progress` is told how many
    of how many are in.
    """
    total = len({request.key for asked in questions for request in asked.requests})
    results: dict[str, Completion | Failure] = {}

    async def ask(asked: Questions, journal: Journal) -> Usage:
        asker = Asker(asked.engine, journal, budget, asked.price)
        async with contextlib.aclosing(asker.ask(asked.requests)) as answers:
            async for result in answers:
                results[result.key] = result
                progress(len(results), total)
        return asker.usage

    async with Journal(parts.store, journal_folder(stage, part), parts.writer) as journal:
        try:
            async with asyncio.TaskGroup() as group:
                asking = [group.create_task(ask(asked, journal)) for asked in questions]
        except BaseExceptionGroup as errors:  # the first one stopped the others
            raise errors.exceptions[0] from None
        await journal.flush()
    _raise_if_all_refused(list(results.values()))
    return results, sum((task.result() for task in asking), Usage())


def _raise_if_all_refused(results: Sequence[Completion | Failure]) -> None:
    """Raise `EngineError` if the server accepts no request of ours at all.

    A refused request is rejected for good; when all are, it is the configuration that is wrong
    and not the rows.
    """
    refused = [
        result
        for result in results
        if isinstance(result, Failure) and result.reason is FailureReason.REFUSED_REQUEST
    ]
    if len(refused) == len(results) >= _ENOUGH_REFUSED:
        raise EngineError(
            f"the server refused all {len(refused)} requests, the first one with: "
            f"{refused[0].detail}. Check engine.structured_output and the sampling"
        )


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
