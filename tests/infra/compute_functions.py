"""Functions that the tests run in worker processes."""

import ctypes
import os
import resource
import signal
import sys
import time
from pathlib import Path


class AwkwardError(Exception):
    def __init__(self, first: str, second: str) -> None:
        super().__init__(f"{first} and {second}")


def add(left: int, right: int = 0) -> int:
    return left + right


def process_id() -> int:
    return os.getpid()


def kill_myself(signal_number: int = signal.SIGKILL) -> None:
    os.kill(os.getpid(), signal_number)
    time.sleep(60)


def die_once(marker: str) -> str:
    """Die the first time, as the marker file remembers; return the process id the second time."""
    path = Path(marker)
    if not path.exists():
        path.write_text(str(os.getpid()))
        kill_myself()
    return f"{path.read_text()} {os.getpid()}"


def leave(code: int) -> None:
    sys.exit(code)


def leave_at_once(code: int) -> None:
    os._exit(code)


def fill_memory(limit_mb: int) -> int:
    if limit_mb:
        resource.setrlimit(resource.RLIMIT_AS, (limit_mb << 20, limit_mb << 20))
    return len([bytearray(16 << 20) for _ in range(256)])


def divide(left: int, right: int) -> float:
    return left / right


def raise_awkward() -> None:
    raise AwkwardError("one", "two")


def unpicklable() -> object:
    return lambda: None


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def meet(folder: str, name: str, others: list[str]) -> bool:
    """Return whether all others came while this one waited: they really run at once."""
    Path(folder, name).touch()
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if all(Path(folder, other).exists() for other in others):
            return True
        time.sleep(0.01)
    return False


def big_reply(megabytes: int) -> bytes:
    return bytes(megabytes << 20)


def hold_the_lock(marker: str, seconds: int) -> None:
    """Sleep in C without letting go of the interpreter's lock: no Python thread runs meanwhile."""
    Path(marker).write_text(str(os.getpid()))
    ctypes.PyDLL(None).sleep(seconds)


def spin(marker: str) -> None:
    Path(marker).write_text(str(os.getpid()))
    while True:
        pass


def module_path() -> list[str]:
    return sys.path
