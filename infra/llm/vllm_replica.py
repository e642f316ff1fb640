"""One vLLM server on one port: started, watched, and started again when it dies."""

import asyncio
import logging
import os
import random
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import aiohttp

from gleanery.infra.llm.protocol import EngineError, ModelIdentity
from gleanery.infra.llm.vllm_command import fill_in, server_command, server_environment
from gleanery.infra.llm.vllm_config import VLLMConfig
from gleanery.infra.supervised import SupervisedProcess

STARTING_POLL_S = 0.25
STARTING_TIMEOUT_S = 2.0
HEALTH_EVERY_S = 5.0
HEALTH_TIMEOUT_S = 10.0
PROGRESS_EVERY_S = 15.0
LONGEST_BACKOFF_S = 60.0
PORT_TRIES = 3

logger = logging.getLogger(__name__)


class VLLMReplica:
    """A server whose address stays the same over its restarts.

    `changed(replica, healthy)` is called when it becomes healthy and when it dies.
    """

    def __init__(
        self,
        config: VLLMConfig,
        model: ModelIdentity,
        gpus: tuple[str, ...],
        log: Path,
        ports: Iterator[int],
        session: aiohttp.ClientSession,
        changed: "Callable[[VLLMReplica, bool], None]",
    ) -> None:
        self.port = 0
        self.last_error = ""
        self._config = config
        self._model = model
        self._gpus = gpus
        self._log = log
        self._ports = ports
        self._session = session
        self._changed = changed
        self._process: SupervisedProcess | None = None

    @property
    def base_url(self) -> str:
        """The address for an OpenAI-compatible client; valid once `start` has returned."""
        return f"http://127.0.0.1:{self.port}/v1"

    async def start(self) -> None:
        """Return once the server is healthy. Raises `EngineError` with the end of its log."""
        for attempt in range(1, PORT_TRIES + 1):
            self.port = next(self._ports)
            try:
                return await self._launch()
            except EngineError:
                # Someone else may have taken the port between our look and the server's bind.
                if attempt == PORT_TRIES or is_free(self.port):
                    raise

    async def keep_alive(self) -> None:
        """Watch and restart the server; return when the restarts are used up."""
        loop = asyncio.get_running_loop()
        deaths = 0
        while True:
            healthy_since = loop.time()
            why = await self._until_unwell()
            self._changed(self, False)
            if loop.time() - healthy_since > self._config.steady_after_s:
                deaths = 0
            while True:
                deaths += 1
                self.last_error = f"{self._name} {why}\n{self._tail()}"
                await self.stop()
                if deaths > self._config.restart_limit:
                    logger.error("%s: given up after %d restarts", self._name, deaths - 1)
                    return
                wait = min(LONGEST_BACKOFF_S, self._config.restart_backoff_s * 2 ** (deaths - 1))
                logger.warning("%s %s; restart %d in %.0f s", self._name, why, deaths, wait)
                await asyncio.sleep(wait)
                try:
                    await self._launch()
                    break
                except EngineError:
                    why = "did not come back"

    async def stop(self) -> None:
        """Stop the server, if it runs, with all its children."""
        if self._process:
            await self._process.stop()

    def close(self) -> None:
        """Tell the server to stop, without waiting for it."""
        if self._process:
            self._process.close()

    @property
    def _name(self) -> str:
        return f"vLLM server on port {self.port}"

    async def _launch(self) -> None:
        """Start the process on the chosen port and wait until it is healthy."""
        config = self._config
        self._process = await SupervisedProcess.start(
            server_command(config, self._model, self.port, self._gpus),
            server_environment(config, os.environ, self._gpus),
            self._log,
            config.stop_grace_s,
            fill_in(config.cleanup_command, self.port, self._gpus),
        )
        try:
            async with asyncio.timeout(config.startup_timeout_s):
                await self._until_healthy(self._process)
        except TimeoutError:
            await self.stop()
            raise EngineError(
                f"{self._name} was not healthy after {config.startup_timeout_s:.0f} s: raise "
                f"startup_timeout_s, or see {self._log}, which ends with\n{self._tail()}"
            ) from None
        except BaseException:
            self.close()
            raise
        self._changed(self, True)

    async def _until_healthy(self, process: SupervisedProcess) -> None:
        loop = asyncio.get_running_loop()
        started = reported = loop.time()
        logger.info("%s: starting, log in %s", self._name, self._log)
        healthy = False
        while not healthy:
            healthy = await self._is_healthy(STARTING_TIMEOUT_S)
            # Looked at last: on a port that someone else took, the answer is not our server's.
            if process.exit_code is not None:
                raise EngineError(
                    f"{self._name} ended with exit code {process.exit_code} before it was "
                    f"healthy: see {self._log}, which ends with\n{self._tail()}"
                )
            if loop.time() - reported >= PROGRESS_EVERY_S:
                reported = loop.time()
                last_line = self._tail().rpartition("\n")[2][:200]
                logger.info("%s: %.0f s, last: %s", self._name, reported - started, last_line)
            await asyncio.sleep(0 if healthy else STARTING_POLL_S)
        logger.info("%s: healthy after %.0f s", self._name, loop.time() - started)

    async def _until_unwell(self) -> str:
        """Return what is wrong, once the server has died or stopped answering."""
        assert self._process
        loop = asyncio.get_running_loop()
        limit = self._config.unresponsive_after_s
        every_s, timeout_s = min(HEALTH_EVERY_S, limit / 4), min(HEALTH_TIMEOUT_S, limit / 4)
        exited = asyncio.ensure_future(self._process.wait())
        silent_s = 0.0
        try:
            while True:
                looked = loop.time()
                await asyncio.wait({exited}, timeout=every_s)
                if exited.done():
                    return f"died with exit code {exited.result()}"
                if await self._is_healthy(timeout_s):
                    silent_s = 0.0
                    continue
                # No more than a check takes: while the machine slept, nobody asked.
                silent_s += min(loop.time() - looked, every_s + timeout_s)
                if silent_s > limit:
                    return f"did not answer its health check for {limit:.0f} s"
        finally:
            exited.cancel()

    async def _is_healthy(self, timeout_s: float) -> bool:
        timeout = aiohttp.ClientTimeout(timeout_s)
        url = f"http://127.0.0.1:{self.port}/health"
        try:
            async with self._session.get(url, timeout=timeout) as reply:
                return reply.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    def _tail(self) -> str:
        return self._process.tail() if self._process else ""


def free_ports(first: int, last: int) -> Iterator[int]:
    """Yield different free ports of the range, at random so that two flows rarely meet.

    Raises `EngineError` when there is none any more.
    """
    for port in random.sample(range(first, last + 1), last + 1 - first):
        if is_free(port):
            yield port
    raise EngineError(f"no free port left from {first} to {last}: widen first_port and last_port")


def is_free(port: int) -> bool:
    """Return whether nobody listens on the port of any address of this machine."""
    with socket.socket() as probe:
        # As servers do: connections of a dead server that linger in TIME_WAIT are no hindrance.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("", port))
        except OSError:
            return False
    return True
