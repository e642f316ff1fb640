"""Ending well when told to: what is running may save before its machine is taken away."""

import contextlib
import signal
import threading
from collections.abc import Iterator


@contextlib.contextmanager
def stop_when_told() -> Iterator[threading.Event]:
    """Yield what is set when this process gets SIGTERM, as before a machine is taken away."""
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        yield stop
    finally:
        signal.signal(signal.SIGTERM, before)
