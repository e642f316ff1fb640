"""CPU work in processes: a worker that dies takes its own call with it, and no other."""

import pickle
import threading
from collections.abc import Callable
from types import TracebackType
from typing import ParamSpec, Protocol, Self, TypeVar, cast

from pydantic import Field

from gleanery.infra.compute_process import WorkerLost, WorkerProcess
from gleanery.infra.config import Config

P = ParamSpec("P")
R = TypeVar("R")


class ComputeConfig(Config):
    """How many processes do a run's CPU work, and what each of them may use."""

    workers: int = Field(2, ge=1, le=512, description="Worker processes on this machine.")
    tries: int = Field(
        2, ge=1, le=10, description="How often a part is tried when its worker dies."
    )
    timeout_s: float | None = Field(
        None, gt=0, description="A call that takes longer is killed, as if its worker had died."
    )
    memory_mb: int | None = Field(
        None,
        ge=64,
        description="Most memory a worker may allocate, code and mapped files not counted; "
        "beyond it the call fails and its worker is replaced.",
    )
    calls_per_worker: int | None = Field(
        None, ge=1, description="A worker is replaced after so many calls, so that leaks end."
    )


class WorkerDied(RuntimeError):
    """A call whose workers died, every time it was tried.

    `reasons` has one entry per try: "killed by SIGKILL", "left with exit code 3", "no result
    within 60 s", "out of memory".
    """

    def __init__(self, function: str, reasons: tuple[str, ...]) -> None:
        super().__init__(function, reasons)
        self.function = function
        self.reasons = reasons

    def __str__(self) -> str:
        """Name the function and what became of each try."""
        tries = "try" if len(self.reasons) == 1 else "tries"
        return f"{self.function}: {len(self.reasons)} {tries}: {'; '.join(self.reasons)}"


class Workers(Protocol):
    """Whoever runs CPU work elsewhere: processes on this machine, or a cluster."""

    def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns; wait for a free worker first. Call from any thread.

        The function, its arguments and its result travel by pickle, so the function stands in an
        importable module, and does the same when it is run again. Raises what the function
        raises, with the worker's traceback as its cause, and `WorkerDied` when no try survived.
        """
        ...

    def close(self) -> None:
        """Stop the workers; calls that still run end with `WorkersClosed`."""
        ...


class WorkersClosed(RuntimeError):
    """A call to workers that have been closed."""


class LocalWorkers:
    """Worker processes on this machine, started when first needed and kept warm.

    The thread that calls has its worker to itself, and every worker its own pipe: nothing is
    shared that a dying process could leave locked or half written. (Pools that share a queue
    between workers, pebble's among them, lose the neighbours' calls when one is killed.)
    """

    def __init__(self, config: ComputeConfig | None = None) -> None:
        self.config = config or ComputeConfig()
        self.peak_memory_bytes = 0  # highest resident size of any worker after a call
        self._free = threading.BoundedSemaphore(self.config.workers)
        self._lock = threading.Lock()
        self._idle: list[WorkerProcess] = []
        self._busy: set[WorkerProcess] = set()
        self._closed = False

    def __enter__(self) -> Self:
        """Return these workers."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Close the workers."""
        self.close()

    def run(self, function: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> R:
        """Return what the function returns in a worker; see `Workers.run`."""
        call = pickle.dumps((function, args, kwargs))
        reasons: list[str] = []
        while len(reasons) < self.config.tries:
            with self._free:
                try:
                    return cast(R, self._run_once(call))
                except WorkerLost as lost:
                    reasons.append(str(lost))
        name = getattr(function, "__qualname__", repr(function))
        raise WorkerDied(name, tuple(reasons))

    def close(self) -> None:
        """Stop all workers at once; safe to call twice."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            for worker in self._busy:
                worker.kill()  # the thread that waits for it tidies up
        for worker in idle:
            worker.discard()

    def _run_once(self, call: bytes) -> object:
        """Return the call's result from one worker, and keep the worker if it is still good."""
        worker = self._take()
        good = False
        try:
            outcome = worker.call(call, self.config.timeout_s)
            limit = self.config.calls_per_worker
            good = limit is None or worker.calls < limit
        except WorkerLost:
            if self._closed:
                raise WorkersClosed("the workers were closed while a call was running") from None
            raise
        finally:
            # Also when this thread is interrupted: the worker's late answer would otherwise be
            # taken for the next call's.
            self._give_back(worker, good)
        self.peak_memory_bytes = max(self.peak_memory_bytes, outcome.peak_memory_bytes)
        return outcome.result()

    def _take(self) -> WorkerProcess:
        """Return the warmest idle worker that is alive, or a new one."""
        with self._lock:
            if self._closed:
                raise WorkersClosed("these workers are closed: open new ones for a new run")
            while self._idle:
                worker = self._idle.pop()
                if worker.alive():
                    break
                worker.discard()
            else:
                worker = WorkerProcess(self.config.memory_mb)
            self._busy.add(worker)
            return worker

    def _give_back(self, worker: WorkerProcess, good: bool) -> None:
        with self._lock:
            self._busy.discard(worker)
            if good and not self._closed:
                self._idle.append(worker)
                return
        worker.discard()
