"""The server engine against a real server that misbehaves on command."""

import asyncio
import logging
import socket
import time
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import aclosing, asynccontextmanager
from email.utils import formatdate
from typing import Any

import pytest

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    FailureReason,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.llm.server import ServerEngine

IDENTITY = ModelIdentity("stub-model")
PATIENCE_S = 60.0  # for what comes within seconds on a machine with nothing else to do


def make_request(number: int = 0, **fields: Any) -> Request:
    messages = ({"role": "user", "content": f"question {number}"},)
    return Request(IDENTITY, messages, Sampling(max_tokens=50), **fields)  # type: ignore[arg-type]


def requests(count: int) -> list[Request]:
    return [make_request(number) for number in range(count)]


@asynccontextmanager
async def engine(*stubs: Any, **settings: Any) -> AsyncIterator[ServerEngine]:
    defaults = {
        "model": "stub-model",
        "base_urls": [stub.url for stub in stubs],
        "backoff_base_s": 0.01,
        "backoff_cap_s": 0.05,
        "request_timeout_s": 30,
        "deadline_s": 120,
        "max_tries": 4,
    }
    server = ServerEngine(EngineConfig(**(defaults | settings)))
    try:
        yield server
    finally:
        await server.aclose()


async def ask(server: ServerEngine, asked: Iterable[Request]) -> list[Completion | Failure]:
    return [result async for result in server.complete(asked)]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not condition():
            await asyncio.sleep(0.05)


async def ask_one(server: ServerEngine, request: Request | None = None) -> Completion | Failure:
    (result,) = await ask(server, [request or make_request()])
    return result


async def test_every_request_gets_one_completion_with_text_tokens_and_model(llm_stub):
    asked = requests(300)
    async with engine(llm_stub()) as server:
        results = await ask(server, asked)
    assert sorted(r.key for r in results) == sorted(r.key for r in asked)
    assert all(isinstance(r, Completion) and r.finish_reason == "stop" for r in results)
    first = results[0]
    assert isinstance(first, Completion)
    assert first.text
    assert first.prompt_tokens > 0
    assert first.completion_tokens > 0
    assert first.model == "stub-model"


async def test_the_body_carries_model_messages_and_sampling(llm_stub):
    stub = llm_stub()
    sampling = Sampling(temperature=0.7, top_p=0.9, max_tokens=11, stop=("END",))
    async with engine(stub) as server:
        await ask(server, [Request(IDENTITY, ({"role": "user", "content": "né"},), sampling)])
    (entry,) = stub.log()
    assert entry["body"] == {
        "model": "stub-model",
        "messages": [{"role": "user", "content": "né"}],
        "temperature": 0.7,
        "top_p": 0.9,
        "max_tokens": 11,
        "stop": ["END"],
    }


async def test_a_prompt_is_gone_on_with_and_a_talk_is_answered(llm_stub):
    stub = llm_stub()
    prompt = Request(IDENTITY, (), Sampling(max_tokens=7), prompt="1 + 1 =")
    talk = Request(IDENTITY, ({"role": "user", "content": "1 + 1 ="},), Sampling(max_tokens=7))
    async with engine(stub) as server:
        results = await ask(server, [prompt, talk])
    assert {result.key for result in results} == {prompt.key, talk.key}
    assert all(isinstance(r, Completion) and r.text for r in results)
    bodies = sorted((entry["body"] for entry in stub.log()), key=lambda body: "prompt" in body)
    assert "prompt" not in bodies[0]
    assert bodies[1] == {
        "model": "stub-model",
        "prompt": "1 + 1 =",
        "temperature": 0.0,
        "top_p": 1.0,
        "max_tokens": 7,
    }


