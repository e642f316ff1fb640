"""The managed engine starts servers on demand, outlives their deaths, and stops them."""

import asyncio
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
import pytest_asyncio

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.managed import ManagedEngine
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.llm.vllm_config import VLLMConfig

FAKE = Path(__file__).parent / "fake_vllm.py"
PATIENCE_S = 60.0  # for what comes within seconds on a machine with nothing else to do


def questions(count: int) -> Iterator[Request]:
    for number in range(count):
        message = {"role": "user", "content": str(number)}
        yield Request(ModelIdentity("m"), (message,), Sampling())  # type: ignore[arg-type]


def managed(
    logs: Path, environment: dict[str, str], max_tries: int = 6, **changes: Any
) -> ManagedEngine:
    vllm = {
        "command": (sys.executable, str(FAKE)),
        "environment": environment,
        "replicas": 1,
        "restart_backoff_s": 0.05,
        "stop_grace_s": 1,
    }
    config = EngineConfig(
        kind="vllm",
        model="m",
        max_in_flight=8,
        initial_in_flight=8,
        max_tries=max_tries,
        vllm=VLLMConfig.model_validate(vllm | changes),
    )
    return ManagedEngine(config, logs)


@pytest_asyncio.fixture
async def engine(tmp_path: Path) -> AsyncIterator[ManagedEngine]:
    engine = managed(tmp_path, {"FAKE_LATENCY_S": "0.05"})
    yield engine
    await engine.aclose()


async def until_logged(log: Path, word: str, times: int) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not (log.exists() and log.read_text().count(word) >= times):
            await asyncio.sleep(0.05)


def server_of(result: Completion) -> int:
    """Return the pid of the fake server that gave the answer."""
    return int(result.text.split()[0])


async def test_servers_start_with_the_first_request_and_end_with_the_engine(tmp_path: Path) -> None:
    engine = managed(tmp_path, {}, replicas=2)
    assert not list(tmp_path.iterdir())
    results = [result async for result in engine.complete(questions(40))]
    assert all(isinstance(result, Completion) for result in results)
    pids = {server_of(result) for result in results if isinstance(result, Completion)}
    assert len(pids) == 2
    await engine.aclose()
    assert not any(map(psutil.pid_exists, pids))


async def test_a_server_killed_in_mid_run_costs_no_answer_and_repeats_none(
    engine: ManagedEngine,
) -> None:
    answers = Counter[str]()
    servers = []
    async for result in engine.complete(questions(60)):
        assert isinstance(result, Completion), result
        answers[result.key] += 1
        servers.append(server_of(result))
        if len(servers) in (10, 30):
            os.kill(servers[-1], signal.SIGKILL)
    assert answers == Counter(request.key for request in questions(60))
    assert len(set(servers)) == 3


async def test_a_single_request_survives_the_restart(engine: ManagedEngine) -> None:
    (first,) = [result async for result in engine.complete(questions(1))]
    assert isinstance(first, Completion)
    os.kill(server_of(first), signal.SIGKILL)
    (second,) = [result async for result in engine.complete(questions(1))]
    assert isinstance(second, Completion), second
    assert server_of(second) != server_of(first)


async def test_a_slow_restart_is_waited_for_and_not_tried_to_death(tmp_path: Path) -> None:
    engine = managed(tmp_path, {"FAKE_START_S": "6"}, max_tries=2)
    (first,) = [result async for result in engine.complete(questions(1))]
    assert isinstance(first, Completion)
    os.kill(server_of(first), signal.SIGKILL)
    await until_logged(tmp_path / "vllm-0.log", "loading", times=2)
    killed = time.monotonic()
    (second,) = [result async for result in engine.complete(questions(1))]
    took_s = time.monotonic() - killed
    await engine.aclose()
    assert isinstance(second, Completion), second
    assert took_s < 20, "asked as soon as it was back"


async def test_tries_that_reach_no_server_do_not_count(tmp_path: Path) -> None:
    """A dead server's children may take their time to end; until then nobody starts it again."""
    engine = managed(tmp_path, {}, max_tries=2)
    (first,) = [result async for result in engine.complete(questions(1))]
    assert isinstance(first, Completion)
    supervisor = psutil.Process(server_of(first)).parent()
    assert supervisor is not None
    supervisor.suspend()
    os.kill(server_of(first), signal.SIGKILL)
    waiting = asyncio.ensure_future(anext(engine.complete(questions(1))))
    await asyncio.sleep(3)
    assert not waiting.done()
    supervisor.resume()
    second = await waiting
    await engine.aclose()
    assert isinstance(second, Completion), second


async def test_a_question_that_kills_every_server_fails_alone(tmp_path: Path) -> None:
    engine = managed(tmp_path, {"FAKE_POISON": "7", "FAKE_LATENCY_S": "0.02"})
    results = [result async for result in engine.complete(questions(40))]
    await engine.aclose()
    failed = [result for result in results if isinstance(result, Failure)]
    poison = list(questions(8))[-1]
    assert [failure.key for failure in failed] == [poison.key]
    assert len(results) == 40


async def test_two_calls_share_the_servers(engine: ManagedEngine) -> None:
    async def ask() -> set[int]:
        results = [result async for result in engine.complete(questions(10))]
        return {server_of(result) for result in results if isinstance(result, Completion)}

    first, second = await asyncio.gather(ask(), ask())
    assert first == second
    assert len(first) == 1


async def test_servers_that_do_not_start_are_one_error_for_all_who_wait(tmp_path: Path) -> None:
    engine = managed(tmp_path, {"FAKE_DIE": "1"})

    async def ask() -> None:
        async for _ in engine.complete(questions(1)):
            pass

    errors = await asyncio.gather(ask(), ask(), return_exceptions=True)
    assert all(isinstance(error, EngineError) for error in errors)
    assert all("CUDA out of memory" in str(error) for error in errors)
    assert (tmp_path / "vllm-0.log").read_text().count("loading") == 1
    await engine.aclose()


async def test_the_loss_of_all_servers_is_an_error_and_not_a_long_wait(tmp_path: Path) -> None:
    engine = managed(tmp_path, {"FAKE_LATENCY_S": "0.05"}, restart_limit=0)
    answers = 0

    async def ask() -> None:
        nonlocal answers
        async for result in engine.complete(questions(1000)):
            assert isinstance(result, Completion)
            answers += 1
            if answers == 10:
                os.kill(server_of(result), signal.SIGKILL)

    with pytest.raises(EngineError, match="all 1 vLLM servers died"):
        await asyncio.wait_for(ask(), PATIENCE_S)
    assert 10 <= answers < 1000
    with pytest.raises(EngineError, match="all 1 vLLM servers died"):
        await asyncio.wait_for(ask(), PATIENCE_S)
    await engine.aclose()


async def test_closing_while_the_servers_start_stops_them(tmp_path: Path) -> None:
    others = psutil.Process().children(recursive=True)  # servers of the test session
    engine = managed(tmp_path, {"FAKE_HANG": "1"})
    waiting = asyncio.ensure_future(anext(engine.complete(questions(1))))
    await until_logged(tmp_path / "vllm-0.log", "loading", times=1)
    children = set(psutil.Process().children(recursive=True)) - set(others)
    assert children
    await engine.aclose()
    assert not any(child.is_running() for child in children)
    with pytest.raises(EngineError, match="closed while its servers started"):
        await waiting


def test_a_vllm_engine_without_a_model_is_refused_before_anything_starts() -> None:
    with pytest.raises(EngineError, match="needs a model"):
        ManagedEngine(EngineConfig(kind="vllm"))
