"""The answers of a part: every engine asked, everything kept, a wrong configuration told."""

from collections.abc import AsyncGenerator, Iterable
from pathlib import Path

import pytest

from gleanery.infra.budget import Budget, BudgetConfig
from gleanery.infra.journal import Journal, Spent, journal_folder, read_answers
from gleanery.infra.llm.asking import Price
from gleanery.infra.llm.part_answers import Questions, answer_part, compact_journal
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    FailureReason,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store

REFUSED = FailureReason.REFUSED_REQUEST


class Engine:
    """Answers with the model's name, and refuses what holds the word "bad"."""

    def __init__(self, name: str) -> None:
        self.identity = ModelIdentity(name)

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        for request in requests:
            if "bad" in request.messages[0]["content"]:
                yield Failure(request.key, REFUSED, "no response_format here")
            else:
                yield Completion(request.key, self.identity.name, "stop", 3, 2, "m")

    async def aclose(self) -> None:
        """Nothing is open."""


def questions(engine: Engine, *texts: str) -> Questions:
    requests = [
        Request(engine.identity, ({"role": "user", "content": text},), Sampling()) for text in texts
    ]
    return Questions(engine, Price(), requests)


def budget() -> Budget:
    return Budget(BudgetConfig(), Spent())


async def test_two_engines_answer_side_by_side_into_one_journal(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    seen: list[tuple[int, int]] = []
    asked = [questions(Engine(name), "a", "b") for name in ("one", "two")]
    results, usage = await answer_part(
        parts, "s", "p", asked, budget(), lambda *count: seen.append(count)
    )
    assert len(results) == 4
    assert seen[-1] == (4, 4)
    assert (usage.sent, usage.prompt_tokens, usage.completion_tokens) == (4, 12, 8)
    assert read_answers(parts.store, "journal/s/p").keys() == results.keys()


async def test_a_server_that_refuses_everything_is_a_wrong_configuration(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    asked = [questions(Engine("m"), *(f"bad {n}" for n in range(6)))]
    with pytest.raises(EngineError, match=r"refused all 6 requests.*no response_format here"):
        await answer_part(parts, "s", "p", asked, budget(), lambda *count: None)


async def test_some_refused_requests_are_the_rows_own_fault(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    asked = [questions(Engine("m"), "good", *(f"bad {n}" for n in range(6)))]
    results, _ = await answer_part(parts, "s", "p", asked, budget(), lambda *count: None)
    refused = [r for r in results.values() if isinstance(r, Failure)]
    assert len(refused) == 6


async def test_compaction_keeps_what_rows_of_an_earlier_generation_were_made_from(tmp_path: Path):
    store = Store(str(tmp_path))
    folder = journal_folder("extract", "part")

    def answer(key: str, text: str) -> Completion:
        return Completion(key, text, "stop", 1, 1, "m")

    # Two runs at once ask the same; the second one's receipt counts, and a third goes on from it.
    async with Journal(store, folder, "loser") as loser, Journal(store, folder, "first") as first:
        await loser.add(answer("k", "the loser's"))
        await loser.flush()
        await first.add(answer("k", "the row's"))
    plan = Plan(stage="extract", version=1, part="part", inputs=(), decides={})
    failed = [Loss(row_id="2", reason="timeout", detail="")]
    outcome: Outcome[Loss] = Outcome(rows=[], rejected=[], failed=failed, rows_in=1)
    one = Parts(store, "first").commit(plan, outcome, Loss, 0.0, None)
    async with Journal(store, folder, "second") as second:
        await second.add(answer("l", "later"))
    closed: Outcome[Loss] = Outcome(rows=[], rejected=[], failed=[], rows_in=1)
    two = Parts(store, "second").commit(plan, closed, Loss, 0.0, one)

    compact_journal(Parts(store), two)
    assert len(store.list(folder)) == 1
    texts = {key: kept.text for key, kept in read_answers(store, folder).items()}
    assert texts == {"k": "the row's", "l": "later"}
