"""A store that kills its whole run at a named point, in the run's own process or in a worker's.

The plan comes from CHAOS_PLAN in the environment, since workers are fresh interpreters; this
module is imported there because the store that they are given is of its class.
"""

import json
import os
import re
import signal
import threading
import time
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import psutil

from gleanery.infra import storage
from gleanery.infra.storage import ObjectInfo, Store

T = TypeVar("T")
PLAN: dict[str, Any] = json.loads(os.environ.get("CHAOS_PLAN", "{}"))


def kill_run(why: str) -> None:
    """Leave a note, then `kill -9` every process of this run, this one included, at once."""
    Path(PLAN["note"]).write_text(why)
    group = os.getpgid(0)
    for child in psutil.Process(group).children(recursive=True):
        if os.getpgid(child.pid) != group:
            child.kill()
    os.killpg(group, signal.SIGKILL)
    time.sleep(60)  # the signal is on its way: nothing else may happen here


class Trigger:
    """A planned kill: at the `nth` event of a kind whose text matches, after a delay."""

    def __init__(self, number: int, script: dict[str, Any]) -> None:
        self.number = number
        self.script = script
        self.seen = 0
        self.lock = threading.Lock()

    def due(self, kind: str, text: str, when: str) -> bool:
        script = self.script
        if script["on"] != kind or script["when"] != when:
            return False
        if not re.search(script["match"], text):
            return False
        with self.lock:
            self.seen += 1
            return self.seen == script.get("nth", 1)

    def fire(self, kind: str, text: str, when: str) -> None:
        if not self.due(kind, text, when):
            return
        why = f"{self.number} {when} {kind} {text.splitlines()[0][:120]}"
        if self.script.get("at_the_server"):
            threading.Thread(target=self._kill_at_the_server, args=[f"{why}, on its way"]).start()
        elif delay := self.script.get("delay_s", 0):
            threading.Timer(delay, kill_run, [f"{why}, {delay} s later"]).start()
        else:
            kill_run(why)

    def _kill_at_the_server(self, why: str) -> None:
        """Kill once the model server works on a request that matches, however late that is."""
        while True:
            with urllib.request.urlopen(PLAN["in_flight"], timeout=30) as answer:
                if any(re.search(self.script["match"], text) for text in json.load(answer)):
                    kill_run(why)
            time.sleep(0.01)


TRIGGERS = [Trigger(number, script) for number, script in enumerate(PLAN.get("kills", []))]


def happens(kind: str, text: str, when: str) -> None:
    """Tell all triggers of an event."""
    for trigger in TRIGGERS:
        trigger.fire(kind, text, when)


class ChaosStore(Store):
    """A store whose operations are the events of the plan."""

    def __reduce__(self) -> tuple[Any, ...]:
        return (ChaosStore, (self.root, dict(self.options)))

    def below(self, prefix: str) -> Store:
        return ChaosStore(f"{self.root.rstrip('/')}/{prefix}", self.options)

    def list(self, prefix: str) -> list[ObjectInfo]:
        return self._event("list", prefix, lambda: Store.list(self, prefix))

    def write(self, path: str, data: bytes) -> None:
        self._event("write", path, lambda: Store.write(self, path, data))

    def write_file(self, path: str, file: Path) -> None:
        self._event("write", path, lambda: Store.write_file(self, path, file))

    def create(self, path: str, data: bytes) -> bool:
        return self._event("create", path, lambda: Store.create(self, path, data))

    def delete(self, path: str) -> None:
        self._event("delete", path, lambda: Store.delete(self, path))

    def _event(self, kind: str, path: str, action: Callable[[], T]) -> T:
        happens(kind, path, "before")
        result = action()
        happens(kind, path, "after")
        return result


def poison_sources(pattern: str) -> None:
    """Let recalling a file whose address matches kill the process that reads it."""
    from gleanery.tasks.recall import recall_stage

    read_source = recall_stage.read_source

    def read_or_die(uri: str, *arguments: Any) -> Any:
        if re.search(pattern, uri):
            os.kill(os.getpid(), signal.SIGKILL)
        return read_source(uri, *arguments)

    recall_stage.read_source = read_or_die


if PLAN.get("storage_waits"):
    storage._WAITS_S = tuple(PLAN["storage_waits"])  # type: ignore[assignment]
if PLAN.get("poison"):
    poison_sources(PLAN["poison"])
