"""The managed engine: vLLM servers that a run starts on the first request and stops at its end."""

import asyncio
import contextlib
import os
from collections.abc import AsyncGenerator, Iterable
from datetime import UTC, datetime
from pathlib import Path

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import Completion, EngineError, Failure, Request
from gleanery.infra.llm.server import ServerEngine
from gleanery.infra.llm.vllm_replica import LONGEST_BACKOFF_S
from gleanery.infra.llm.vllm_servers import VLLMServers

LOGS = Path(".gleanery/vllm")


class ManagedEngine:
    """Answers requests through vLLM servers of its own.

    Requests that a dying server held are asked again when it is back. When no server comes back
    any more, `complete` raises `EngineError`. The servers log to `logs`, by default a new folder
    below `.gleanery/vllm`. Raises `EngineError` when the configuration names no model.
    """

    def __init__(self, config: EngineConfig, logs: Path | None = None) -> None:
        if not config.model:
            raise EngineError("a vllm engine needs a model: set engine.model to its hub id or name")
        self.identity = config.identity
        self._config = config
        logs = logs or LOGS / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{os.getpid()}"
        self._servers = VLLMServers(config.vllm, config.identity, logs, self._changed)
        self._engine: ServerEngine | None = None
        self._starting: asyncio.Task[ServerEngine] | None = None
        self._watching: asyncio.Task[None] | None = None
        self._lost = ""  # why no server is left

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        """Yield one completion or failure per request as they finish; see `Engine.complete`.

        The first call starts the servers. Raises `EngineError` with the end of a server's log
        when they cannot be started, or when none is left.
        """
        engine = await self._started()
        if self._lost:
            raise EngineError(self._lost)
        try:
            async with contextlib.aclosing(engine.complete(requests)) as results:
                async for result in results:
                    yield result
        except EngineError as error:
            # Losing the servers closes the client, which says only that.
            raise EngineError(self._lost or str(error)) from error
        if self._lost:
            raise EngineError(self._lost)

    async def aclose(self) -> None:
        """Stop the servers."""
        for task in (self._watching, self._starting):
            if task:
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
        if self._starting and not self._starting.cancelled() and not self._starting.exception():
            await self._starting.result().aclose()
        await self._servers.stop()

    async def _started(self) -> ServerEngine:
        if not self._starting:
            # One start for all who wait; a failed one is not repeated by each of them.
            self._starting = asyncio.create_task(self._start())
        try:
            return await asyncio.shield(self._starting)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if self._starting.cancelled() and task and not task.cancelling():
                raise EngineError("the engine was closed while its servers started") from None
            raise

    async def _start(self) -> ServerEngine:
        await self._servers.start()
        engine = ServerEngine(self._patient_config(), are_restarted=True)
        self._engine = engine
        self._watching = asyncio.create_task(self._watch(engine))
        return engine

    def _changed(self, base_url: str, healthy: bool) -> None:
        if self._engine and healthy:
            self._engine.let_go(base_url)
        elif self._engine:
            self._engine.hold(base_url)

    async def _watch(self, engine: ServerEngine) -> None:
        self._lost = await self._servers.wait_until_lost()
        await engine.aclose()  # ends every `complete` in progress

    def _patient_config(self) -> EngineConfig:
        """Return the configuration of the client: it outlasts restarts, for we know of a loss."""
        restart_s = self._config.vllm.startup_timeout_s + LONGEST_BACKOFF_S
        return self._config.model_copy(
            update={
                "base_urls": self._servers.base_urls,
                "outage_after_s": max(self._config.outage_after_s, restart_s),
                "deadline_s": self._config.deadline_s + restart_s,
            }
        )