@pytest.mark.parametrize(
    ("fault", "reason", "said"),
    [
        ({"kind": "status", "status": 500}, FailureReason.SERVER_ERROR, "HTTP 500: scripted"),
        ({"kind": "html"}, FailureReason.SERVER_ERROR, "HTTP 502: Bad Gateway nginx"),
        ({"kind": "html", "status": 200}, FailureReason.INVALID_RESPONSE, "not JSON: Bad Gateway"),
        ({"kind": "invalid_json"}, FailureReason.INVALID_RESPONSE, "not JSON"),
        ({"kind": "empty_choices"}, FailureReason.INVALID_RESPONSE, "no choice with a text"),
        ({"kind": "no_content"}, FailureReason.INVALID_RESPONSE, "no choice with a text"),
        ({"kind": "cut"}, FailureReason.CONNECTION, "ClientPayloadError"),
        ({"kind": "drop"}, FailureReason.CONNECTION, "ServerDisconnectedError"),
    ],
    ids=lambda value: value["kind"] if isinstance(value, dict) else None,
)
async def test_a_fault_that_lasts_is_a_typed_failure_and_one_that_passes_an_answer(
    llm_stub, fault, reason, said
):
    stub = llm_stub()
    stub.control(faults=[fault | {"times": 2, "per_key": True}])
    async with engine(stub) as server:
        passed = await ask_one(server, make_request(1))
        assert isinstance(passed, Completion)
        assert stub.counts()["asked"] == 3
        stub.control(faults=[fault])
        failed = await ask_one(server, make_request(2))
    assert isinstance(failed, Failure)
    assert failed.reason is reason
    assert said in failed.detail
    assert len(failed.detail) <= 300
    assert stub.counts()["asked"] == 3 + 4


async def test_a_server_that_hangs_is_asked_again_until_the_tries_are_used_up(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "hang", "times": 1}])
    async with engine(stub, request_timeout_s=3, max_tries=2) as server:
        assert isinstance(await ask_one(server, make_request(1)), Completion)
        assert stub.counts()["asked"] == 2
        stub.control(faults=[{"kind": "hang"}])
        failed = await ask_one(server, make_request(2))
    assert isinstance(failed, Failure)
    assert failed.reason is FailureReason.TIMEOUT
    assert failed.detail == "no answer within 3 s"
    assert stub.counts()["asked"] == 2 + 2


async def test_an_answer_cut_by_the_token_limit_is_a_completion_that_says_so(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "length"}])
    async with engine(stub) as server:
        result = await ask_one(server)
    assert isinstance(result, Completion)
    assert result.finish_reason == "length"
    assert stub.counts()["asked"] == 1


@pytest.mark.parametrize("status", [400, 413, 422])
async def test_a_refused_request_fails_at_once_with_the_servers_message(llm_stub, status):
    stub = llm_stub()
    stub.control(
        faults=[
            {"kind": "status", "status": status, "text": "too long " * 99, "match": "question 3"}
        ]
    )
    async with engine(stub) as server:
        results = await ask(server, requests(10))
    (failure,) = [r for r in results if isinstance(r, Failure)]
    assert failure.key == make_request(3).key
    assert failure.reason is FailureReason.REFUSED_REQUEST
    assert failure.detail.startswith(f"HTTP {status}: too long")
    assert len(failure.detail) <= 300
    assert stub.counts()["asked"] == 10


@pytest.mark.parametrize(
    ("status", "advice"),
    [(401, "api_key_env"), (403, "rights"), (404, "base_urls"), (402, "credit"), (302, "redirect")],
)
async def test_what_no_retry_mends_is_an_engine_error_that_says_what_to_check(
    llm_stub, status, advice
):
    stub = llm_stub()
    stub.control(faults=[{"kind": "status", "status": status}])
    async with engine(stub) as server:
        with pytest.raises(EngineError, match=advice):
            await ask(server, requests(5))


async def test_the_api_key_is_sent_and_appears_in_no_failure_error_repr_or_log(
    llm_stub, monkeypatch, caplog
):
    caplog.set_level(logging.DEBUG)
    monkeypatch.setenv("STUB_KEY", "sk-very-secret")
    stub = llm_stub()
    stub.control(api_key="sk-very-secret")
    async with engine(stub, api_key_env="STUB_KEY") as server:
        assert isinstance(await ask_one(server), Completion)
        echo = "your header was Bearer sk-very-secret"
        stub.control(faults=[{"kind": "status", "status": 500, "text": echo}])
        failure = await ask_one(server, make_request(1))
        stub.control(faults=[], api_key="another")
        with pytest.raises(EngineError) as caught:
            await ask_one(server, make_request(2))
    assert stub.log()[0]["authorization"] == "Bearer sk-very-secret"
    assert isinstance(failure, Failure)
    assert "your header was" in failure.detail
    everything = f"{failure} {caught.value!r} {caught.value.__cause__!r} {server!r} {caplog.text}"
    assert "very-secret" not in everything


