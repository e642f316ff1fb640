"""Runs that begin at once: a process that has imported everything, and forks one for each.

    python warm_driver.py

reads a line of JSON for each run ({"plan": file, "log": file, "environment": {}}) and prints its
process id. A fresh interpreter takes some 3 s of CPU until its first line of ours. A run is the
leader of a session of its own; what it leaves is as with `driver.py`.
"""

import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

_IMPORTED = (
    "matplotlib.figure",
    "matplotlib.backends.backend_agg",
    "s3fs",
    "pyarrow.dataset",
    "pyarrow.parquet",
    "gleanery.flows.build_dataset",
    "gleanery.flows.harvest",
    "gleanery.flows.synthesize_from_skills",
    "gleanery.flows.synthesize_from_taxonomy",
    "gleanery.deployments.methods",
)


@dataclass
class Forked:
    """A run that is no child of ours, as far as runs need a process."""

    pid: int

    def poll(self) -> int | None:
        """Return None while it runs; how it ended is not known."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return 0
        return None

    def wait(self, timeout: float | None = None) -> int:
        deadline = time.monotonic() + (timeout or 60)
        while self.poll() is None:
            if time.monotonic() > deadline:
                raise subprocess.TimeoutExpired("run", timeout or 60)
            time.sleep(0.02)
        return 0


class WarmDriver:
    """The process that forks, started with the environment that its imports read."""

    def __init__(self, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, __file__],
            env={**os.environ, **environment},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._asking = threading.Lock()

    def start(self, plan: Path, log: Path, environment: dict[str, str]) -> Forked:
        """Start a run of a plan."""
        asked = {"plan": str(plan), "log": str(log), "environment": environment}
        with self._asking:
            stdin, stdout = self._pipes()
            print(json.dumps(asked), file=stdin, flush=True)
            return Forked(int(stdout.readline()))

    def close(self) -> None:
        """End it; runs end by themselves."""
        self._pipes()[0].close()
        self._process.wait()

    def _pipes(self) -> tuple[IO[str], IO[str]]:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        return self._process.stdin, self._process.stdout


def serve() -> None:
    """Fork a run for each line of the standard input."""
    import_everything()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # runs that have ended leave no zombies
    for line in sys.stdin:
        asked = json.loads(line)
        pid = os.fork()
        if pid == 0:
            run(asked)
        print(pid, flush=True)


def import_everything() -> None:
    for module in _IMPORTED:
        importlib.import_module(module)


def run(asked: dict[str, Any]) -> None:
    """Become a run, and end with it."""
    os.setsid()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    log = os.open(asked["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for target, source in ((0, nothing), (1, log), (2, log)):
        os.dup2(source, target)
    os.environ.clear()
    os.environ.update(asked["environment"])
    os.chdir(Path(asked["plan"]).parent)
    code = 1
    with contextlib.suppress(SystemExit):
        from driver import main

        code = main(asked["plan"])
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent))
    serve()
