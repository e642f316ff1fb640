"""Starting runs of a pipeline, ending them, and what is left of them."""

import json
import os
import signal
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from warm_driver import Forked, WarmDriver

from gleanery.infra.storage import Store

DRIVER = Path(__file__).parent / "driver.py"
LONGEST_RUN_S = 400
FLUSH_AFTER_ANSWERS = 4


@dataclass(frozen=True)
class Ended:
    """How a run ended: killed at a point, or with an outcome."""

    killed_at: str
    error: str
    outputs: list[dict[str, Any]]
    log: str

    @property
    def failed(self) -> dict[str, dict[str, int]]:
        """The rows that are still open, by stage and reason."""
        return {out["stage"]: out["failed"] for out in self.outputs if out["failed"]}

    @property
    def sent(self) -> dict[str, int]:
        """The requests that this run has sent, by stage."""
        return {output["stage"]: output["sent"] for output in self.outputs}


@dataclass
class Pipeline:
    """One pipeline over one root, run as often as it takes, by `warm` if there is one."""

    folder: Path
    config: dict[str, Any]
    environment: dict[str, str] = field(default_factory=dict)
    warm: WarmDriver | None = None

    def start(self, **plan: Any) -> "Running":
        """Start a run; `plan` is what goes wrong in it."""
        place = self.folder / f"run-{uuid.uuid4().hex[:8]}"
        place.mkdir(parents=True)
        plan = {
            "config": self.config,
            "flush_after_answers": FLUSH_AFTER_ANSWERS,
            "outcome": str(place / "outcome.json"),
            "note": str(place / "note"),
            "asked": str(self.folder / "asked"),
            **plan,
        }
        (place / "plan.json").write_text(json.dumps(plan))
        environment = {**os.environ, **self.environment}
        if self.warm:
            forked = self.warm.start(place / "plan.json", place / "log", environment)
            return Running(forked, place)
        with (place / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, str(DRIVER), str(place / "plan.json")],
                cwd=self.folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        return Running(process, place)

    @property
    def stub_keys(self) -> dict[str, str]:
        """The key that the stub counts a request under, by request key, for all ever sent."""
        asked = self.folder / "asked"
        return (
            dict(line.split() for line in asked.read_text().splitlines()) if asked.exists() else {}
        )

    @property
    def store(self) -> Store:
        """Where this pipeline's output is."""
        return Store(f"{self.config['root']}/{self.config['name']}")

    def run(self, **plan: Any) -> Ended:
        """Run to the end, or until the planned kill."""
        return self.start(**plan).wait()


@dataclass
class Running:
    """A run under way, in a process group of its own."""

    process: subprocess.Popen[bytes] | Forked
    place: Path

    def wait(self) -> Ended:
        try:
            self.process.wait(LONGEST_RUN_S)
        finally:
            self.kill()
        note, outcome = self.place / "note", self.place / "outcome.json"
        killed_at = note.read_text() if note.exists() else ""
        log = (self.place / "log").read_text(errors="replace")
        if killed_at:
            return Ended(killed_at, "", [], log)
        assert outcome.exists(), f"the run left no outcome:\n{log[-4000:]}"
        told = json.loads(outcome.read_text())
        return Ended("", told["error"], told["outputs"], log)

    def kill(self) -> None:
        """End whatever is left of the run."""
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except ProcessLookupError:
            return
        self.process.wait()