def test_an_api_key_variable_that_is_not_set_is_an_error_that_names_it(monkeypatch):
    monkeypatch.delenv("NO_SUCH_KEY", raising=False)
    config = EngineConfig(
        model="m", base_urls=("http://localhost:1/v1",), api_key_env="NO_SUCH_KEY"
    )
    with pytest.raises(EngineError, match="NO_SUCH_KEY"):
        ServerEngine(config)


async def test_retry_after_in_seconds_pauses_every_request_to_that_server(llm_stub):
    stub = llm_stub()
    busy = {"kind": "status", "status": 429, "headers": {"Retry-After": "1"}, "times": 1}
    stub.control(faults=[busy])
    async with engine(stub) as server:
        started = time.monotonic()
        results = await ask(server, requests(20))
    assert time.monotonic() - started >= 1
    assert all(isinstance(r, Completion) for r in results)


async def test_retry_after_as_a_date_is_waited_for(llm_stub):
    stub = llm_stub()
    moment = int(time.time()) + 4
    busy = {
        "kind": "status",
        "status": 503,
        "headers": {"Retry-After": formatdate(moment, usegmt=True)},
    }
    stub.control(faults=[busy | {"times": 1}])
    async with engine(stub) as server:
        assert isinstance(await ask_one(server), Completion)
    assert moment <= time.time() + 0.1 < moment + 20
    assert stub.counts()["asked"] == 2


async def test_a_retry_after_beyond_every_deadline_fails_the_rest_at_once(llm_stub):
    stub = llm_stub()
    quota = {"kind": "status", "status": 429, "headers": {"Retry-After": "86400"}, "text": "quota"}
    stub.control(faults=[quota])
    async with engine(stub, deadline_s=600) as server:
        async with asyncio.timeout(PATIENCE_S):
            results = await ask(server, requests(500))
    assert {r.reason for r in results if isinstance(r, Failure)} == {FailureReason.RATE_LIMITED}
    assert len(results) == 500
    assert "quota" in results[0].detail


async def test_429_without_retry_after_lowers_concurrency_and_loses_nothing(llm_stub):
    stub = llm_stub("--latency", "0.02")
    stub.control(capacity=8)
    async with engine(stub, initial_in_flight=64, max_tries=1) as server:
        results = await ask(server, requests(400))
    assert all(isinstance(r, Completion) for r in results)
    assert stub.counts()["answered"] == 400
    assert stub.counts()["asked"] < 650  # without a lower limit, most tries would be in vain


async def test_requests_in_flight_stay_within_the_bound_over_all_calls(llm_stub):
    stub = llm_stub("--latency", "0.5")
    async with engine(stub, max_in_flight=10, initial_in_flight=10) as server:
        calls = [
            ask(server, [make_request(100 * call + n) for n in range(15)]) for call in range(4)
        ]
        results = await asyncio.gather(*calls)
    assert [len(result) for result in results] == [15] * 4
    assert stub.counts()["most_in_flight"] == 10


async def test_concurrency_doubles_until_the_bound(llm_stub):
    stub = llm_stub("--latency", "0.4")
    async with engine(stub, initial_in_flight=2, max_in_flight=32) as server:
        await ask(server, requests(160))
    assert stub.counts()["most_in_flight"] == 32


async def test_requests_are_pulled_in_order_and_only_as_room_becomes_free(llm_stub):
    stub = llm_stub("--latency", "0.02")
    pulled = 0

    def lazily() -> Iterator[Request]:
        nonlocal pulled
        for request in requests(100):
            pulled += 1
            yield request

    async with engine(stub, initial_in_flight=4, max_in_flight=4) as server:
        done = 0
        async with aclosing(server.complete(lazily())) as results:
            async for _ in results:
                done += 1
                assert pulled <= done + 4 + 4  # in flight, and answered but not yet taken
    asked = [entry["body"]["messages"][0]["content"] for entry in stub.log()]
    order = [int(text.split()[1]) for text in asked]
    assert all(abs(number - place) <= 4 for place, number in enumerate(order))


