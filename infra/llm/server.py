"""The server engine: any OpenAI-compatible endpoints, several replicas behind one engine."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from dataclasses import replace

from gleanery.infra.llm.backoff import full_jitter
from gleanery.infra.llm.call import Call, Result
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.connections import allow_connections
from gleanery.infra.llm.endpoint import Endpoint
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    FailureReason,
    Request,
)
from gleanery.infra.llm.replica import Replica, Slot
from gleanery.infra.llm.replicas import Replicas, Unavailable
from gleanery.infra.llm.replies import Problem
from gleanery.infra.llm.structured import request_body

_LOG = logging.getLogger(__name__)
_CHECK_TIMEOUT_S = 30.0


class ServerEngine:
    """Answers talks through `/chat/completions`, prompts through `/completions`.

    One per run: its limits hold for all calls.

    `max_model_len` is the context length in tokens that the server reports (vLLM does), or None
    until a server was asked. With `are_restarted` someone starts dead servers again, and a try
    that reached none is not counted. Raises `EngineError` when the configuration names no server.
    """

    def __init__(self, config: EngineConfig, are_restarted: bool = False) -> None:
        if not config.model or not config.base_urls:
            raise EngineError("a server engine needs a model and base_urls: set both in engine")
        self._most_in_flight = config.max_in_flight * len(config.base_urls)
        allow_connections(self._most_in_flight)
        self.identity = config.identity
        self.max_model_len: int | None = None
        self._config = config
        self._are_restarted = are_restarted
        self._endpoint = Endpoint(config)
        self._replicas = Replicas(
            [Replica(url, config) for url in config.base_urls], config.deadline_s
        )
        self._calls: set[Call] = set()

    async def complete(self, requests: Iterable[Request]) -> AsyncGenerator[Result, None]:
        """Yield one completion or failure per request as they finish; see `Engine.complete`."""
        call = Call(requests, self._replicas, self._answer, self._most_in_flight)
        self._calls.add(call)
        try:
            while (result := await call.next()) is not None:
                yield result
        finally:
            self._calls.discard(call)
            await call.cancel()

    async def check(self) -> None:
        """Ask every replica that can be reached whether it serves the declared model.

        `complete` does so by itself before the first request; calling this shows a mistake, and
        fills `max_model_len`, before any work. Raises `EngineError` when a server has another
        model, or none can be reached.
        """
        replicas = list(self._replicas)
        problems = await asyncio.gather(
            *[self._check_model(replica, _CHECK_TIMEOUT_S) for replica in replicas]
        )
        if all(problems):
            details = [f"{r.url}: {p.detail}" for r, p in zip(replicas, problems, strict=True) if p]
            raise EngineError(f"no server answers ({'; '.join(details)}): is it started?")

    def hold(self, base_url: str) -> None:
        """Send nothing to this address until `let_go`: its server is being started again."""
        for replica in self._replicas:
            if replica.url == base_url:
                replica.hold()

    def let_go(self, base_url: str) -> None:
        """Use this address again."""
        for replica in self._replicas:
            if replica.url == base_url:
                replica.let_go()
        self._replicas.wake()

    async def aclose(self) -> None:
        """Cancel what is under way and close all connections."""
        for call in list(self._calls):
            await call.cancel(EngineError("the engine was closed while it was answering"))
        await self._endpoint.aclose()

    async def _answer(self, request: Request, slot: Slot) -> Result:
        """Try until there is an answer, the deadline, or a problem that another try cannot mend."""
        if request.model != self.identity:
            raise EngineError(
                f"a request for {request.model} came to the engine of {self.identity}"
            )
        now = asyncio.get_running_loop().time
        deadline = now() + self._config.deadline_s
        body = request_body(request, self._config.structured_output)
        counted = tries = 0
        failure: Failure | None = None
        while True:
            left_s = deadline - now()
            result = await self._try(request, body, slot, left_s)
            if isinstance(result, Completion):
                return result
            if failure is not None and self._is_hasty(result, left_s):
                return failure  # what used up the time says more than that it is up
            tries += 1
            counted += self._counts(result)
            failure = Failure(request.key, result.reason, result.detail)
            if result.reason is FailureReason.REFUSED_REQUEST or counted >= self._config.max_tries:
                return failure
            try:
                async with asyncio.timeout_at(deadline):
                    slot = await self._next_slot(slot.replica, result, tries)
            except TimeoutError:
                return failure
            except Unavailable as refusal:
                return Failure(request.key, refusal.reason, refusal.detail)

    async def _next_slot(self, failed_at: Replica, problem: Problem, tries: int) -> Slot:
        # A server that says when to come back is paused for all; another may answer meanwhile.
        if problem.retry_after is None and not failed_at.down:
            config = self._config
            await asyncio.sleep(full_jitter(tries - 1, config.backoff_base_s, config.backoff_cap_s))
        return await self._replicas.acquire(failed_at=failed_at)

    async def _try(
        self, request: Request, body: bytes, slot: Slot, left_s: float
    ) -> Completion | Problem:
        replica = slot.replica
        was_down = replica.down
        outcome: Completion | Problem | None = None
        try:
            if not replica.model_checked:
                outcome = await self._check_model(replica, left_s)
            if outcome is None:
                timeout_s = min(self._config.request_timeout_s, left_s)
                outcome = await self._endpoint.ask(replica.url, request, body, timeout_s)
        finally:
            if outcome is None or self._is_hasty(outcome, left_s):
                self._replicas.drop(slot)
            else:
                problem = outcome if isinstance(outcome, Problem) else None
                self._replicas.release(slot, problem)
        if replica.down != was_down:
            _LOG.warning("%s is %s", replica.url, "down" if replica.down else "back")
        return outcome

    def _counts(self, problem: Problem) -> bool:
        """Return whether a try uses up one of `max_tries`."""
        if problem.reason is FailureReason.RATE_LIMITED:
            return False
        return problem.sent or not self._are_restarted

    def _is_hasty(self, outcome: Completion | Problem, left_s: float) -> bool:
        """Return whether a try timed out because its deadline was near: that is no one's fault."""
        is_timeout = isinstance(outcome, Problem) and outcome.reason is FailureReason.TIMEOUT
        usual_s = min(self._config.request_timeout_s, self._config.deadline_s)
        return is_timeout and left_s < usual_s / 2

    async def _check_model(self, replica: Replica, left_s: float) -> Problem | None:
        timeout_s = min(_CHECK_TIMEOUT_S, self._config.request_timeout_s, left_s)
        model = await self._endpoint.check_model(replica.url, timeout_s)
        if isinstance(model, Problem):
            return replace(model, sent=False)
        if isinstance(length := model.get("max_model_len"), int):
            self.max_model_len = min(length, self.max_model_len or length)
        replica.pass_check()
        self._replicas.wake()  # it may hold more than the request that checked it
        return None
