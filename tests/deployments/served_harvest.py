"""A real `make serve`: Prefect's server with both deployments, and what its API says."""

import contextlib
import json
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil

REPOSITORY = Path(__file__).parents[2]
PATIENCE_S = 120.0  # seconds of work, on a machine that has much else to do
ENDED = {"COMPLETED", "FAILED", "CANCELLED", "CRASHED"}


def wait_for(action: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """Return what the action returns once that is something, however often it fails before."""
    deadline = time.monotonic() + seconds
    while True:
        problem: object = "nothing"
        try:
            if result := action():
                return result
        except OSError as error:  # not up yet, or SQLite is busy: 503
            problem = error
        assert time.monotonic() < deadline, f"nothing came in time; at last: {problem}"
        time.sleep(0.5)


def free_port() -> int:
    """Return a port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class ServedHarvest:
    """One process that serves the harvest on a port of its own, started as often as it takes."""

    folder: Path
    config: Path | None = None
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)

    @property
    def home(self) -> Path:
        """The folder of the Prefect server, which marks what belongs to it."""
        return self.folder / "home"

    def start(self) -> None:
        """Start serving; the Prefect server may take a while to answer."""
        inherited = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
        self.folder.mkdir(parents=True, exist_ok=True)
        self.log = self.folder / "serve.log"
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "gleanery.deployments.serve"),
                    *("--port", str(self.port)),
                    *(("--config", str(self.config)) if self.config else ()),
                ],
                env={
                    **inherited,
                    "GLEANERY_SERVER_HOME": str(self.home),
                    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
                    **self.environment,
                },
                cwd=REPOSITORY,
                stdout=log,
                stderr=log,
            )

    def ask(self, path: str, body: object = None) -> Any:
        """Return what the server answers. Raises `OSError` where it does not, or not well."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"content-type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def deployments(self, flow: str = "harvest.harvest") -> dict[str, Any]:
        """Return both deployments of a flow by name, once all are there."""
        count = 2 if self.config else 8
        found = wait_for(lambda: len(all_ := self._filter("deployments")) == count and all_)
        names = {deployment["entrypoint"].rpartition(".")[2] for deployment in found}
        assert len(names) == count / 2
        return {
            deployment["name"]: deployment
            for deployment in found
            if deployment["entrypoint"] == f"gleanery.flows.{flow}"
        }

    def run_nightly(self, flow: str = "harvest.harvest") -> str:
        """Start a run of the nightly deployment now, as its schedule does; return the run's id."""
        deployment = self.deployments(flow)["nightly"]["id"]
        body = {"idempotency_key": uuid.uuid4().hex}  # asked twice, it is one run
        run = wait_for(lambda: self.ask(f"api/deployments/{deployment}/create_flow_run", body))
        return str(run["id"])

    def state(self, run: str) -> dict[str, Any]:
        """Return the state of a run."""
        return dict(wait_for(lambda: self.ask(f"api/flow_runs/{run}"))["state"])

    def end_of(self, run: str) -> dict[str, Any]:
        """Return the state that a run ends in."""
        return dict(wait_for(lambda: (s := self.state(run))["type"] in ENDED and s))

    def states_inside(self, run: str) -> list[str]:
        """Return the state types of the runs that a run has started."""
        inside = {"flow_runs": {"parent_flow_run_id": {"any_": [run]}}}
        return [r["state_type"] for r in wait_for(lambda: self._filter("flow_runs", inside))]

    def taken_slots(self) -> int:
        """Return how many runs of the nightly deployment Prefect takes to be under way."""
        return int(self.deployments()["nightly"]["global_concurrency_limit"]["active_slots"])

    def kill(self) -> None:
        """Kill the process with -9; its server ends with it."""
        self.process.kill()
        self.process.wait()
        wait_for(lambda: not self._answers())

    def clean_up(self) -> None:
        """Kill everything that was started here, runs that lost their server included."""
        for process in psutil.process_iter():
            if _environment(process).get("GLEANERY_SERVER_HOME") == str(self.home):
                with contextlib.suppress(psutil.NoSuchProcess):
                    process.kill()
        self.process.wait()

    def _filter(self, what: str, body: object = None) -> list[Any]:
        return list(self.ask(f"api/{what}/filter", body or {}))

    def _answers(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


def kill_run(run: str) -> None:
    """Kill the process of a run with -9, as a machine that is out of memory does."""
    all_processes = psutil.process_iter()
    of_run = [p for p in all_processes if _environment(p).get("PREFECT__FLOW_RUN_ID") == run]
    pids = {process.pid for process in of_run}
    [process] = [process for process in of_run if process.ppid() not in pids]
    process.kill()


def _environment(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:  # gone, or another user's
        return {}