async def test_a_consumer_that_takes_nothing_holds_the_requests_back(llm_stub):
    stub = llm_stub()
    async with engine(stub, initial_in_flight=8, max_in_flight=8) as server:
        results = server.complete(requests(500))
        first = await anext(results)
        await asyncio.sleep(0.5)
        assert stub.counts()["asked"] <= 30
        rest = [result async for result in results]
    assert len({result.key for result in [first, *rest]}) == 500


async def test_breaking_off_cancels_what_is_in_flight(llm_stub):
    stub = llm_stub("--latency", "0.2")
    stub.control(faults=[{"kind": "hang", "after": 1}])
    async with engine(stub) as server:
        async for _ in server.complete(requests(20)):
            await until(lambda: stub.counts()["in_flight"] == 19)
            break
        await until(lambda: stub.counts()["in_flight"] == 0)
        stub.control(faults=[])
        assert len(await ask(server, requests(50))) == 50  # every slot came back


async def test_cancelling_the_consumer_ends_its_call_and_leaves_others_alone(llm_stub):
    stub = llm_stub("--latency", "0.05")
    async with engine(stub, initial_in_flight=8, max_in_flight=8) as server:
        doomed = asyncio.create_task(ask(server, [make_request(n) for n in range(1000, 2000)]))
        other = asyncio.create_task(ask(server, requests(40)))
        await until(lambda: stub.counts()["answered"] > 8)
        doomed.cancel()
        with pytest.raises(asyncio.CancelledError):
            await doomed
        assert len(await other) == 40
        await until(lambda: stub.counts()["in_flight"] == 0)
        asked = stub.counts()["asked"]
        assert asked < 1000
        await asyncio.sleep(0.3)
        assert stub.counts()["asked"] == asked


async def test_an_error_in_the_requests_reaches_the_consumer(llm_stub):
    def broken() -> Iterator[Request]:
        yield make_request(1)
        raise ZeroDivisionError("row 2")

    async with engine(llm_stub()) as server:
        with pytest.raises(ZeroDivisionError, match="row 2"):
            await ask(server, broken())
        assert len(await ask(server, requests(50))) == 50


async def test_an_address_that_swallows_connections_is_a_connection_failure():
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        address = full.getsockname()
        waiting = [socket.socket() for _ in range(3)]
        for client in waiting:
            client.setblocking(False)
            client.connect_ex(address)
        config = EngineConfig(
            model="stub-model",
            base_urls=(f"http://127.0.0.1:{address[1]}/v1",),
            connect_timeout_s=0.2,
            max_tries=1,
        )
        server = ServerEngine(config)
        result = await ask_one(server)
        await server.aclose()
        for client in waiting:
            client.close()
    assert isinstance(result, Failure)
    assert result.reason is FailureReason.CONNECTION
    assert result.detail == "no connection within 0.2 s"


async def test_a_busy_model_list_is_asked_again(llm_stub):
    stub = llm_stub()
    stub.control(models_fault={"status": 429, "headers": {"Retry-After": "0.2"}, "times": 2})
    async with engine(stub) as server:
        assert isinstance(await ask_one(server), Completion)
        stub.control(models_fault={"status": 401})
    async with engine(stub) as server:
        with pytest.raises(EngineError, match="api_key_env"):
            await ask_one(server)


async def test_a_hanging_server_costs_a_request_no_more_than_its_deadline(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "hang"}])
    async with engine(stub, request_timeout_s=600, deadline_s=0.5) as server:
        async with asyncio.timeout(PATIENCE_S):
            result = await ask_one(server)
    assert isinstance(result, Failure)
    assert result.reason is FailureReason.TIMEOUT


async def test_a_dead_endpoint_fails_the_rest_at_once_as_an_outage(llm_stub):
    stub = llm_stub("--latency", "0.01")
    stub.control(faults=[{"kind": "exit", "after": 40}])
    async with engine(stub, outage_after_s=0.5, max_tries=100) as server:
        async with asyncio.timeout(PATIENCE_S):  # each by itself would take seconds
            results = await ask(server, requests(5000))
    assert len({result.key for result in results}) == 5000
    failures = [result for result in results if isinstance(result, Failure)]
    assert len(failures) >= 4900
    assert {failure.reason for failure in failures} == {FailureReason.OUTAGE}
    assert "Cannot connect" in failures[-1].detail


