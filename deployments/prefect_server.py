"""A real local Prefect server for trying things out: SQLite, one process, stopped with its user."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

from gleanery.infra import supervisor

_STARTUP_S = 120.0
_GRACE_S = 5.0
_LEASE_STORAGE = "prefect.server.concurrency.lease_storage.filesystem"  # below PREFECT_HOME


class ServerNotStarted(RuntimeError):
    """The embedded Prefect server did not come up."""


@contextlib.contextmanager
def prefect_server(home: Path, port: int = 0) -> Iterator[str]:
    """Yield the API address of a Prefect server, and point this process at it.

    One that PREFECT_API_URL names is used as it is. Otherwise a server is started with its
    database below `home`, on `port` or a free one, and stopped at the end of the block, also
    when this process is killed. Call it before Prefect is imported, which reads its settings
    then. Raises `ServerNotStarted` with the end of the server's log.
    """
    configured = os.environ.get("PREFECT_API_URL")
    if configured:
        yield configured
        return
    home = home.absolute()
    home.mkdir(parents=True, exist_ok=True)
    os.environ.setdefault("PREFECT_HOME", str(home))
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")
    os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] = "false"
    # Kept in memory, a run's lease would be gone with the server, and its slot taken for ever.
    os.environ.setdefault("PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE", _LEASE_STORAGE)
    port = port or _free_port()
    os.environ["PREFECT_SERVER_API_PORT"] = str(port)  # where the UI will look for the API
    url = f"http://127.0.0.1:{port}/api"
    log = home / "prefect-server.log"
    with _supervised(port, log) as process:
        _wait_until_healthy(url, process, log)
        os.environ["PREFECT_API_URL"] = url
        try:
            yield url
        finally:
            _send_what_is_left()
            del os.environ["PREFECT_API_URL"]


@contextlib.contextmanager
def _supervised(port: int, log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """Run the server under the supervisor that ends it once the write end of our pipe is gone."""
    command = [sys.executable, "-m", "prefect", "server", "start", "--port", str(port)]
    read_end, write_end = os.pipe()
    with log.open("wb") as output:
        process = subprocess.Popen(
            [
                *(sys.executable, "-I", "-S", supervisor.__file__),
                *(str(os.getpid()), str(_GRACE_S), json.dumps([])),
                *command,
                *("--host", "127.0.0.1"),
            ],
            stdin=read_end,
            stdout=output,
            stderr=output,
            start_new_session=True,
            env={**os.environ, "PREFECT_API_URL": ""},
        )
    os.close(read_end)
    try:
        yield process
    finally:
        os.close(write_end)
        process.wait()


def _wait_until_healthy(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + _STARTUP_S
    while time.monotonic() < deadline and process.poll() is None:
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"{url}/health", timeout=2) as answer,
        ):
            if answer.status == 200:
                return
        time.sleep(0.2)
    tail = log.read_text(errors="replace")[-2000:]
    raise ServerNotStarted(f"no Prefect server came up at {url}; its log {log} ends:\n{tail}")


def _send_what_is_left() -> None:
    """Wait until Prefect's background threads have delivered their logs and events."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    for worker in (EventsWorker, APILogWorker):
        worker.drain_all(timeout=_GRACE_S)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
