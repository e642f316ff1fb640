"""Runs code that a model wrote against the tests of a benchmark, and says whether it passes.

The program computes in a process of its own that can do nothing else: no network, no files but
the standard library for reading (numpy is imported before), no other processes, limited memory,
time and output. The tests run in another process, which the program can neither read nor signal;
calls and plain values pass between the two. So a program cannot see an expected result, override a
comparison, or claim to have passed.

What no sandbox can rule out: that a program holds answers which its model has memorised; that the
kernel itself has a fault; that a program learns which paths exist (not what they hold), or uses
its time and memory to the full. Its threads are limited to 64 where root starts the sandbox, and
elsewhere by their memory.
"""

import os
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from queue import SimpleQueue

from gleanery.tasks.evaluation.sandbox_isolation import require_isolation
from gleanery.tasks.evaluation.sandbox_process import Sandbox
from gleanery.tasks.evaluation.sandbox_records import Program, ProgramResult, SandboxLimits


def run_program(program: Program, limits: SandboxLimits | None = None) -> ProgramResult:
    """Return how one program does against its tests; see `run_programs`."""
    (result,) = run_programs([program], limits)
    return result


def run_programs(
    programs: Iterable[Program], limits: SandboxLimits | None = None, workers: int | None = None
) -> Iterator[ProgramResult]:
    """Yield how each program does, in order; `workers` run at a time, one for each core by default.

    Raises `IsolationMissing`, before any of them runs, where this machine cannot hold them back.
    """
    require_isolation()
    waiting = list(programs)
    count = min(workers or os.cpu_count() or 1, len(waiting))
    if not waiting:
        return
    free: SimpleQueue[Sandbox] = SimpleQueue()
    with ExitStack() as stack:
        for _ in range(count):
            free.put(stack.enter_context(Sandbox(limits or SandboxLimits())))
        pool = stack.enter_context(ThreadPoolExecutor(count))

        def run(program: Program) -> ProgramResult:
            sandbox = free.get()
            try:
                return sandbox.run(program)
            finally:
                free.put(sandbox)

        yield from pool.map(run, waiting)
