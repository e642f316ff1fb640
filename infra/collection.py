"""The garbage collector's pauses."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def collection_paused() -> Iterator[None]:
    """Let no search for cycles run in this block (or decorated function), in any thread.

    For code that makes many records at once: these hold no cycles, but the searches that their
    number sets off go through all that the process holds, again and again. Memory that is part of
    no cycle is freed as ever. Blocks may overlap: the collector is on again after the first that
    ends, so it is never left off.
    """
    if not gc.isenabled():
        yield
        return
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
