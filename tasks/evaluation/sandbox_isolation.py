"""Shows by attempts what the sandbox of this machine really holds back.

Each check runs a small program that tries something. What counts is what came of it, not which
mechanism the kernel says it has.
"""

import os
import socket
import tempfile
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from gleanery.tasks.evaluation.sandbox_process import Sandbox
from gleanery.tasks.evaluation.sandbox_records import (
    IsolationMissing,
    Program,
    ProgramResult,
    SandboxLimits,
)
from gleanery.tasks.records import Record

_LIMITS = SandboxLimits(cpu_seconds=1, wall_seconds=20)
_SHORT_WAIT = SandboxLimits(cpu_seconds=20, wall_seconds=1)
_ADVICE = (
    "Run the evaluation on Linux with seccomp filters (in a container: not with a profile that "
    "forbids seccomp or prctl), or leave the code benchmarks out."
)
_lock = threading.Lock()


class IsolationCheck(Record):
    """One thing tried from within: whether it was held back, and what came of it."""

    name: str
    held: bool
    detail: str


class IsolationReport(Record):
    """What the sandbox of this machine holds back, and how it does.

    `landlock` says that files are told apart by the kernel (else none can be opened at all), `user`
    which user programs run as: an id of their own, or 0 where they stay who starts them, without
    privileges.
    """

    checks: list[IsolationCheck]
    landlock: bool
    user: int

    @property
    def missing(self) -> list[IsolationCheck]:
        """Return what is not held back."""
        return [check for check in self.checks if not check.held]


def require_isolation() -> IsolationReport:
    """Return the report of this process's machine, checked once.

    Raises `IsolationMissing`, naming what is not held back and what to do.
    """
    with _lock:
        report = _checked_once()
    if report.missing:
        lines = [f"- {check.name}: {check.detail}" for check in report.missing]
        raise IsolationMissing(
            "code of a model is not run here: this machine does not hold back\n"
            + "\n".join(lines)
            + f"\n{_ADVICE}"
        )
    return report


@cache
def _checked_once() -> IsolationReport:
    return check_isolation()


def check_isolation(*, landlock: bool = True) -> IsolationReport:
    """Return what comes of trying to break out, on this machine, with or without Landlock."""
    try:
        with Sandbox(_LIMITS, landlock=landlock) as sandbox:
            facts = sandbox.facts
            with ThreadPoolExecutor(2) as pool:
                waiting = pool.submit(_waits_for_ever, landlock)
                checks = [attempt(sandbox) for attempt in _ATTEMPTS]
                checks.append(waiting.result())
    except (IsolationMissing, OSError) as error:
        broken = IsolationCheck(name="anything", held=False, detail=str(error))
        return IsolationReport(checks=[broken], landlock=False, user=os.geteuid())
    return IsolationReport(checks=checks, landlock=facts["landlock"], user=facts["user"])


def _attempt(sandbox: Sandbox, name: str, body: str) -> IsolationCheck:
    """Try what `body` does; it is held back when that raises OSError or MemoryError."""
    lines = "".join(f"        {line}\n" for line in body.splitlines())
    source = (
        "def attempt():\n    try:\n"
        + lines
        + "    except (OSError, MemoryError):\n        return 'refused'\n    return 'done'\n"
    )
    tests = "assert attempt() == 'refused', 'it was done'"
    result = sandbox.run(Program(source=source, tests=tests, names=["attempt"]))
    return _check(name, result, result.status == "passed")


def _check(name: str, result: ProgramResult, held: bool) -> IsolationCheck:
    return IsolationCheck(name=name, held=held, detail=result.detail or result.status)


def _runs_at_all(sandbox: Sandbox) -> IsolationCheck:
    program = Program(
        source="import heapq\ndef attempt(x):\n    return x + 1",
        tests="assert attempt(1) == 2",
        names=["attempt"],
    )
    result = sandbox.run(program)
    return _check("a harmless program runs", result, result.status == "passed")


def _network(sandbox: Sandbox) -> IsolationCheck:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = server.getsockname()
        return _attempt(
            sandbox, "network", f"import socket\nsocket.create_connection({address!r}, 2)"
        )


def _datagrams(sandbox: Sandbox) -> IsolationCheck:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as listener:
        listener.bind(("127.0.0.1", 0))
        address = listener.getsockname()
        body = f"import socket\nsocket.socket(2, 2).sendto(b'x', {address!r})"
        return _attempt(sandbox, "network without connection", body)


def _reading(sandbox: Sandbox) -> IsolationCheck:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        secret = Path(folder, "secret")
        secret.write_text("secret")
        secret.chmod(0o644)
        return _attempt(sandbox, "reading files", f"open({str(secret)!r}).read()")


def _writing(sandbox: Sandbox) -> IsolationCheck:
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o777)
        return _attempt(sandbox, "writing files", f"open({folder!r} + '/new', 'w').write('x')")


def _environment(sandbox: Sandbox) -> IsolationCheck:
    """Look for what this process has in its environment, in the program's and under /proc."""
    known = sorted(name for name, value in os.environ.items() if len(value) > 3)
    body = (
        f"import os\nif not set(os.environ) & set({known!r}) - {{'LD_LIBRARY_PATH'}} - set(\n"
        "    name for name in os.environ if name.startswith('PYTHON')):\n"
        f"    open('/proc/{os.getpid()}/environ').read()"
    )
    return _attempt(sandbox, "the environment", body)


def _processes(sandbox: Sandbox) -> IsolationCheck:
    return _attempt(sandbox, "starting processes", "import os\nif os.fork() == 0: os._exit(0)")


def _signals(sandbox: Sandbox) -> IsolationCheck:
    body = f"import os\nos.kill({os.getpid()}, 0)"
    return _attempt(sandbox, "signals to other processes", body)


def _memory(sandbox: Sandbox) -> IsolationCheck:
    body = f"x = bytearray({_LIMITS.memory_bytes})"
    return _attempt(sandbox, "memory without limit", body)


def _computing(sandbox: Sandbox) -> IsolationCheck:
    source = "def attempt():\n    while True: pass"
    result = sandbox.run(Program(source=source, tests="attempt()", names=["attempt"]))
    return _check("computing for ever", result, result.status == "timeout")


def _waits_for_ever(landlock: bool) -> IsolationCheck:
    source = "import time\ndef attempt():\n    time.sleep(60)"
    with Sandbox(_SHORT_WAIT, landlock=landlock) as sandbox:
        result = sandbox.run(Program(source=source, tests="attempt()", names=["attempt"]))
    return _check("waiting for ever", result, result.status == "timeout")


_ATTEMPTS: list[Callable[[Sandbox], IsolationCheck]] = [
    _runs_at_all,
    _network,
    _datagrams,
    _reading,
    _writing,
    _environment,
    _processes,
    _signals,
    _memory,
    _computing,
]
