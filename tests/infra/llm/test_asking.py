"""Asking: what is kept is not sent, what is sent is kept, and the budget is not overrun."""

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Iterable, Mapping
from pathlib import Path

import pytest

from gleanery.infra.budget import Budget, BudgetConfig, open_budget
from gleanery.infra.journal import Journal, Spent, read_answers, spent_in
from gleanery.infra.llm.asking import Asker, Price
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
from gleanery.infra.storage import StorageError, Store

FOLDER = "journal/extraction/part-1"
MODEL = ModelIdentity("model")


def request(text: str, attempt: int = 0) -> Request:
    return Request(MODEL, ({"role": "user", "content": text},), Sampling(), attempt=attempt)


def text_of(request: Request) -> str:
    return request.messages[-1]["content"]


class Answering:
    """An engine that answers two requests at a time; `failing` texts get a failure."""

    identity = MODEL
    in_flight = 2

    def __init__(self, failing: Mapping[str, FailureReason] | None = None) -> None:
        self.failing = failing or {}
        self.sent: list[str] = []
        self.closed = 0

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        try:
            pulled = iter(requests)
            while batch := [r for _, r in zip(range(self.in_flight), pulled, strict=False)]:
                self.sent += map(text_of, batch)
                await asyncio.sleep(0)
                for one in reversed(batch):
                    yield self.answer(one)
        finally:
            self.closed += 1

    def answer(self, request: Request) -> Completion | Failure:
        text = text_of(request)
        if text in self.failing:
            return Failure(request.key, self.failing[text], "scripted")
        number = self.sent.count(text)
        return Completion(request.key, f"{text} answered {number}", "stop", 100, 10, "model")

    async def aclose(self) -> None:
        pass


@contextlib.asynccontextmanager
async def asking(
    store: Store, engine: Answering, budget: Budget | None = None
) -> AsyncGenerator[Asker, None]:
    async with Journal(store, FOLDER, "w") as journal:
        unlimited = Budget(BudgetConfig(), Spent())
        yield Asker(engine, journal, budget or unlimited, Price(prompt=2.0, completion=10.0))


async def answers(asker: Asker, *requests: Request) -> list[Completion | Failure]:
    """Return what is kept first, then what had to be asked."""
    kept = [asker.kept(request.key) for request in requests]
    missing = [r for r, answer in zip(requests, kept, strict=True) if answer is None]
    return [answer for answer in kept if answer] + [r async for r in asker.ask(missing)]


async def test_kept_answer_is_there_without_asking_and_counted_once(store: Store) -> None:
    engine = Answering()
    async with asking(store, engine) as asker:
        await answers(asker, request("b"))
        assert asker.kept(request("b").key)
        assert (asker.usage.sent, asker.usage.reused) == (1, 0)
    async with asking(store, engine) as asker:
        results = await answers(asker, request("a"), request("b"))
        assert asker.kept(request("b").key) == results[0]
    assert engine.sent == ["b", "a"]
    assert [result.key for result in results] == [request("b").key, request("a").key]
    assert (asker.usage.sent, asker.usage.reused) == (1, 1)


async def test_next_attempt_is_another_request(tmp_path: Path) -> None:
    engine = Answering()
    async with asking(Store(str(tmp_path)), engine) as asker:
        await answers(asker, request("a"))
        (again,) = await answers(asker, request("a", attempt=1))
    assert isinstance(again, Completion)
    assert again.text == "a answered 2"


async def test_every_new_answer_is_in_the_journal_before_it_is_used(tmp_path: Path) -> None:
    async with asking(Store(str(tmp_path)), Answering()) as asker:
        async for result in asker.ask([request("a"), request("b"), request("c")]):
            assert asker.journal.get(result.key) == result


