"""What an example costs besides the model: requests, checks and checkpoints, beside a peer.

    python tests/benchmarks/synthesis.py [--examples 100000] [--skill-examples 10000]
        [--peers-python PYTHON] [--peer-requests 10000]

A stub server in a process of its own answers after 50 ms with about 1 KB of prose. The answers
stage of the taxonomy asks it once for each example, in parts of 2,000 as the flow has them, eight
at a time; generation from skills asks three times for each, in parts of 256. Both run as in the
flow, from question parts to finished parts: journal, Parquet, receipts and every check of the
answers' texts, on a folder of the local disk, but without Prefect, which is measured by itself.

"CPU us/request" is that of the client's process, all threads; "per core" is what it allows, "seen"
is the throughput of this run, which the stub and other work on the machine hold back. The CPU time
of each section is taken within the same run (`synthesis_sections.py`), by thread; "HTTP, loop" is
what is left. The first run, a tenth as long, keeps nothing: what the second one takes beyond it is
what checkpoints cost, by another way (but its start weighs more). curator (bespokelabs-curator) is
sent the same questions and keeps its own cache of answers, but checks nothing.
"""

import argparse
import asyncio
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import llm_client
from synthesis_replies import question_text

REPLIES = str(Path(__file__).with_name("synthesis_replies.py"))
IN_FLIGHT = 256
PARTS_AT_ONCE = 8  # as in the flows
CHECKPOINTS = ("journal", "parts")
PREFECT_ROUNDS = 4  # over all parts

Figures = dict[str, Any]


def prepare(folder: str, examples: int) -> Figures:
    """Write the question parts."""
    from synthesis_load import commit_questions

    from gleanery.infra.parts import Parts
    from gleanery.infra.storage import Store

    commit_questions(Parts(Store(folder)), examples)
    return {}


def pipeline(stage: str, folder: str, url: str, examples: int, keeps: bool) -> Figures:
    """Run all parts of a stage, eight at a time, and return what that took."""
    from dataclasses import replace

    import synthesis_load
    from synthesis_sections import Sections, keep_nothing, watch_pipeline

    from gleanery.infra.budget import Budget, BudgetConfig
    from gleanery.infra.journal import Spent
    from gleanery.infra.llm.config import EngineConfig
    from gleanery.infra.llm.room import engine_room
    from gleanery.infra.parts import Parts
    from gleanery.infra.storage import Store
    from gleanery.tasks.llm_part import LLMRun, run_llm_part

    engine = EngineConfig(
        model=llm_client.MODEL,
        base_urls=(url,),
        max_in_flight=IN_FLIGHT,
        initial_in_flight=IN_FLIGHT,
    )
    parts = Parts(Store(folder))
    work: Sequence[Any] = (
        synthesis_load.answer_parts(parts, examples, engine)
        if stage == "answers"
        else synthesis_load.skill_parts(parts.store, examples, engine)
    )
    sections = Sections()
    watch_pipeline(sections)
    if not keeps:
        keep_nothing()
    timed = [replace(part, load=sections.timed("input", part.load)) for part in work]
    with engine_room() as room, ThreadPoolExecutor(PARTS_AT_ONCE) as threads:
        llm = LLMRun(parts, room, Budget(BudgetConfig(), Spent()))
        wall, cpu = time.perf_counter(), time.process_time()
        receipts = [made for made, _ in threads.map(lambda part: run_llm_part(llm, part), timed)]
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    lost = [receipt.rejected | receipt.failed for receipt in receipts]
    assert not any(lost), f"the stub's answers were not taken: {lost[0]}"
    assert sum(receipt.rows_in for receipt in receipts) == examples
    requests = sum(receipt.usage.sent for receipt in receipts)
    return {
        "requests": requests,
        "wall": wall,
        "cpu": cpu,
        "parts": len(receipts),
        "stored": sum(
            info.size
            for kind in ("parts", "journal")
            for info in parts.store.list(f"{kind}/{work[0].plan.stage}")
        ),
        "sections": dict(sections.seconds) | {"HTTP, loop": cpu - sections.seconds.total()},
    }


def curator(url: str, requests: int) -> Figures:
    """Have curator ask the same questions; runs in the peers' environment."""
    send = llm_client.curator_sender(url, IN_FLIGHT, {"temperature": 0.7, "top_p": 0.95})

    async def measure() -> Figures:
        await send([f"Warm up {number}" for number in range(llm_client.WARM_UP)])
        questions = [question_text(number) for number in range(requests)]
        wall, cpu = time.perf_counter(), time.process_time()
        answered = await send(questions)
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        assert answered == requests, f"{answered} of {requests} were answered"
        return {"requests": requests, "wall": wall, "cpu": cpu}

    return asyncio.run(measure())


