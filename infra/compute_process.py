"""One worker process, seen from the process that started it."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from multiprocessing.connection import Pipe

from gleanery.infra.compute_worker import Outcome

# Imported by its name, not run as `__main__`, so that what it pickles is known here too.
_PROGRAM = "import sys; from gleanery.infra.compute_worker import main; main(sys.argv[1:])"
_LOOK_EVERY_S = 1.0  # how often a waiting caller looks whether its worker is still there
_LEAVE_WITHIN_S = 5.0


class WorkerLost(RuntimeError):
    """The worker died before it answered; says how."""


class WorkerProcess:
    """A fresh interpreter that runs one call at a time, for one caller at a time.

    It is started by exec, not by fork (the caller has threads) nor by multiprocessing's spawn
    (which runs the caller's main script once more), and ends when its caller does.
    """

    def __init__(self, memory_mb: int | None) -> None:
        self.calls = 0
        self._connection, theirs = Pipe()
        # Nobody writes to this pipe: that its far end closes is how the worker knows we are gone.
        watched, self._held_open = os.pipe()
        inherited = (theirs.fileno(), watched)
        numbers = map(str, (*inherited, os.getpid(), memory_mb or 0))
        try:
            self._process = subprocess.Popen(
                [sys.executable, "-P", "-c", _PROGRAM, *numbers, json.dumps(sys.path)],
                stdin=subprocess.DEVNULL,
                pass_fds=inherited,
            )
        except BaseException:
            self._close_pipes()
            raise
        finally:
            theirs.close()
            os.close(watched)

    def alive(self) -> bool:
        """Return whether the process still runs."""
        return self._process.poll() is None

    def call(self, call: bytes, timeout_s: float | None) -> Outcome:
        """Return what a pickled `(function, args, kwargs)` came to. Raises `WorkerLost`."""
        self.calls += 1
        deadline = None if timeout_s is None else time.monotonic() + timeout_s
        try:
            self._connection.send_bytes(call)
            while not self._connection.poll(_wait(deadline)):
                if not self.alive() and not self._connection.poll(0):
                    raise WorkerLost(self._fate())
                if deadline is not None and time.monotonic() >= deadline:
                    raise WorkerLost(f"no result within {timeout_s:g} s")
            reply = self._connection.recv_bytes()
        except (EOFError, OSError):
            raise WorkerLost(self._fate()) from None
        outcome: Outcome = pickle.loads(reply)
        if isinstance(outcome.error, MemoryError):
            raise WorkerLost("out of memory")
        return outcome

    def kill(self) -> None:
        """Stop the process now, whatever it does."""
        self._process.kill()

    def discard(self) -> None:
        """Stop the process, wait until it is gone, and let go of its pipes."""
        self._process.kill()
        self._process.wait()
        self._close_pipes()

    def _fate(self) -> str:
        """Return how the process ended; one that only lost its pipe is ended first."""
        try:
            code = self._process.wait(_LEAVE_WITHIN_S)
        except subprocess.TimeoutExpired:
            return "closed its pipe without an answer"
        if code < 0:
            return f"killed by {signal.Signals(-code).name}"
        return f"left with exit code {code}"

    def _close_pipes(self) -> None:
        self._connection.close()
        os.close(self._held_open)


def _wait(deadline: float | None) -> float:
    """Return how long to wait for an answer before looking after the worker."""
    if deadline is None:
        return _LOOK_EVERY_S
    return min(_LOOK_EVERY_S, max(deadline - time.monotonic(), 0))