async def test_an_endpoint_that_comes_back_is_used_again(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "drop"}])
    async with engine(stub, outage_after_s=0.3, max_tries=100) as server:
        down = await ask(server, requests(20))
        assert {r.reason for r in down if isinstance(r, Failure)} == {FailureReason.OUTAGE}
        stub.control(faults=[])
        await asyncio.sleep(0.1)  # longer than any rest under this backoff_cap_s
        assert all(isinstance(r, Completion) for r in await ask(server, requests(200)))


async def test_a_slow_first_answer_beside_failing_requests_is_no_outage(llm_stub):
    stub = llm_stub()
    stub.control(
        faults=[
            {"kind": "slow", "seconds": 6, "match": "question 0"},
            {"kind": "status", "status": 500, "match": "question 1"},
        ]
    )
    # Thirty failures take longer than an outage may, and less than the slow answer.
    async with engine(stub, outage_after_s=0.2, max_tries=30) as server:
        results = {result.key: result for result in await ask(server, requests(2))}
    assert isinstance(results[make_request(0).key], Completion)
    poisoned = results[make_request(1).key]
    assert isinstance(poisoned, Failure)
    assert poisoned.reason is FailureReason.SERVER_ERROR


async def test_a_server_that_is_only_slow_is_waited_for(llm_stub):
    stub = llm_stub("--latency", "1")
    async with engine(stub, outage_after_s=0.2) as server:
        results = await ask(server, requests(60))
    assert all(isinstance(result, Completion) for result in results)


async def test_a_dead_replica_loses_nothing_and_the_other_does_the_work(llm_stub):
    good, bad = llm_stub("--latency", "0.005"), llm_stub("--latency", "0.005")
    bad.control(faults=[{"kind": "exit", "after": 30}])
    async with engine(good, bad, outage_after_s=0.3) as server:
        results = await ask(server, requests(600))
    assert all(isinstance(result, Completion) for result in results)
    assert bad.process.wait(PATIENCE_S)
    assert good.counts()["answered"] >= 570


def requests_until(condition: Callable[[], bool]) -> Iterator[Request]:
    """Yield requests until the condition holds, or the patience is at its end."""
    number, end = 0, time.monotonic() + PATIENCE_S
    while not condition() and time.monotonic() < end:
        yield from (make_request(number + n) for n in range(50))
        number += 50


async def test_a_retry_goes_elsewhere_as_long_as_another_replica_is_well(llm_stub):
    good, bad = llm_stub("--latency", "0.02"), llm_stub()
    bad.control(faults=[{"kind": "status", "status": 500}])
    async with engine(good, bad, initial_in_flight=4, max_in_flight=4, max_tries=2) as server:
        results = await ask(server, requests_until(lambda: bad.counts()["asked"] > 5))
    assert all(isinstance(result, Completion) for result in results)
    assert bad.counts()["asked"] > 5


async def test_replicas_share_the_load(llm_stub):
    stubs = [llm_stub() for _ in range(2)]
    for stub in stubs:
        stub.control(faults=[{"kind": "hang"}])
    async with engine(*stubs, initial_in_flight=16, max_in_flight=16) as server:
        await server.check()
        call = asyncio.create_task(ask(server, requests(16)))
        await until(lambda: [stub.counts()["in_flight"] for stub in stubs] == [8, 8])
        call.cancel()


async def test_a_rested_replica_is_probed_and_used_again(llm_stub):
    good, flaky = llm_stub("--latency", "0.02"), llm_stub("--latency", "0.02")
    flaky.control(faults=[{"kind": "drop", "times": 40}])

    async with engine(good, flaky, initial_in_flight=4, max_in_flight=4) as server:
        results = await ask(server, requests_until(lambda: flaky.counts()["answered"] >= 30))
    assert all(isinstance(result, Completion) for result in results)
    assert flaky.counts()["answered"] >= 30


async def test_a_server_with_another_model_is_refused_before_any_request(llm_stub):
    stub = llm_stub("--model", "other-model")
    async with engine(stub) as server:
        with pytest.raises(EngineError, match=r"'stub-model' is not served; it has: other-model"):
            await ask(server, requests(3))
    assert stub.counts()["asked"] == 0


async def test_a_server_without_a_model_list_is_used(llm_stub):
    stub = llm_stub()
    stub.control(models=None)
    async with engine(stub) as server:
        assert isinstance(await ask_one(server), Completion)


