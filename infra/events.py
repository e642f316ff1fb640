"""What a process of ours tells while it runs: lines of JSON in a file that its parent follows."""

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

EVENTS = "events.jsonl"


class EventLog:
    """The end of the file that the process writes."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / EVENTS

    def tell(self, event: str, **values: Any) -> None:
        """Add an event, whole: a reader sees all of its line or nothing that ends with one."""
        line = json.dumps({"event": event, **values}).encode() + b"\n"
        descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
        try:
            os.write(descriptor, line)
        finally:
            os.close(descriptor)


class EventReader:
    """The end that the parent reads, as far as it is written."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / EVENTS
        self._at = 0

    def news(self) -> Iterator[dict[str, Any]]:
        """Yield the events since the last call."""
        if not self._path.exists():
            return
        with self._path.open("rb") as log:
            log.seek(self._at)
            for line in log:
                if not line.endswith(b"\n"):
                    break
                self._at += len(line)
                yield json.loads(line)
