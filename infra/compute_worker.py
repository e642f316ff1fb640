"""The program of a worker process: it runs one call after the other, and leaves with its parent."""

import contextlib
import fcntl
import json
import os
import pickle
import resource
import select
import signal
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

_LOOK_EVERY_S = 1.0
_NO_PARENT = 1  # exit code


class WorkerTraceback(Exception):
    """The traceback of an error in a worker, as text: frames do not travel."""

    def __str__(self) -> str:
        """Return the traceback below an empty line."""
        return f"\n{self.args[0]}"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a call came to: a value or an error, and the worker's highest resident size so far."""

    value: Any
    error: BaseException | None
    traceback: str
    peak_memory_bytes: int

    def result(self) -> Any:
        """Return the value, or raise the error with the worker's traceback as its cause."""
        if self.error is not None:
            raise self.error from WorkerTraceback(self.traceback)
        return self.value


class CallFailed(RuntimeError):
    """Stands for an error of the called function that cannot be pickled itself."""


def serve(connection: Connection) -> None:
    """Answer calls until the parent closes its end."""
    with contextlib.suppress(EOFError, BrokenPipeError, ConnectionResetError):
        while True:
            connection.send_bytes(_answer(connection.recv_bytes()))


def _answer(call: bytes) -> bytes:
    """Return the pickled outcome of a pickled `(function, args, kwargs)`."""
    value: Any = None
    try:
        function: Callable[..., Any]
        function, args, kwargs = pickle.loads(call)
        value = function(*args, **kwargs)
        return pickle.dumps(Outcome(value, None, "", _peak_memory_bytes()))
    except Exception as error:
        del value  # a result too big to be pickled should not stand in the way of the report
        text = traceback.format_exc()
        return pickle.dumps(Outcome(None, _portable(error), text, _peak_memory_bytes()))


def _portable(error: Exception) -> Exception:
    """Return the error if it survives pickling (many do not), else one that names it."""
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return CallFailed(f"{type(error).__qualname__}: {error}")
    return error


def _peak_memory_bytes() -> int:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _leave_with_parent(watched: int, parent: int) -> None:
    """End this process when the parent is gone, even if it was killed, whatever runs here.

    The kernel sends SIGKILL when the far end of the watched pipe closes (Linux), so that a long
    call into C that holds the interpreter's lock ends too. A thread watches as well: another
    child of the parent may hold the far end open, and other systems have no such signal.
    """
    if hasattr(fcntl, "F_SETSIG"):
        fcntl.fcntl(watched, fcntl.F_SETOWN, os.getpid())
        fcntl.fcntl(watched, fcntl.F_SETSIG, signal.SIGKILL)
        flags = fcntl.fcntl(watched, fcntl.F_GETFL)
        fcntl.fcntl(watched, fcntl.F_SETFL, flags | os.O_ASYNC)
    threading.Thread(target=_watch, args=(watched, parent), daemon=True).start()


def _watch(watched: int, parent: int) -> None:
    poll = select.poll()
    poll.register(watched, select.POLLIN)
    while os.getppid() == parent and not poll.poll(_LOOK_EVERY_S * 1000):
        pass
    os._exit(_NO_PARENT)


def _limit_memory(megabytes: int) -> None:
    # RLIMIT_DATA counts what is written to, RLIMIT_AS also the address space that allocators
    # only reserve: pyarrow and numpy threads would hit the latter with next to nothing in use.
    if megabytes:
        limit = megabytes * 1024 * 1024
        resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))


def main(arguments: list[str]) -> None:
    """Serve the parent that started this process with its pipes' numbers, its id and its path."""
    pipe, watched, parent, megabytes = map(int, arguments[:4])
    for descriptor in (pipe, watched):
        os.set_inheritable(descriptor, False)
    _leave_with_parent(watched, parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    _limit_memory(megabytes)
    sys.path[:] = json.loads(arguments[4])
    serve(Connection(pipe))
