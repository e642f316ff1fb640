"""What one LLM request costs the client: CPU time per request, ours beside two peers, in one run.

    python tests/benchmarks/llm_client.py [--requests 4000] [--peers-python PATH]

The peers need an environment of their own, for their pins do not agree with ours:

    python3 -m venv peers && peers/bin/pip install bespokelabs-curator openai
    python tests/benchmarks/llm_client.py --peers-python peers/bin/python

Every client sends the same load to the same stub in another process: prompts of about 3 KB,
replies of 1 KB after 50 ms. Ours includes request keys and the journal on local disk; curator
includes its own cache of answers; AsyncOpenAI keeps nothing. CPU is that of the client's process
alone; "per core" is what that CPU time allows, "seen" is the throughput of this run, which the
stub and other work on the machine hold back. Each client is warmed up first.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Awaitable, Callable
from contextlib import contextmanager
from pathlib import Path
from typing import Any

STUB = Path(__file__).parents[1] / "servers" / "llm_stub.py"
MODEL = "stub-model"
LATENCY_S = 0.05
REPLY_CHARACTERS = 1000
PAGE = "The integral of a sum is the sum of the integrals, and so on for any page of text. " * 36
WARM_UP = 200
CLIENTS = ("ours, journal included", "ours, without journal", "AsyncOpenAI", "bespokelabs-curator")


def prompts(run: str, count: int) -> list[str]:
    return [f"{PAGE}\nQuestion {number} of {run}" for number in range(count)]


async def measure(send: Callable[[list[str]], Awaitable[int]], count: int) -> dict[str, float]:
    """Return CPU microseconds per request and requests per second of `send`, after a warm-up."""
    await send(prompts("warm-up", WARM_UP))
    wall, cpu = time.perf_counter(), time.process_time()
    answered = await send(prompts("measure", count))
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    assert answered == count, f"{answered} of {count} requests were answered"
    return {"cpu_us": cpu / count * 1e6, "seen": count / wall}


async def ours(url: str, count: int, concurrency: int, journal: bool) -> dict[str, float]:
    from gleanery.infra.journal import Journal
    from gleanery.infra.llm.config import EngineConfig
    from gleanery.infra.llm.protocol import Completion, Message, Request, Sampling
    from gleanery.infra.llm.server import ServerEngine
    from gleanery.infra.storage import Store

    config = EngineConfig(
        model=MODEL, base_urls=(url,), max_in_flight=concurrency, initial_in_flight=concurrency
    )
    sampling = Sampling(max_tokens=512)
    engine = ServerEngine(config)

    async def send(texts: list[str]) -> int:
        asked = (
            Request(config.identity, (Message(role="user", content=text),), sampling)
            for text in texts
        )
        answered = 0
        with tempfile.TemporaryDirectory() as folder:
            async with Journal(Store(folder), "journal", "benchmark") as kept:
                async for result in engine.complete(asked):
                    answered += isinstance(result, Completion)
                    if journal and isinstance(result, Completion):
                        await kept.add(result)
        return answered

    figures = await measure(send, count)
    await engine.aclose()
    return figures


async def openai_sdk(url: str, count: int, concurrency: int) -> dict[str, float]:
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=url, api_key="none", max_retries=2)

    async def send(texts: list[str]) -> int:
        queue = iter(texts)
        answered = 0

        async def worker() -> None:
            nonlocal answered
            for text in queue:
                reply = await client.chat.completions.create(
                    model=MODEL,
                    messages=[{"role": "user", "content": text}],
                    temperature=0,
                    max_tokens=512,
                )
                answered += bool(reply.choices[0].message.content)

        await asyncio.gather(*[worker() for _ in range(concurrency)])
        return answered

    return await measure(send, count)


def curator_sender(
    url: str, concurrency: int, generation: dict[str, float]
) -> Callable[[list[str]], Awaitable[int]]:
    """Return a function that has curator ask prompts, and returns how many were answered."""
    # curator counts tokens with an encoding that tiktoken would fetch; litellm ships the same.
    import litellm.litellm_core_utils.default_encoding  # noqa: F401
    from bespokelabs.curator import LLM

    llm = LLM(
        model_name=MODEL,
        backend="openai",
        generation_params=generation,
        backend_params={
            "base_url": url,
            "api_key": "none",
            "max_requests_per_minute": 10**8,
            "max_tokens_per_minute": 10**11,
            "max_concurrent_requests": concurrency,
        },
    )

    async def send(texts: list[str]) -> int:
        replies: Any = llm(texts)  # it runs an event loop of its own, which may be nested
        return len(getattr(replies, "dataset", replies))

    return send


def curator(url: str, count: int, concurrency: int) -> dict[str, float]:
    send = curator_sender(url, concurrency, {"temperature": 0, "max_tokens": 512})
    return asyncio.run(measure(send, count))


def run_client(client: str, url: str, count: int, concurrency: int) -> dict[str, float]:
    match client:
        case "AsyncOpenAI":
            return asyncio.run(openai_sdk(url, count, concurrency))
        case "bespokelabs-curator":
            return curator(url, count, concurrency)
        case _:
            return asyncio.run(ours(url, count, concurrency, journal="included" in client))


@contextmanager
def stub(*more: str) -> Any:
    """Yield the address of a stub server; it ends with the block."""
    options = ["--latency", str(LATENCY_S), "--reply-chars", str(REPLY_CHARACTERS), "--no-log"]
    command = [sys.executable, str(STUB), "--with-parent", "--model", MODEL, *options, *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield f"http://127.0.0.1:{int(process.stdout.readline())}/v1"
    finally:
        process.terminate()
        process.wait()


def peer_environment(cache: str) -> dict[str, str]:
    """Return the environment of a client's process: curator draws nothing and asks nobody else."""
    return os.environ | {
        "CURATOR_CACHE_DIR": cache,
        "CURATOR_DISABLE_RICH_DISPLAY": "1",
        "TELEMETRY_ENABLED": "false",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    }


