"""Ending well when told to: what is running may save before its machine or its user goes away."""

import contextlib
import signal
import threading
from collections.abc import Iterator

_TOLD_BY = (signal.SIGTERM, signal.SIGINT)  # a machine that is taken away, and Ctrl-C


@contextlib.contextmanager
def stop_when_told() -> Iterator[threading.Event]:
    """Yield what is set when this process gets SIGTERM or SIGINT, which do nothing else then.

    An exception in the main thread would leave the others at work, and what they started.
    """
    stop = threading.Event()
    if threading.current_thread() is not threading.main_thread():
        yield stop
        return
    before = {told_by: signal.signal(told_by, lambda *_: stop.set()) for told_by in _TOLD_BY}
    try:
        yield stop
    finally:
        for told_by, handler in before.items():
            signal.signal(told_by, handler)
