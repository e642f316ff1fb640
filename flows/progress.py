"""Progress of a stage while it runs: a bar in the UI and a log line now and then."""

import threading
import time
from collections.abc import Callable
from types import TracebackType
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.logging import get_run_logger

_UPDATE_S = 2.0
_LOG_S = 15.0


class StageProgress:
    """Counts of a stage's parts, shown while the `with` block runs.

    `part(name)` returns what a part calls with (done, total) of its own rows; it only
    stores two numbers, so it may be called from the engines' event loop.
    """

    def __init__(self, stage: str, parts: int) -> None:
        self._stage, self._parts = stage, parts
        self._counts: dict[str, tuple[int, int]] = {}
        self._finished = 0
        self._logger = get_run_logger()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._show, daemon=True, name=f"{stage} progress")

    def __enter__(self) -> "StageProgress":
        """Create the bar and begin to update it."""
        artifact = create_progress_artifact(
            progress=0.0, key=f"{self._stage}-progress", description=f"{self._stage}: parts done"
        )
        self._artifact = artifact if isinstance(artifact, UUID) else UUID(str(artifact))
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Show the last state."""
        self._stop.set()
        self._thread.join()
        self._update()

    def part(self, name: str) -> Callable[[int, int], None]:
        """Return the counter of one part."""

        def count(done: int, total: int) -> None:
            self._counts[name] = (done, total)

        return count

    def parts_finished(self, count: int = 1) -> None:
        """Count parts as done."""
        self._finished += count

    def _show(self) -> None:
        logged = time.monotonic()
        while not self._stop.wait(_UPDATE_S):
            self._update()
            if time.monotonic() - logged >= _LOG_S:
                logged = time.monotonic()
                self._logger.info(self.describe())

    def _update(self) -> None:
        running = sum(done / total for done, total in list(self._counts.values()) if total)
        share = max(self._finished, running) / self._parts if self._parts else 1.0
        try:
            update_progress_artifact(self._artifact, progress=min(100.0, 100.0 * share))
        except Exception as error:  # a bar that cannot be drawn must not stop the work
            self._logger.debug("progress not shown: %s", error)

    def describe(self) -> str:
        """Return the counts in words."""
        counts = list(self._counts.values())
        done, total = sum(d for d, _ in counts), sum(t for _, t in counts)
        rows = f", {done:,} of {total:,} rows of the parts begun" if total else ""
        return f"{self._stage}: {self._finished} of {self._parts} parts{rows}"
