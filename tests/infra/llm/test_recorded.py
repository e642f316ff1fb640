"""Answers that were kept, and requests without one."""

import asyncio

import pytest

from gleanery.infra.llm.protocol import Completion, EngineError, ModelIdentity, Request, Sampling
from gleanery.infra.llm.recorded import RecordedEngine

IDENTITY = ModelIdentity("big-model", "2026-10")


def make_request(text: str) -> Request:
    return Request(IDENTITY, ({"role": "user", "content": text},), Sampling())


def make_answer(request: Request) -> Completion:
    return Completion(request.key, "kept", "stop", 1, 1, "big-model")


async def test_kept_answers_come_back_in_order():
    requests = [make_request(f"q{number}") for number in range(5)]
    engine = RecordedEngine(IDENTITY, {r.key: make_answer(r) for r in requests})
    results = [result async for result in engine.complete(iter(requests))]
    assert [result.key for result in results] == [request.key for request in requests]
    await engine.aclose()


async def test_all_that_is_there_is_answered_before_the_error_names_what_is_missing():
    requests = [make_request(f"question {number} " + "x" * 400) for number in range(10)]
    engine = RecordedEngine(IDENTITY, {r.key: make_answer(r) for r in requests[:2]})
    results = engine.complete(requests)
    answered = [await anext(results), await anext(results)]
    assert [result.key for result in answered] == [request.key for request in requests[:2]]
    with pytest.raises(EngineError) as caught:
        await anext(results)
    message = str(caught.value)
    assert "8 requests to big-model" in message
    assert [request.key in message for request in requests[2:]] == [True] * 5 + [False] * 3
    assert "and 3 more" in message
    assert "xxx" in message
    assert len(max(message.splitlines(), key=len)) < 250
    assert "make record" in message


async def test_conversations_that_begin_one_after_the_other_are_all_named():
    requests = [make_request(f"row {number}") for number in range(40)]
    engine = RecordedEngine(IDENTITY, {})

    async def ask(request: Request) -> None:
        with pytest.raises(EngineError, match="40 requests"):
            await anext(engine.complete([request]))

    async with asyncio.TaskGroup() as group:
        for request in requests:
            group.create_task(ask(request))
            await asyncio.sleep(0)
    assert list(engine.missing.values()) == requests


async def test_a_request_that_was_missing_before_is_missing_again():
    engine = RecordedEngine(IDENTITY, {})
    for _ in range(2):
        with pytest.raises(EngineError, match="1 requests"):
            await anext(engine.complete([make_request("q")]))