def run_apart(python: str, client: str, url: str, count: int, concurrency: int) -> dict[str, float]:
    """Measure one client in a process of its own, with an empty cache folder."""
    with tempfile.TemporaryDirectory() as cache:
        arguments = ["--client", client, url, str(count), str(concurrency)]
        done = subprocess.run(
            [python, __file__, *arguments],
            env=peer_environment(cache),
            capture_output=True,
            text=True,
        )
    if done.returncode:
        raise SystemExit(f"{client} failed:\n{done.stderr[-3000:]}")
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def check_all_were_sent(url: str, count: int) -> None:
    with urllib.request.urlopen(url.replace("/v1", "/counts")) as reply:
        answered = json.load(reply)["answered"]
    assert answered >= count + WARM_UP, f"the server answered {answered} requests only"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--requests", type=int, default=4000, help="per measurement (peers: half)")
    parser.add_argument("--concurrency", type=int, nargs="+", default=[64, 256])
    parser.add_argument("--peers-python", default="", help="interpreter that has the peers")
    parser.add_argument("--client", nargs=4, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.client:
        client, url, count, concurrency = options.client
        print(json.dumps(run_client(client, url, int(count), int(concurrency))))
        return
    print(f"{'client':<26}{'at once':>8}{'CPU us/request':>16}{'per core':>10}{'seen':>8}")
    for concurrency in options.concurrency:
        for client in CLIENTS:
            is_peer = not client.startswith("ours")
            python = options.peers_python if is_peer else sys.executable
            if not python:
                print(f"{client:<26}{concurrency:>8}{'not measured (no --peers-python)':>34}")
                continue
            count = options.requests // (2 if is_peer else 1)
            with stub() as url:
                figures = run_apart(python, client, url, count, concurrency)
                check_all_were_sent(url, count)
            cpu = figures["cpu_us"]
            print(
                f"{client:<26}{concurrency:>8}{cpu:>16,.0f}{1e6 / cpu:>10,.0f}"
                f"{figures['seen']:>8,.0f}",
                flush=True,
            )


if __name__ == "__main__":
    main()
