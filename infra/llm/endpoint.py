"""The HTTP side of the server engine: one try of a request, and the check of the model."""

import asyncio
import logging
import os
from dataclasses import replace
from typing import Any

import aiohttp
import orjson

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import Completion, EngineError, FailureReason, Request
from gleanery.infra.llm.replies import (
    DETAIL_CHARACTERS,
    Problem,
    Reply,
    read_completion,
    read_problem,
)

_LOG = logging.getLogger(__name__)
_WITHOUT_MODEL_LIST = frozenset({404, 405, 501})


class Endpoint:
    """Speaks OpenAI's protocol; the API key never leaves it except in the header."""

    def __init__(self, config: EngineConfig) -> None:
        self._config = config
        self._key = _api_key(config)
        self._session: aiohttp.ClientSession | None = None

    async def ask(
        self, url: str, request: Request, body: bytes, timeout_s: float
    ) -> Completion | Problem:
        """Return the answer to one try, or what went wrong with it; raises `EngineError`."""
        path = "completions" if request.prompt else "chat/completions"
        reply = await self._exchange("POST", f"{url}/{path}", body, timeout_s)
        if isinstance(reply, Problem):
            return reply
        if reply.status != 200:
            return self._problem_in(reply, url)
        result = read_completion(reply.body, request)
        return result if isinstance(result, Completion) else self._without_key(result)

    async def check_model(self, url: str, timeout_s: float) -> Problem | dict[str, Any]:
        """Return what the server says of the declared model, empty where it lists none.

        Raises `EngineError` when it lists others only, or does not let us ask.
        """
        reply = await self._exchange("GET", f"{url}/models", None, timeout_s)
        if isinstance(reply, Problem):
            return reply
        if reply.status == 200:
            return self._find_model(url, reply.body)
        if reply.status in _WITHOUT_MODEL_LIST:
            _LOG.warning("%s lists no models (HTTP %d): the name is not checked", url, reply.status)
            return {}
        problem = self._problem_in(reply, url)
        if problem.reason is FailureReason.REFUSED_REQUEST:
            raise EngineError(f"{url}/models: {problem.detail}; check base_urls")
        return problem

    async def _exchange(
        self, method: str, url: str, body: bytes | None, timeout_s: float
    ) -> Reply | Problem:
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._open().request(method, url, data=body, allow_redirects=False) as response,
            ):
                return Reply(response.status, response.headers, await response.read())
        except aiohttp.ClientError as error:  # first: a connect timeout is a TimeoutError as well
            return self._cut_off(error)
        except TimeoutError:
            detail = f"no answer within {timeout_s:g} s"
            return Problem(FailureReason.TIMEOUT, detail, overload=True)
        except OSError as error:
            return self._cut_off(error)

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            self._session = aiohttp.ClientSession(
                # uvicorn drops idle connections after 5 s: letting go first avoids the race.
                connector=aiohttp.TCPConnector(limit=0, keepalive_timeout=4),
                timeout=aiohttp.ClientTimeout(sock_connect=self._config.connect_timeout_s),
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _find_model(self, url: str, body: bytes) -> dict[str, Any]:
        try:
            models = {str(model["id"]): dict(model) for model in orjson.loads(body)["data"]}
        except (ValueError, KeyError, TypeError):
            _LOG.warning("%s/models is not a list of models: the model's name is not checked", url)
            return {}
        if self._config.model not in models:
            has = ", ".join(sorted(models)[:10]) or "none"
            raise self._engine_error(
                url,
                f"model {self._config.model!r} is not served; it has: {has}. "
                "Correct engine.model or base_urls",
            )
        return models[self._config.model]

    def _problem_in(self, reply: Reply, url: str) -> Problem:
        try:
            return self._without_key(read_problem(reply))
        except EngineError as error:
            raise self._engine_error(url, str(error)) from None

    def _cut_off(self, error: Exception) -> Problem:
        if isinstance(error, aiohttp.ConnectionTimeoutError):
            detail = f"no connection within {self._config.connect_timeout_s:g} s"
        else:
            detail = f"{type(error).__name__}: {error}"
        unsent = isinstance(error, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
        return self._without_key(Problem(FailureReason.CONNECTION, detail, sent=not unsent))

    def _without_key(self, problem: Problem) -> Problem:
        return replace(problem, detail=self._scrub(problem.detail)[:DETAIL_CHARACTERS])

    def _engine_error(self, url: str, detail: str) -> EngineError:
        return EngineError(f"{url}: {self._scrub(detail)}")

    def _scrub(self, text: str) -> str:
        # Servers repeat the key in their error messages.
        return text.replace(self._key, "[API key]") if self._key else text


def _api_key(config: EngineConfig) -> str:
    if not config.api_key_env:
        return ""
    key = os.environ.get(config.api_key_env, "").strip()
    if not key:
        raise EngineError(
            f"the environment variable {config.api_key_env} (engine.api_key_env) is not set: "
            "put the API key into it"
        )
    return key
