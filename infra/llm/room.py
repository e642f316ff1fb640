"""The engine room: one event loop in a thread of its own, and one engine per configuration.

Prefect's tasks are threads that wait; their requests all run in this one loop, so that limits
and the budget are one count for the whole run.
"""

import asyncio
import contextlib
import threading
from collections.abc import Coroutine, Iterator
from concurrent.futures import CancelledError
from contextvars import ContextVar
from typing import Any, TypeVar

from gleanery.infra.journal import read_answers
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.managed import ManagedEngine
from gleanery.infra.llm.protocol import Engine, Request
from gleanery.infra.llm.recorded import RecordedEngine
from gleanery.infra.llm.server import ServerEngine
from gleanery.infra.storage import Store

T = TypeVar("T")

_current: ContextVar["EngineRoom | None"] = ContextVar("engine_room", default=None)


class RoomClosed(RuntimeError):
    """The engines were closed while somebody waited for an answer, as after an interrupt."""


class EngineRoom:
    """Engines by configuration, and the loop that they live in."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True, name="engines")
        self._thread.start()
        self._engines: dict[str, Engine] = {}

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine in the engines' loop and wait for its result, from any thread.

        Raises `RoomClosed` where the room is closed meanwhile.
        """
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        except CancelledError:
            raise RoomClosed(
                "interrupted while waiting for answers; those that came are kept"
            ) from None
        except BaseException:
            future.cancel()
            raise

    async def engine(self, config: EngineConfig) -> Engine:
        """Return the engine of this configuration, made on first use. Call it inside the loop."""
        key = config.model_dump_json()
        if key not in self._engines:
            self._engines[key] = open_engine(config)
        return self._engines[key]

    def seat(self, config: EngineConfig, engine: Engine) -> None:
        """Have an engine of the caller's own answer for a configuration; it is closed with us."""
        self._engines[config.model_dump_json()] = engine

    def unanswered(self) -> list[Request]:
        """Return the requests that recorded engines had no answer to."""
        recorded = [e for e in self._engines.values() if isinstance(e, RecordedEngine)]
        return [request for engine in recorded for request in engine.missing.values()]

    def close(self) -> None:
        """Close all engines and stop the loop; who still waits for an answer gets `RoomClosed`."""
        for engine in self._engines.values():
            self.run(engine.aclose())
        self.run(_cancel_the_others())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


async def _cancel_the_others() -> None:
    """Cancel what runs in this loop: after an interrupt, threads wait for it that nobody ends."""
    others = asyncio.all_tasks() - {asyncio.current_task()}
    for task in others:
        task.cancel()
    await asyncio.gather(*others, return_exceptions=True)


@contextlib.contextmanager
def engine_room() -> Iterator[EngineRoom]:
    """Yield the room of the run around, or open one for this block and close it afterwards."""
    around = _current.get()
    if around:
        yield around
        return
    room = EngineRoom()
    token = _current.set(room)
    try:
        yield room
    finally:
        _current.reset(token)
        room.close()


def open_engine(config: EngineConfig) -> Engine:
    """Return the engine that a configuration describes; it connects on first use."""
    if config.kind == "recorded":
        recordings = Store(config.recordings)
        return RecordedEngine(config.identity, read_answers(recordings, ""))
    if config.kind == "vllm":
        return ManagedEngine(config)
    return ServerEngine(config)
