"""Dialogues: every row at its own pace, every question sent once, everything kept."""

import asyncio
from collections.abc import AsyncGenerator, Iterable, Sequence
from pathlib import Path

import pytest

from gleanery.infra.budget import Budget, BudgetConfig
from gleanery.infra.journal import Journal, Spent, read_answers
from gleanery.infra.llm.asking import Asker
from gleanery.infra.llm.dialogues import Conversation, Dialogue
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    FailureReason,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.receipts import Usage
from gleanery.infra.storage import Store

FOLDER = "journal/stage/part"
REFUSED = FailureReason.REFUSED_REQUEST


def request(text: str, model: str = "m") -> Request:
    return Request(ModelIdentity(model), ({"role": "user", "content": text},), Sampling())


def text_of(request: Request) -> str:
    return request.messages[0]["content"]


class Engine:
    """Answers a text with the text in capitals, `at_once` at a time, as soon as it is let.

    A text that begins with "bad" is refused, and one that begins with "slow" is answered only
    when `slow` is set.
    """

    def __init__(self, name: str = "m", at_once: int = 100) -> None:
        self.identity = ModelIdentity(name)
        self.sent: list[str] = []
        self.calls = 0
        self.slow = asyncio.Event()
        self._room = asyncio.Semaphore(at_once)

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        self.calls += 1
        results: asyncio.Queue[Completion | Failure] = asyncio.Queue()
        tasks = []
        pulled = iter(requests)
        pending = 0
        ended = False
        while pending or not ended:
            while not ended and not self._room.locked():
                one = next(pulled, None)
                if one is None:
                    ended = True
                    break
                await self._room.acquire()
                self.sent.append(text_of(one))
                tasks.append(asyncio.create_task(self._answer(one, results)))
                pending += 1
            if pending:
                yield await results.get()
                pending -= 1

    async def _answer(
        self, request: Request, results: "asyncio.Queue[Completion | Failure]"
    ) -> None:
        text = text_of(request)
        if text.startswith("slow"):
            await self.slow.wait()
        self._room.release()
        if text.startswith("bad"):
            await results.put(Failure(request.key, REFUSED, "no such thing"))
        else:
            await results.put(Completion(request.key, text.upper(), "stop", 3, 2, "m"))

    async def aclose(self) -> None:
        pass


def chain(first: str, turns: int) -> Dialogue[str]:
    """Ask `first`, then each answer with a number in front of it."""
    text = first
    for turn in range(turns):
        asked = request(text)
        results = yield {0: [asked]}
        result = results[asked.key]
        if isinstance(result, Failure):
            return f"failed: {result.reason}"
        text = f"{result.text} {turn + 1}"
    return text


async def hold(
    store: Store,
    dialogues: Sequence[Dialogue[str]],
    *engines: Engine,
    budget: Budget | None = None,
    progress: list[tuple[int, int]] | None = None,
) -> tuple[list[str], Usage]:
    conversation = Conversation(
        dialogues, lambda *count: progress.append(count) if progress is not None else None
    )
    async with Journal(store, FOLDER, "w") as journal:
        unlimited = Budget(BudgetConfig(), Spent())
        askers = [Asker(engine, journal, budget or unlimited) for engine in engines]
        outcomes = await conversation.hold(askers)
    return outcomes, sum((asker.usage for asker in askers), Usage())


async def test_outcomes_come_in_the_order_of_the_rows_whatever_finishes_first(
    tmp_path: Path,
) -> None:
    engine, seen = Engine(), []
    dialogues = [chain("a", 3), chain("b", 0), chain("c", 1)]
    outcomes, usage = await hold(Store(str(tmp_path)), dialogues, engine, progress=seen)
    assert outcomes == ["A 1 2 3", "b", "C 1"]
    assert usage.sent == 4
    assert seen[-1] == (3, 3)


async def test_later_turn_does_not_wait_for_the_slowest_row(tmp_path: Path) -> None:
    engine = Engine()
    dialogues = [chain("slow", 1), chain("b", 4)]
    holding = asyncio.create_task(hold(Store(str(tmp_path)), dialogues, engine))
    while "B 1 2 3" not in engine.sent:
        assert not holding.done()
        await asyncio.sleep(0)
    engine.slow.set()
    outcomes, _ = await holding
    assert outcomes == ["SLOW 1", "B 1 2 3 4"]


async def test_later_turns_go_before_first_ones(tmp_path: Path) -> None:
    engine = Engine(at_once=1)
    await hold(Store(str(tmp_path)), [chain("a", 2), chain("b", 2)], engine)
    assert engine.sent == ["a", "A 1", "b", "B 1"]
    assert engine.calls == 1


async def test_rows_that_ask_the_same_share_one_request(tmp_path: Path) -> None:
    engine = Engine()
    outcomes, usage = await hold(
        Store(str(tmp_path)), [chain("a", 2), chain("a", 2), chain("b", 1)], engine
    )
    assert outcomes == ["A 1 2", "A 1 2", "B 1"]
    assert sorted(engine.sent) == ["A 1", "a", "b"]
    assert (usage.sent, usage.reused) == (3, 0)