async def test_failures_are_handed_on_and_not_kept(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    async with asking(store, Answering({"b": FailureReason.TIMEOUT})) as asker:
        results = await answers(asker, *map(request, "abc"))
    assert [r.reason for r in results if isinstance(r, Failure)] == [FailureReason.TIMEOUT]
    assert len(read_answers(store, FOLDER)) == 2
    engine = Answering()
    async with asking(store, engine) as asker:
        await answers(asker, *map(request, "abc"))
    assert engine.sent == ["b"]


async def test_usage_sums_what_was_sent_and_what_was_reused(tmp_path: Path) -> None:
    store = Store(str(tmp_path))
    async with asking(store, Answering({"x": FailureReason.TIMEOUT})) as asker:
        await answers(asker, *map(request, "abcx"))
    async with asking(store, Answering()) as again:
        await answers(again, request("a"))
    assert again.usage == Usage(reused=1)
    cost = 3 * (100 * 2.0 + 10 * 10.0) / 1e6
    assert asker.usage.cost == pytest.approx(cost)
    assert asker.usage.model_copy(update={"cost": 0.0}) == Usage(
        sent=3, prompt_tokens=300, completion_tokens=30
    )
    assert spent_in(store.list("journal")) == Spent(3, 300, 30, round(cost * 1e6))


# The budget


async def test_budget_stops_the_sending_and_the_rest_stays_open(tmp_path: Path) -> None:
    budget = Budget(BudgetConfig(tokens=350), Spent())
    engine = Answering()
    async with asking(Store(str(tmp_path)), engine, budget) as asker:
        results = await answers(asker, *map(request, "abcdefgh"))
    unpaid = [r for r in results if isinstance(r, Failure)]
    assert engine.sent == ["a", "b", "c", "d"]  # 440 tokens: over by no more than was in flight
    assert {r.key for r in unpaid} == {request(text).key for text in "efgh"}
    assert {r.reason for r in unpaid} == {FailureReason.BUDGET}
    assert unpaid[0].detail == "440 of 350 tokens"


async def test_exhausted_budget_still_gives_the_kept_answers(tmp_path: Path) -> None:
    store, engine = Store(str(tmp_path)), Answering()
    async with asking(store, engine) as asker:
        await answers(asker, request("a"))
    budget = open_budget(BudgetConfig(tokens=100), store)
    async with asking(store, engine, budget) as asker:
        kept, unpaid = await answers(asker, request("a"), request("b"))
    assert isinstance(kept, Completion)
    assert isinstance(unpaid, Failure)
    assert engine.sent == ["a"]


async def test_budget_is_one_count_for_several_askers(tmp_path: Path) -> None:
    budget = Budget(BudgetConfig(tokens=600), Spent())
    engines = [Answering(), Answering()]
    async with asking(Store(str(tmp_path)), engines[0], budget) as first:
        second = Asker(engines[1], first.journal, budget)
        await asyncio.gather(
            answers(first, *map(request, "abcdefgh")), answers(second, *map(request, "ijklmnop"))
        )
    sent = len(engines[0].sent) + len(engines[1].sent)
    assert 600 / 110 <= sent <= 600 / 110 + 4


# Stopping


async def test_engine_error_keeps_the_answers_that_came_before(tmp_path: Path) -> None:
    class Breaking(Answering):
        def answer(self, request: Request) -> Completion | Failure:
            if text_of(request) == "c":
                raise EngineError("wrong key")
            return super().answer(request)

    store = Store(str(tmp_path))
    with pytest.raises(EngineError):
        async with asking(store, Breaking()) as asker:
            await answers(asker, *map(request, "abcd"))
    assert {a.text for a in read_answers(store, FOLDER).values()} >= {"a answered 1"}


async def test_answers_that_cannot_be_kept_stop_the_engine_at_once(tmp_path: Path) -> None:
    class Full(Store):
        def write(self, path: str, data: bytes) -> None:
            raise StorageError("full")

    engine = Answering()
    with pytest.raises(StorageError):
        async with asking(Full(str(tmp_path)), engine) as asker:
            await answers(asker, *[request(f"{number}") for number in range(1000)])
    assert len(engine.sent) <= 258
    assert engine.closed == 1


async def test_consumer_that_stops_early_stops_the_engine(tmp_path: Path) -> None:
    engine = Answering()
    async with asking(Store(str(tmp_path)), engine) as asker:
        results = asker.ask(map(request, "abcdef"))
        await anext(results)
        await results.aclose()
        assert engine.closed == 1
    assert engine.sent == ["a", "b"]
