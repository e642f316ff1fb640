"""The supervisor ends its server, and all that the server started, however the flow ends."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from gleanery.infra.supervised import SupervisedProcess

FOLDER = Path(__file__).parent
PATIENCE_S = 60.0  # for what comes within seconds on a machine with nothing else to do


def fake_vllm() -> list[str]:
    """Return the command of a fake server on a free port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    flags = ["m", "--served-model-name=m", "--host=127.0.0.1", f"--port={port}"]
    return [sys.executable, str(FOLDER / "llm" / "fake_vllm.py"), *flags]


def alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_until_gone(pids: list[int]) -> list[int]:
    """Return those that are still there after a long wait; most sleep for ten minutes."""
    deadline = time.monotonic() + PATIENCE_S
    while (left := [pid for pid in pids if alive(pid)]) and time.monotonic() < deadline:
        time.sleep(0.05)
    return left


class Flow:
    """A flow process of its own, holding a fake server; knows the pids of all concerned."""

    def __init__(self, folder: Path, child: str) -> None:
        script = FOLDER / "flow_holding_a_server.py"
        self.process = subprocess.Popen(
            [sys.executable, str(script), str(folder), child, *fake_vllm()],
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        words = self.process.stdout.readline().split()
        assert len(words) == 4, f"the flow did not start: {words}"
        self.supervisor, son, grandson, self.child = map(int, words)
        (server,) = psutil.Process(self.supervisor).children()
        self.server = server.pid
        self.servers = [self.supervisor, self.server, son, grandson]

    def clean_up(self) -> None:
        for pid in {self.process.pid, *self.servers, self.child} - {0}:
            if alive(pid):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()


@pytest.fixture
def flow(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Flow]:
    flow = Flow(tmp_path, getattr(request, "param", "none"))
    yield flow
    flow.clean_up()


def test_a_flow_killed_with_9_leaves_nothing_behind(flow: Flow) -> None:
    assert all(map(alive, flow.servers))
    flow.process.kill()
    assert wait_until_gone(flow.servers) == []


@pytest.mark.parametrize("flow", ["program", "spawn", "forkserver", "fork"], indirect=True)
def test_another_child_of_a_dead_flow_does_not_keep_the_server_alive(flow: Flow) -> None:
    flow.process.kill()
    assert wait_until_gone(flow.servers) == []
    assert alive(flow.child), "the other child had to outlive the flow"


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_a_flow_that_ends_on_a_signal_stops_its_server(flow: Flow, signum: int) -> None:
    flow.process.send_signal(signum)
    assert wait_until_gone(flow.servers) == []


def test_a_server_killed_with_9_takes_its_children_along(flow: Flow) -> None:
    os.kill(flow.server, signal.SIGKILL)
    assert wait_until_gone(flow.servers) == []


def test_a_supervisor_killed_with_9_takes_the_server_along(flow: Flow) -> None:
    os.kill(flow.supervisor, signal.SIGKILL)
    assert wait_until_gone([flow.server]) == []


async def start(
    command: list[str], log: Path, cleanup: tuple[str, ...] = (), grace_s: float = 1.0
) -> SupervisedProcess:
    return await SupervisedProcess.start(command, dict(os.environ), log, grace_s, cleanup)


async def test_stop_ends_a_server_that_ignores_sigterm(tmp_path: Path) -> None:
    stubborn = (
        "import os, signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); "
        "print(os.getpid(), flush=True); time.sleep(600)"
    )
    server = await start([sys.executable, "-c", stubborn], tmp_path / "log")
    while not (pid := server.tail()):
        await asyncio.sleep(0.02)
    await asyncio.wait_for(server.stop(), PATIENCE_S)
    assert not alive(int(pid))
    assert server.exit_code == 0


async def test_a_server_that_ends_cleanly_on_sigterm_is_not_killed(tmp_path: Path) -> None:
    polite = (
        "import signal, sys, time\n"
        "signal.signal(signal.SIGTERM, lambda *_: sys.exit(print('goodbye', flush=True)))\n"
        "print('hello', flush=True)\n"
        "time.sleep(600)"
    )
    server = await start([sys.executable, "-c", polite], tmp_path / "log", grace_s=PATIENCE_S)
    while "hello" not in server.tail():
        await asyncio.sleep(0.02)
    await server.stop()
    assert "goodbye" in server.tail()


async def test_stop_works_while_a_forked_child_holds_the_pipe_too(tmp_path: Path) -> None:
    server = await start(["sleep", "600"], tmp_path / "log")
    child = os.fork()
    if child == 0:
        time.sleep(600)
        os._exit(0)
    try:
        await asyncio.wait_for(server.stop(), PATIENCE_S)
    finally:
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)


async def test_a_dropped_server_ends(tmp_path: Path) -> None:
    server = await start(["sleep", "600"], tmp_path / "log")
    process = server._process
    del server
    assert await asyncio.wait_for(process.wait(), PATIENCE_S) == 0


@pytest.mark.parametrize(
    ("script", "code"), [("raise SystemExit(3)", 3), ("import os; os.kill(os.getpid(), 9)", 137)]
)
async def test_the_servers_exit_code_is_passed_on(tmp_path: Path, script: str, code: int) -> None:
    server = await start([sys.executable, "-c", script], tmp_path / "log")
    assert await asyncio.wait_for(server.wait(), PATIENCE_S) == code
    assert f"ended by itself with exit code {code}" in server.tail()


async def test_a_missing_program_is_named_in_the_log(tmp_path: Path) -> None:
    server = await start(["/no/such/vllm", "serve"], tmp_path / "log")
    assert await asyncio.wait_for(server.wait(), PATIENCE_S) == 127
    assert "cannot start /no/such/vllm" in server.tail()


async def test_the_tail_is_of_this_start_only(tmp_path: Path) -> None:
    log = tmp_path / "log"
    for word in ("first", "second"):
        server = await start([sys.executable, "-c", f"print('{word}')"], log)
        await server.wait()
    assert "second" in server.tail()
    assert "first" not in server.tail()
    assert "first" in log.read_text()


async def test_cleanup_runs_after_a_stop_and_after_a_death(tmp_path: Path) -> None:
    note = tmp_path / "note"
    cleanup = (sys.executable, "-c", f"open({str(note)!r}, 'a').write('x')")
    stopped = await start(["sleep", "600"], tmp_path / "log", cleanup)
    await stopped.stop()
    dead = await start(["false"], tmp_path / "log", cleanup)
    await dead.wait()
    assert note.read_text() == "xx"