async def test_check_reads_the_context_length_and_reports_an_absent_server(llm_stub):
    stub = llm_stub()
    async with engine(stub) as server:
        await server.check()
        assert server.max_model_len == 8192
    stub.kill()
    async with engine(stub) as server:
        with pytest.raises(EngineError, match="is it started"):
            await server.check()


async def test_a_response_schema_goes_out_in_the_configured_form(llm_stub):
    stub = llm_stub()
    schema = {"type": "object", "properties": {"pairs": {"type": "array"}}}
    for form in ("json_schema", "vllm", "none"):
        async with engine(stub, structured_output=form) as server:
            await ask(server, [make_request(response_schema=schema)])
    openai, vllm, none = (entry["body"] for entry in stub.log())
    assert openai["response_format"]["type"] == "json_schema"
    assert openai["response_format"]["json_schema"]["schema"] == schema
    assert vllm["structured_outputs"] == {"json": schema}
    assert none.keys() == {"model", "messages", "temperature", "top_p", "max_tokens"}


async def test_closing_the_engine_ends_the_calls_in_progress(llm_stub):
    stub = llm_stub()
    stub.control(faults=[{"kind": "hang"}])
    async with engine(stub) as server:
        call = asyncio.create_task(ask(server, requests(5)))
        await until(lambda: stub.counts()["in_flight"] == 5)
        await server.aclose()
        async with asyncio.timeout(PATIENCE_S):
            with pytest.raises(EngineError, match="closed"):
                await call


async def test_under_mixed_faults_every_request_ends_once_and_no_answer_is_asked_for_twice(
    llm_stub,
):
    stubs = [llm_stub("--latency", "0.005"), llm_stub("--latency", "0.01")]
    kinds = [
        {"kind": "status", "status": 429, "headers": {"Retry-After": "0"}},
        {"kind": "status", "status": 500},
        {"kind": "cut"},
        {"kind": "invalid_json"},
        {"kind": "drop"},
    ]
    for stub in stubs:
        faults = [kind | {"match": f"{n}", "times": 5} for n, kind in enumerate(kinds)]
        stub.control(answers="fresh", faults=faults)
    async with engine(*stubs, max_tries=20) as server:
        calls = [
            ask(server, [make_request(1000 * call + n) for n in range(300)]) for call in range(3)
        ]
        results = [result for call in await asyncio.gather(*calls) for result in call]
    assert all(isinstance(result, Completion) for result in results)
    assert len({result.key for result in results}) == len(results) == 900
    given = [entry["text"] for stub in stubs for entry in stub.log() if entry["text"]]
    taken = [result.text for result in results if isinstance(result, Completion)]
    assert sorted(given) == sorted(taken)


async def test_answers_in_flight_are_handed_over_before_an_error_in_the_requests(llm_stub):
    def broken() -> Iterator[Request]:
        yield from requests(20)
        raise ZeroDivisionError("row 20")

    async with engine(llm_stub("--latency", "0.1")) as server:
        results = server.complete(broken())
        taken = [await anext(results) for _ in range(20)]
        with pytest.raises(ZeroDivisionError):
            await anext(results)
    assert len({result.key for result in taken}) == 20


async def test_a_request_for_another_model_is_refused(llm_stub):
    stranger = Request(ModelIdentity("stub-model", "r2"), make_request().messages, Sampling())
    async with engine(llm_stub()) as server:
        with pytest.raises(EngineError, match="r2"):
            await ask(server, [stranger])


async def test_the_end_of_a_deadline_is_not_held_against_the_server_and_keeps_the_reason(llm_stub):
    stub = llm_stub()
    later = {"kind": "status", "status": 429, "headers": {"Retry-After": "4"}, "times": 8}
    stub.control(faults=[later, {"kind": "hang"}])
    # What is left after the pause is less than half of what a try usually has.
    async with engine(stub, deadline_s=7, request_timeout_s=7, outage_after_s=0.1) as server:
        results = await ask(server, requests(8))
        assert stub.counts()["asked"] > 8
        stub.control(faults=[])
        assert isinstance(await ask_one(server, make_request(9)), Completion)
    assert {r.reason for r in results if isinstance(r, Failure)} == {FailureReason.RATE_LIMITED}
    assert len(results) == 8
