"""A sandbox as the evaluation holds it: the interpreter that is started once, and its pipes."""

import contextlib
import importlib.util
import json
import os
import select
import socket
import subprocess
import sys
import time
from pathlib import Path
from types import TracebackType
from typing import Any

from gleanery.tasks.evaluation.sandbox_records import (
    IsolationMissing,
    Program,
    ProgramResult,
    SandboxLimits,
)

_UNCONFINED = "unconfined"
_PATIENCE_SECONDS = 30.0  # beyond the program's own time: a busy machine, not a slow program
# Makes our modules importable without the rest of an installation.
_START = """
import socket, sys, types
folder, channel, packages, landlock = sys.argv[1:]
for name, path in ("gleanery", []), ("gleanery.tasks", []), ("gleanery.tasks.evaluation", [folder]):
    sys.modules[name] = types.ModuleType(name)
    sys.modules[name].__path__ = path
from gleanery.tasks.evaluation.sandbox_server import serve
serve(socket.socket(fileno=int(channel)), packages, landlock == "landlock")
"""


class Sandbox:
    """An interpreter that runs one program at a time; a context manager.

    It confines programs by all that the kernel offers and does not check that this holds: that is
    what `run_programs` (sandbox.py) does before. `landlock` false has it do without.
    """

    def __init__(self, limits: SandboxLimits, *, landlock: bool = True) -> None:
        self.limits = limits
        self.facts: dict[str, Any] = {}
        self._landlock = landlock
        self._server: subprocess.Popen[bytes] | None = None
        self._channel: socket.socket | None = None

    def __enter__(self) -> "Sandbox":
        if not sys.platform.startswith("linux"):
            raise IsolationMissing(
                "code of a model runs on Linux only: run this evaluation in a Linux container"
            )
        self._start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

    def run(self, program: Program) -> ProgramResult:
        """Return how a program does against its tests.

        Raises `IsolationMissing` when the kernel refuses to confine it: it has not run then.
        """
        for _ in range(2):
            started = time.monotonic()
            answer = self._verdict(program, started)
            seconds = time.monotonic() - started
            if answer is not None or seconds >= self.limits.wall_seconds:
                break
            self._stop()  # its judge was killed, or all of it: once more, in a new one
            self._start()
        if answer is None:
            slow = seconds >= self.limits.wall_seconds
            return ProgramResult(
                status="timeout" if slow else "ended",
                detail="its tests did not come to an end"
                if slow
                else "its judge was killed from outside, twice: out of memory?",
                seconds=seconds,
            )
        if answer["status"] == _UNCONFINED:
            raise IsolationMissing(f"the sandbox could not be closed: {answer['detail']}")
        return ProgramResult(
            status=answer["status"],
            detail=answer["detail"],
            printed=answer["printed"],
            seconds=seconds,
        )

    def _verdict(self, program: Program, started: float) -> dict[str, Any] | None:
        assert self._channel is not None, "use the sandbox as a context manager"
        read_request, write_request = os.pipe()
        read_verdict, write_verdict = os.pipe()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):  # it is gone: no verdict
            socket.send_fds(self._channel, [b"1"], [read_request, write_verdict])
        os.close(read_request)
        os.close(write_verdict)
        deadline = started + self.limits.wall_seconds + _PATIENCE_SECONDS
        try:
            _write(write_request, _request(program, self.limits))
            data = _read(read_verdict, deadline)
        finally:
            os.close(read_verdict)
        if data is None:  # not even the kernel's timer has ended it
            self._stop()
            self._start()
        return json.loads(data) if data else None

    def _start(self) -> None:
        ours, theirs = socket.socketpair()
        command = [sys.executable, "-s", "-S", "-P", "-c", _START]
        arguments = [str(Path(__file__).parent), str(theirs.fileno()), _packages()]
        # A fixed seed: what depends on the order of a set is the same in every run.
        environment = {"PYTHONHASHSEED": "0", "PYTHONUTF8": "1", "PYTHONDONTWRITEBYTECODE": "1"}
        environment["MALLOC_ARENA_MAX"] = "1"  # or each thread reserves 128 MiB of its memory
        environment["OPENBLAS_NUM_THREADS"] = "1"  # threads that numpy starts survive no fork
        if "LD_LIBRARY_PATH" in os.environ:  # where the interpreter's own library may stand
            environment["LD_LIBRARY_PATH"] = os.environ["LD_LIBRARY_PATH"]
        self._server = subprocess.Popen(
            [*command, *arguments, "landlock" if self._landlock else "none"],
            pass_fds=(theirs.fileno(),),
            env=environment,
            cwd="/",
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        theirs.close()
        self._channel = ours
        with ours.makefile("rb") as answers:
            line = answers.readline()
        if not line:
            raise IsolationMissing("the sandbox's interpreter did not start: see what it printed")
        self.facts = json.loads(line)

    def _stop(self) -> None:
        if self._channel is not None:
            self._channel.close()
        if self._server is not None:
            self._server.kill()
            self._server.wait()
        self._channel = self._server = None


def _packages() -> str:
    """Return the folder in which numpy stands."""
    spec = importlib.util.find_spec("numpy")
    if spec is None or spec.origin is None:
        raise IsolationMissing("numpy is missing, which programs may use: install gleanery anew")
    return str(Path(spec.origin).parents[1])


def _request(program: Program, limits: SandboxLimits) -> bytes:
    task = {"source": program.source, "limits": limits.model_dump()}
    tests = {"tests": program.tests, "names": program.names, "prelude": program.prelude}
    parts = [json.dumps(part).encode() for part in (task, tests)]
    return b"".join(len(part).to_bytes(4, "little") + part for part in parts)


def _write(descriptor: int, data: bytes) -> None:
    """Write everything, or as much as is still wanted, and close."""
    try:
        with os.fdopen(descriptor, "wb") as pipe:
            pipe.write(data)
    except BrokenPipeError:
        return  # its judge has ended already: there is a verdict to read, or none


def _read(descriptor: int, deadline: float) -> bytes | None:
    """Return all that comes until the other end closes, or None when it does not in time."""
    poll = select.poll()
    poll.register(descriptor, select.POLLIN)
    data = bytearray()
    while True:
        if not poll.poll(max(0.0, deadline - time.monotonic()) * 1000):
            return None
        piece = os.read(descriptor, 2**16)
        if not piece:
            return bytes(data)
        data += piece
