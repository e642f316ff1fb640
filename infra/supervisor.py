"""A small process that runs a server and ends it, with all its children, once the flow is gone.

    python supervisor.py FLOW_PID GRACE_S CLEANUP_JSON COMMAND...

Standard input is the read end of a pipe whose write end only the flow holds: anything readable
there, a byte or the end, means stop. So a flow that is killed with -9 stops its servers too. A
death signal would not do: it fires when the *thread* that started the server ends. A child that
the flow forked may hold a copy of the write end, so the parent's pid is watched as well.

On Linux the supervisor adopts orphaned descendants (subreaper) and leaves when none is left,
whatever sessions they opened. It needs the standard library only and starts in some 20 ms.
Its exit code is the server's (128 + n after signal n), 0 if it was told to stop.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

POLL_S = 0.25
KILL_S = 30.0  # a process stuck in a driver call dies late, one of another user never
PR_SET_PDEATHSIG, PR_SET_CHILD_SUBREAPER = 1, 36
ON_LINUX = sys.platform == "linux"


class Server:
    """The supervised command; `exit_code` is None while it runs."""

    def __init__(self, command: list[str]) -> None:
        # The log is inherited as stdout and stderr; a session of its own keeps Ctrl-C away.
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
            preexec_fn=_die_with_supervisor if ON_LINUX else None,
        )
        self.exit_code: int | None = None

    def reap(self) -> bool:
        """Collect every dead child, adopted ones included; return whether any is left alive."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return False
            if pid == 0:
                return True
            if pid == self.process.pid:
                code = os.waitstatus_to_exitcode(status)
                self.exit_code = code if code >= 0 else 128 - code

    def terminate(self) -> None:
        """Ask the server's process group to end."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, signal.SIGTERM)

    def kill_all(self) -> None:
        """Kill every process that descends from the server until none is left."""
        deadline = time.monotonic() + KILL_S
        while self.reap():
            for pid in _descendants(os.getpid()) if ON_LINUX else [-self.process.pid]:
                with contextlib.suppress(ProcessLookupError, PermissionError):
                    os.kill(pid, signal.SIGKILL)
            if time.monotonic() > deadline:
                _log(f"processes {sorted(_descendants(os.getpid()))} do not die; leaving them")
                return
            time.sleep(0.02)


def main(arguments: list[str]) -> int:
    """Run the command until it ends or the flow is gone; return the exit code."""
    flow_pid, grace_s, cleanup = int(arguments[0]), float(arguments[1]), json.loads(arguments[2])
    command = arguments[3:]
    told: list[int] = []
    for signum in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(signum, lambda number, _frame: told.append(number))
    if ON_LINUX:
        _prctl(PR_SET_CHILD_SUBREAPER, 1)
    try:
        server = Server(command)
    except OSError as error:
        _log(f"cannot start {command[0]}: {error}")
        return 127
    why = _wait(server, flow_pid, told)
    if server.exit_code is None:
        _log(f"{why}: stopping the server")
        server.terminate()
        deadline = time.monotonic() + grace_s
        while server.reap() and time.monotonic() < deadline:
            time.sleep(0.05)
        server.kill_all()
        code = 0
    else:
        _log(f"the process ended by itself with exit code {server.exit_code}")
        server.kill_all()
        code = server.exit_code
    _clean_up(cleanup)
    return code


def _wait(server: Server, flow_pid: int, told: list[int]) -> str:
    """Return why to stop, as soon as there is a reason."""
    pipe = sys.stdin.fileno()
    watched = [pipe, os.pidfd_open(server.process.pid)] if ON_LINUX else [pipe]
    while server.exit_code is None:
        if os.getppid() != flow_pid:
            return "the flow is gone"
        if told:
            return f"signal {told[0]}"
        readable, _, _ = select.select(watched, [], [], POLL_S)
        if pipe in readable:
            return "the flow closed its pipe"
        server.reap()
    return "the server ended"


def _descendants(ancestor: int) -> Iterator[int]:
    """Yield the pids of all descendants, nearest first (Linux: read from /proc)."""
    children: dict[int, list[int]] = defaultdict(list)
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            # The process may be gone by now. Its name may hold spaces and brackets, so the
            # fields are counted from the last bracket: state, then the parent's pid.
            with contextlib.suppress(OSError, IndexError):
                fields = (entry / "stat").read_text(errors="replace").rpartition(")")[2].split()
                children[int(fields[1])].append(int(entry.name))
    generation = children[ancestor]
    while generation:
        yield from generation
        generation = [pid for parent in generation for pid in children[parent]]


def _clean_up(command: list[str]) -> None:
    """Run the command that removes what killing processes cannot reach, such as a container."""
    if command:
        with contextlib.suppress(OSError, subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, timeout=60, check=False)


def _die_with_supervisor() -> None:
    # Safe here, unlike in the flow: the supervisor has one thread.
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), f"prctl({option}, {value}) failed")


def _log(text: str) -> None:
    sys.stderr.write(f"supervisor: {text}\n")
    sys.stderr.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
