"""What the tests of this package share."""

from collections.abc import Callable
from pathlib import Path

import pytest


@pytest.fixture
def watch_memory() -> Callable[[], Callable[[], int]]:
    """Return a function that starts to watch; its result tells by how many bytes memory peaked.

    `ru_maxrss` would not do: it keeps the peaks of earlier tests, and even of a parent process.
    """

    def read(name: str) -> int:
        return 1024 * int(Path("/proc/self/status").read_text().split(name)[1].split()[0])

    def watch() -> Callable[[], int]:
        Path("/proc/self/clear_refs").write_text("5")  # the peak is now the present size
        before = read("VmRSS:")
        return lambda: read("VmHWM:") - before

    return watch
