"""What Prefect adds to a part: tasks whose parts stand already, so that they do nothing else."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import psutil
from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner
from synthesis_load import answer_parts

from gleanery.infra.budget import Budget, BudgetConfig
from gleanery.infra.journal import Spent
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMPart, LLMRun, run_llm_part
from gleanery.tasks.tasks import ask_for_part


def part_costs(folder: str, examples: int, rounds: int) -> dict[str, Any]:
    """Return the milliseconds of a task: CPU in both processes, wall, and wall of a plain call."""
    parts = Parts(Store(folder))
    work = answer_parts(parts, examples, EngineConfig(model="stub-model")) * rounds
    assert work, f"the parts below {folder} are gone"
    with engine_room() as room:
        llm = LLMRun(parts, room, Budget(BudgetConfig(), Spent()))
        plain = _spent(lambda: [_stands(run_llm_part(llm, part)) for part in work])
        _submit(llm, work[:1])  # the first flow run loads much
        orchestrated = _spent(lambda: _submit(llm, work))
    client, server, wall = (
        (after - before) / len(work) * 1e3
        for after, before in zip(orchestrated, plain, strict=True)
    )
    return {
        "tasks": len(work),
        "client_ms": client,
        "server_ms": server,
        "wall_ms": wall,
        "plain_ms": plain[2] / len(work) * 1e3,
    }


@flow(task_runner=ThreadPoolTaskRunner(max_workers=8))  # type: ignore[arg-type]
def _submit(llm: LLMRun, work: Sequence[LLMPart[Any, Any]]) -> None:
    for future in [ask_for_part.submit(llm, part) for part in work]:
        future.result()


def _stands(made: tuple[Any, bool]) -> None:
    assert made[1], "a part was to stand already, and was made again"


def _spent(action: Callable[[], Any]) -> tuple[float, float, float]:
    """Return the CPU seconds of this process and of those below it, and the wall seconds."""
    before = (time.process_time(), _of_children(), time.perf_counter())
    action()
    time.sleep(2)  # events are sent in the background
    after = (time.process_time(), _of_children(), time.perf_counter() - 2)
    own, children, wall = (late - early for late, early in zip(after, before, strict=True))
    return own, children, wall


def _of_children() -> float:
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(spent.user + spent.system for spent in times)