async def test_second_run_takes_every_turn_from_the_journal(tmp_path: Path) -> None:
    store, engine = Store(str(tmp_path)), Engine()
    first, _ = await hold(store, [chain("a", 3), chain("b", 2)], engine)
    again, usage = await hold(store, [chain("a", 3), chain("b", 2)], engine)
    assert again == first
    assert (usage.sent, usage.reused) == (0, 5)
    assert len(engine.sent) == 5


async def test_kept_rows_leave_the_loop_to_others_between_them(tmp_path: Path) -> None:
    store, engine, others = Store(str(tmp_path)), Engine(), [0]
    await hold(store, [chain(f"row {n}", 2) for n in range(50)], engine)

    async def another_part() -> None:
        while True:
            await asyncio.sleep(0)
            others[0] += 1

    ends: list[int] = []

    def noting(number: int) -> Dialogue[str]:
        ended = yield from chain(f"row {number}", 2)
        ends.append(others[0])
        return ended

    beside = asyncio.create_task(another_part())
    await hold(store, [noting(n) for n in range(50)], engine)
    beside.cancel()
    assert len(ends) == len(set(ends)) == 50


async def test_engine_that_answers_in_batches_finds_the_questions_of_all_rows(
    tmp_path: Path,
) -> None:
    class Batching(Engine):
        async def complete(
            self, requests: Iterable[Request]
        ) -> AsyncGenerator[Completion | Failure, None]:
            batch = list(requests)
            batches.append(len(batch))
            for one in batch:
                yield Completion(one.key, "answer", "stop", 1, 1, "m")

    batches: list[int] = []
    store = Store(str(tmp_path))
    await hold(store, [chain(f"row {n}", 1) for n in range(0, 40, 2)], Batching())
    await hold(store, [chain(f"row {n}", 1) for n in range(40)], Batching())  # half of them kept
    assert batches == [20, 20]


async def test_row_whose_first_turn_is_kept_asks_the_rest(tmp_path: Path) -> None:
    store, engine = Store(str(tmp_path)), Engine()
    await hold(store, [chain("a", 1)], engine)
    outcomes, usage = await hold(store, [chain("a", 3)], engine)
    assert outcomes == ["A 1 2 3"]
    assert (usage.sent, usage.reused) == (2, 1)


async def test_one_row_talks_to_two_engines(tmp_path: Path) -> None:
    def both() -> Dialogue[str]:
        asked = [request("a", "one"), request("b", "two")]
        results = yield {0: asked[:1], 1: asked[1:]}
        texts = [results[one.key] for one in asked]
        assert all(isinstance(text, Completion) for text in texts)
        last = request("c", "two")
        results = yield {1: [last]}
        return " ".join(getattr(text, "text", "") for text in [*texts, results[last.key]])

    engines = Engine("one"), Engine("two")
    outcomes, usage = await hold(Store(str(tmp_path)), [both()], *engines)
    assert outcomes == ["A B C"]
    assert [engine.sent for engine in engines] == [["a"], ["b", "c"]]
    assert usage.sent == 3


async def test_spent_budget_fails_the_turns_that_are_left(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    budget = Budget(BudgetConfig(tokens=10), Spent())
    dialogues = [chain(text, 2) for text in "abc"]
    outcomes, usage = await hold(store, dialogues, Engine(at_once=1), budget=budget)
    assert outcomes[0] == "A 1 2"
    assert outcomes[1:] == ["failed: budget_exhausted"] * 2
    assert usage.sent == 2
    assert len(read_answers(store, FOLDER)) == 2


async def test_server_that_refuses_everything_is_a_wrong_configuration(tmp_path: Path) -> None:
    dialogues = [chain(f"bad {number}", 1) for number in range(6)]
    with pytest.raises(EngineError, match=r"refused all 6 requests.*no such thing"):
        await hold(Store(str(tmp_path)), dialogues, Engine())


async def test_some_refused_requests_are_the_rows_own_fault(tmp_path: Path) -> None:
    dialogues = [chain("good", 1), *(chain(f"bad {number}", 1) for number in range(6))]
    outcomes, _ = await hold(Store(str(tmp_path)), dialogues, Engine())
    assert outcomes == ["GOOD 1", *["failed: refused_request"] * 6]


async def test_engine_error_ends_the_conversation_and_keeps_what_came_before(
    tmp_path: Path,
) -> None:
    class Breaking(Engine):
        async def complete(
            self, requests: Iterable[Request]
        ) -> AsyncGenerator[Completion | Failure, None]:
            for one in requests:
                if text_of(one) == "b":
                    raise EngineError("wrong key")
                yield Completion(one.key, "kept", "stop", 1, 1, "m")

    store = Store(str(tmp_path))
    with pytest.raises(EngineError, match="wrong key"):
        await hold(store, [chain("a", 1), chain("b", 1)], Breaking())
    assert [answer.text for answer in read_answers(store, FOLDER).values()] == ["kept"]


async def test_error_in_a_dialogue_ends_the_conversation(tmp_path: Path) -> None:
    def broken() -> Dialogue[str]:
        yield {0: [request("a")]}
        raise KeyError("a bug")

    with pytest.raises(KeyError, match="a bug"):
        await hold(Store(str(tmp_path)), [broken(), chain("slow", 1)], Engine())