def orchestrated(folder: str, examples: int) -> Figures:
    """Return what Prefect adds to a part: all of them stand already, so the rest is nothing."""
    from gleanery.deployments.prefect_server import prefect_server

    os.environ["PREFECT_LOGGING_LEVEL"] = "WARNING"
    with tempfile.TemporaryDirectory() as home, prefect_server(Path(home)):
        from synthesis_prefect import part_costs

        return part_costs(folder, examples, PREFECT_ROUNDS)


def run_role(role: str, arguments: Sequence[str]) -> Figures:
    match role, *arguments:
        case "prepare", folder, examples:
            figures = prepare(folder, int(examples))
        case "curator", url, requests:
            figures = curator(url, int(requests))
        case "prefect", folder, examples:
            figures = orchestrated(folder, int(examples))
        case stage, folder, url, examples, keeps:
            figures = pipeline(stage, folder, url, int(examples), keeps == "True")
        case _:
            raise SystemExit(f"{role} takes other arguments than {arguments}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return figures | {"peak_mib": peak / 2**10}


def apart(python: str, role: str, *arguments: object) -> Figures:
    """Return the figures of a role, played in a process of its own."""
    with tempfile.TemporaryDirectory() as cache:
        command = [python, __file__, "--role", role, *map(str, arguments)]
        done = subprocess.run(
            command, env=llm_client.peer_environment(cache), capture_output=True, text=True
        )
    if done.returncode:
        raise SystemExit(f"{role} failed:\n{done.stderr[-3000:]}")
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def show(name: str, figures: Figures) -> None:
    cpu, requests = figures["cpu"] / figures["requests"] * 1e6, figures["requests"]
    print(
        f"{name:<28}{requests:>9,}{figures['wall']:>8,.0f}{requests / figures['wall']:>8,.0f}"
        f"{cpu:>16,.0f}{1e6 / cpu:>10,.0f}{figures['peak_mib']:>10,.0f}",
        flush=True,
    )


def show_sections(figures: Figures) -> None:
    sections = figures["sections"]
    for name, seconds in sorted(sections.items(), key=lambda item: -item[1]):
        each = seconds / figures["requests"] * 1e6
        print(f"    {name:<24}{each:>45,.0f}{seconds / figures['cpu']:>10.0%}")
    kept = sum(sections.get(name, 0.0) for name in CHECKPOINTS)
    print(
        f"    checkpoints are {kept / figures['cpu']:.1%} of the CPU time; {figures['parts']} parts"
        f" and their journal are {figures['stored'] / 2**20:,.0f} MiB on disk",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--examples", type=int, default=100_000)
    parser.add_argument("--skill-examples", type=int, default=10_000)
    parser.add_argument("--peer-requests", type=int, default=10_000)
    parser.add_argument("--peers-python", default="", help="interpreter that has the peer")
    parser.add_argument("--role", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.role:
        print(json.dumps(run_role(options.role[0], options.role[1:])))
        return
    print(
        f"{'':<28}{'requests':>9}{'s':>8}{'seen/s':>8}{'CPU us/request':>16}{'per core':>10}"
        f"{'peak MiB':>10}"
    )
    measure(options)


def measure(options: argparse.Namespace) -> None:
    python = sys.executable
    with tempfile.TemporaryDirectory() as folder:
        apart(python, "prepare", folder, options.examples)
        for name, stage, examples, keeps in (
            ("answers, keeping nothing", "answers", -(-options.examples // 10), False),
            ("taxonomy: answers", "answers", options.examples, True),
            ("skills: three turns", "skills", options.skill_examples, True),
        ):
            with llm_client.stub("--responder", REPLIES) as url:
                figures = apart(python, stage, folder, url, examples, keeps)
            show(name, figures)
            if keeps:
                show_sections(figures)
        if options.peers_python:
            with llm_client.stub("--responder", REPLIES) as url:
                show("curator", apart(options.peers_python, "curator", url, options.peer_requests))
        else:
            print("curator was not measured (no --peers-python)")
        print(
            "Prefect adds to a part: "
            + describe(apart(python, "prefect", folder, options.examples))
        )


def describe(costs: Figures) -> str:
    return (
        f"{costs['client_ms']:.1f} ms of CPU in the flow's process and {costs['server_ms']:.1f} ms "
        f"in its server's ({costs['tasks']} tasks, {costs['wall_ms']:.1f} ms each, one by one "
        f"{costs['plain_ms']:.1f} ms without Prefect)"
    )


if __name__ == "__main__":
    main()
