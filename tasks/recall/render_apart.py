"""Heavy pages are rendered in a helper process, whose CPU time per page the kernel limits.

Rendering is native code that holds the interpreter's lock: no timer of this process could stop
it. The helper is started with the first heavy page and kept; a page that takes too long, or makes
the parser crash, ends the helper and not the worker.
"""

import atexit
import contextlib
import os
import pickle
import resource
import signal
import struct
import subprocess
import sys
from collections.abc import Callable
from typing import IO, Any

from gleanery.tasks.recall.page_limits import PageLimits, PageRejected
from gleanery.tasks.recall.rendering import PageText

_LENGTH = struct.Struct("<Q")
_MEMORY_BYTES = 2 * 2**30  # of address space; the largest page that is let in needs a quarter
_helpers: dict[int, "subprocess.Popen[bytes]"] = {}  # by process id: a fork must not share one


def render_apart(
    render: Callable[..., PageText], limits: PageLimits, html: str, *known: PageText | None
) -> PageText:
    """Return what `render` (a function of a module) does, within `limits.page_seconds` of CPU time.

    Raises `PageRejected` as it does, and with `page_too_slow`, `page_too_complex` (out of
    memory) or `page_breaks_parser`.
    """
    helper = _running_helper()
    assert helper.stdin is not None
    assert helper.stdout is not None
    try:
        _send(helper.stdin, (render, limits, html, known))
        answer = _receive(helper.stdout)
    except (EOFError, BrokenPipeError):
        raise _reason_of_death(helper, limits) from None
    if isinstance(answer, PageText):
        return answer
    raise PageRejected(*answer)


def serve() -> None:
    """Answer requests on standard input until it closes; the helper's main loop."""
    requests, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # whatever else prints must not end up between the answers
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))
    with contextlib.suppress(EOFError, BrokenPipeError):
        while True:
            render, limits, html, known = _receive(requests)
            _allow_seconds(limits.page_seconds)
            try:
                answer: object = render(html, limits, *known)
            except PageRejected as error:
                answer = (error.reason, error.detail)
            except MemoryError:
                answer = ("page_too_complex", "out of memory")
            _send(answers, answer)


def _allow_seconds(seconds: int) -> None:
    """Have the kernel end this process after so much more CPU time (SIGXCPU)."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    used = int(usage.ru_utime + usage.ru_stime)
    resource.setrlimit(resource.RLIMIT_CPU, (used + seconds + 1, resource.RLIM_INFINITY))


def _running_helper() -> "subprocess.Popen[bytes]":
    helper = _helpers.get(os.getpid())
    if helper is None or helper.poll() is not None:
        command = [sys.executable, "-m", "gleanery.tasks.recall.render_apart"]
        helper = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        _helpers[os.getpid()] = helper
        atexit.register(_stop, helper)
    return helper


def _stop(helper: "subprocess.Popen[bytes]") -> None:
    helper.kill()
    helper.communicate()


def _reason_of_death(helper: "subprocess.Popen[bytes]", limits: PageLimits) -> PageRejected:
    helper.communicate()
    atexit.unregister(_stop)
    _helpers.pop(os.getpid(), None)
    if helper.returncode == -signal.SIGXCPU:
        return PageRejected("page_too_slow", f"more than {limits.page_seconds} s of CPU time")
    if helper.returncode == -signal.SIGKILL:
        raise RuntimeError("the rendering helper was killed from outside: out of memory?")
    return PageRejected("page_breaks_parser", f"helper ended with {helper.returncode}")


def _send(pipe: IO[bytes], value: object) -> None:
    data = pickle.dumps(value, protocol=5)
    pipe.write(_LENGTH.pack(len(data)))
    pipe.write(data)
    pipe.flush()


def _receive(pipe: IO[bytes]) -> Any:
    head = pipe.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    data = pipe.read(_LENGTH.unpack(head)[0])
    return pickle.loads(data)  # written by the other end of our own pipe


if __name__ == "__main__":
    serve()
