"""The answers of a part: its dialogues held with every engine, and everything kept."""

from pathlib import Path

from gleanery.infra.budget import Budget, BudgetConfig
from gleanery.infra.journal import Journal, Spent, journal_folder, read_answers
from gleanery.infra.llm.asking import Price
from gleanery.infra.llm.dialogues import Conversation, Dialogue
from gleanery.infra.llm.part_answers import answer_part, compact_journal
from gleanery.infra.llm.protocol import Completion, ModelIdentity, Request, Sampling
from gleanery.infra.llm.recorded import RecordedEngine
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store


async def test_answers_of_all_engines_are_durable_and_their_usage_is_one_sum(
    tmp_path: Path,
) -> None:
    parts = Parts(Store(str(tmp_path)))
    models = [ModelIdentity("one"), ModelIdentity("two")]
    requests = [Request(m, ({"role": "user", "content": "a"},), Sampling()) for m in models]
    answers = [Completion(r.key, r.model.name, "stop", 3, 2, "m") for r in requests]
    engines = [RecordedEngine(m, {a.key: a for a in answers}) for m in models]

    def dialogue() -> Dialogue[int]:
        results = yield {index: [request] for index, request in enumerate(requests)}
        return len(results)

    for sent, reused in ((2, 0), (0, 2)):
        outcomes, usage = await answer_part(
            parts,
            "s",
            "p",
            [(engine, Price(completion=1e6)) for engine in engines],
            Conversation([dialogue(), dialogue()]),
            Budget(BudgetConfig(), Spent()),
        )
        assert outcomes == [2, 2]
        assert (usage.sent, usage.reused) == (sent, reused)
        assert usage.cost == sent * 2
    assert read_answers(parts.store, "journal/s/p").keys() == {a.key for a in answers}


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
