"""The managed engine with a real vLLM: answers, structured answers, deaths, and no orphans."""

import asyncio
import json
import re
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import aiohttp
import psutil
import pytest
import pytest_asyncio

from gleanery.infra.budget import Budget, BudgetConfig
from gleanery.infra.journal import Journal, Spent
from gleanery.infra.llm.asking import Asker
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.managed import ManagedEngine
from gleanery.infra.llm.protocol import Completion, Message, ModelIdentity, Request, Sampling
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.storage import Store

pytestmark = [pytest.mark.vllm, pytest.mark.asyncio(loop_scope="module")]

MODEL = ModelIdentity("tiny", "random-0")
PAIR = {
    "type": "object",
    "properties": {
        # Bounded patterns: a random model would fill a free string up to the token limit.
        "question": {"type": "string", "pattern": "^[a-z ]{1,40}[?]$"},
        "answer": {"type": "integer", "minimum": 0, "maximum": 9},
    },
    "required": ["question", "answer"],
    "additionalProperties": False,
}


def questions(
    count: int, topic: str, max_tokens: int = 32, schema: dict[str, Any] | None = None
) -> Iterator[Request]:
    for number in range(count):
        message = Message(role="user", content=f"{topic}: what is {number} plus {number}?")
        yield Request(MODEL, (message,), Sampling(temperature=1, max_tokens=max_tokens), schema)


@pytest_asyncio.fixture(loop_scope="module", scope="module")
async def engine(
    small_vllm: Callable[..., VLLMConfig], tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[ManagedEngine]:
    config = EngineConfig(
        kind="vllm",
        model=MODEL.name,
        revision=MODEL.revision,
        max_in_flight=32,
        vllm=small_vllm(),
    )
    engine = ManagedEngine(config, tmp_path_factory.mktemp("logs"))
    yield engine
    await engine.aclose()


def server() -> psutil.Process:
    """Return the server that runs below this process."""
    (server,) = [p for p in psutil.Process().children(recursive=True) if is_vllm(p)]
    return server


def is_vllm(process: psutil.Process) -> bool:
    return "supervisor.py" not in " ".join(process.cmdline()) and any(
        word.endswith("bin/vllm") for word in process.cmdline()
    )


async def served(engine: ManagedEngine) -> int:
    """Return how many requests the running server has answered, by its own count."""
    (base_url,) = engine._servers.base_urls
    metrics = base_url.replace("/v1", "/metrics")
    async with aiohttp.ClientSession() as session, session.get(metrics) as reply:
        text = await reply.text()
    counts = re.findall(r"^vllm:request_success_total\{.*\} (\S+)$", text, re.MULTILINE)
    assert counts, "vLLM's metrics have another name now"
    return int(sum(map(float, counts)))


async def test_plain_answers_carry_their_counts_and_reasons(engine: ManagedEngine) -> None:
    results = [result async for result in engine.complete(questions(40, "sums", max_tokens=24))]
    assert len({result.key for result in results}) == 40
    for result in results:
        assert isinstance(result, Completion), result
        assert result.model == "tiny"
        assert result.prompt_tokens > 10
        if result.finish_reason == "length":
            assert result.completion_tokens == 24
        else:
            assert result.finish_reason == "stop"
            assert 1 <= result.completion_tokens <= 24
    assert any(result.text for result in results if isinstance(result, Completion))


async def test_structured_answers_fit_their_schema(engine: ManagedEngine) -> None:
    requests = questions(24, "pairs", max_tokens=200, schema=PAIR)
    results = [result async for result in engine.complete(requests)]
    assert len(results) == 24
    for result in results:
        assert isinstance(result, Completion), result
        assert result.finish_reason == "stop"
        pair = json.loads(result.text)
        assert set(pair) == {"question", "answer"}
        assert re.fullmatch(r"[a-z ]{1,40}[?]", pair["question"])
        assert pair["answer"] in range(10)


async def test_a_server_killed_in_mid_run_costs_no_answer_and_repeats_none(
    engine: ManagedEngine, tmp_path: Path
) -> None:
    requests = list(questions(300, "killed", max_tokens=64))
    answers: dict[str, str] = {}
    first = None
    async with Journal(Store(str(tmp_path)), "journal/ask/part", "first") as journal:
        async for result in asker(engine, journal).ask(requests):
            assert isinstance(result, Completion), result
            assert result.key not in answers
            answers[result.key] = result.text
            if len(answers) == 60:
                first = server()
                first.kill()
    assert set(answers) == {request.key for request in requests}
    assert first is not None
    assert server() != first
    # What was answered before the death was not asked again.
    count = await served(engine)
    assert 0 < count <= 240

    async with Journal(Store(str(tmp_path)), "journal/ask/part", "second") as journal:
        again = asker(engine, journal)
        kept = [again.kept(request.key) for request in requests]
    assert {answer.key: answer.text for answer in kept if answer} == answers
    assert again.usage.reused == 300
    assert await served(engine) == count


def asker(engine: ManagedEngine, journal: Journal) -> Asker:
    return Asker(engine, journal, Budget(BudgetConfig(), Spent()))


async def test_a_flow_killed_with_9_leaves_no_vllm_process(
    small_vllm: Callable[..., VLLMConfig], tmp_path: Path
) -> None:
    # As in production: the engine core is a process of its own.
    vllm = small_vllm(multiprocessing=True)
    script = Path(__file__).parent / "flow_with_vllm.py"
    flow = subprocess.Popen(
        [sys.executable, str(script), vllm.model_dump_json(), str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    assert flow.stdout
    answer = await asyncio.to_thread(flow.stdout.readline)
    assert "Completion(" in answer, (tmp_path / "vllm-0.log").read_text()[-3000:]
    processes = psutil.Process(flow.pid).children(recursive=True)
    assert len(processes) >= 3, "supervisor, API server and engine core were expected"

    flow.send_signal(signal.SIGKILL)
    flow.wait()
    _, left = await asyncio.to_thread(psutil.wait_procs, processes, timeout=10)
    assert left == []
