"""Answers that were kept, and requests without one."""

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
