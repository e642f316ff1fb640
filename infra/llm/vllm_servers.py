"""vLLM servers for the time of a flow: one replica per GPU, kept alive, always stopped."""

import asyncio
import logging
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

import aiohttp

from gleanery.infra.llm.gpus import share_gpus, visible_gpus
from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.llm.vllm_replica import VLLMReplica, free_ports

logger = logging.getLogger(__name__)


class VLLMServers:
    """The servers of one model: `async with VLLMServers(...) as servers: servers.base_urls`.

    A server that dies is started again on its port, so that clients which retry find it there.
    One whose restarts are used up stays away while others go on. `changed(base_url, healthy)` is
    called with every change.
    """

    def __init__(
        self,
        config: VLLMConfig,
        model: ModelIdentity,
        logs: Path,
        changed: Callable[[str, bool], None] = lambda base_url, healthy: None,
    ) -> None:
        self._config = config
        self._model = model
        self._logs = logs
        self._changed = changed
        self._session: aiohttp.ClientSession | None = None
        self._replicas: list[VLLMReplica] = []
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def base_urls(self) -> tuple[str, ...]:
        """The addresses, given-up replicas included."""
        return tuple(replica.base_url for replica in self._replicas)

    async def start(self) -> None:
        """Return once all replicas are healthy.

        Raises `EngineError` with the end of the log when one does not start; the others are
        stopped then.
        """
        gpus = share_gpus(
            self._config.gpus or visible_gpus(),
            self._config.replicas,
            self._config.gpus_per_replica,
        )
        ports = free_ports(self._config.first_port, self._config.last_port)
        self._session = aiohttp.ClientSession()
        for index, share in enumerate(gpus):
            log = self._logs / f"vllm-{index}.log"
            self._replicas.append(
                VLLMReplica(
                    self._config, self._model, share, log, ports, self._session, self._report
                )
            )
        try:
            async with asyncio.TaskGroup() as starting:
                for replica in self._replicas:
                    starting.create_task(replica.start())
        except BaseException as error:
            await self.stop()
            if isinstance(error, ExceptionGroup):
                raise error.exceptions[0] from None
            raise
        self._keepers = [asyncio.create_task(r.keep_alive()) for r in self._replicas]

    async def wait_until_lost(self) -> str:
        """Return why, once no replica is left that would be started again."""
        await asyncio.gather(*map(asyncio.shield, self._keepers))
        reasons = "\n".join(replica.last_error for replica in self._replicas)
        return (
            f"all {len(self._replicas)} vLLM servers died more than "
            f"{self._config.restart_limit} times in a row; logs are in {self._logs}:\n{reasons}"
        )

    async def stop(self) -> None:
        """Stop all servers and wait until they are gone."""
        for keeper in self._keepers:
            keeper.cancel()
        # All are told before we wait for any, also when this wait is cancelled.
        for replica in self._replicas:
            replica.close()
        await asyncio.gather(*self._keepers, return_exceptions=True)
        await asyncio.gather(*(replica.stop() for replica in self._replicas))
        self._keepers, self._replicas = [], []
        if self._session:
            await self._session.close()

    async def __aenter__(self) -> Self:
        """Start."""
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Stop."""
        await self.stop()

    def _report(self, replica: VLLMReplica, healthy: bool) -> None:
        self._changed(replica.base_url, healthy)
