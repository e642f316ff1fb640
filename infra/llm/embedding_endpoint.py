"""The HTTP side of embeddings: batches of texts, tried until there is an answer."""

import asyncio
import os
from collections.abc import Sequence
from typing import Any

import aiohttp
import numpy as np
import orjson

from gleanery.infra.llm.backoff import full_jitter
from gleanery.infra.llm.embedding_config import EmbeddingConfig, EmbeddingError, Vectors
from gleanery.infra.llm.embedding_replies import read_embeddings
from gleanery.infra.llm.protocol import EngineError, FailureReason
from gleanery.infra.llm.replies import Problem, Reply, read_problem


class EmbeddingEndpoint:
    """Speaks OpenAI's embeddings protocol; the API key never leaves it except in the header.

    Vectors must have `width` numbers, all the same if that is 0.
    """

    def __init__(self, config: EmbeddingConfig, width: int) -> None:
        if not config.base_url:
            raise EmbeddingError("an embedding server needs an address: set embedding.base_url")
        self._config = config
        self._url = f"{config.base_url}/embeddings"
        self._key = _api_key(config)
        self._session: aiohttp.ClientSession | None = None
        self._width = width

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """Return one vector per text. Raises `EmbeddingError` when trying again does not help.

        A batch that the server refuses is halved until the text that it does not take is found.
        """
        result = await self._keep_trying(texts)
        if not isinstance(result, Problem):
            self._check_width(result)
            return result
        if result.reason is not FailureReason.REFUSED_REQUEST:
            raise self._error(f"{result.detail}. Is the server up? What was answered is kept")
        if len(texts) == 1:
            raise self._error(f"{result.detail}, for the text {texts[0][:80]!r}")
        middle = len(texts) // 2
        return np.concatenate([await self.embed(texts[:middle]), await self.embed(texts[middle:])])

    async def aclose(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()

    async def _keep_trying(self, texts: Sequence[str]) -> Vectors | Problem:
        config = self._config
        now = asyncio.get_running_loop().time
        deadline = now() + config.deadline_s
        tries = counted = 0
        while True:
            result = await self._try(texts, min(config.request_timeout_s, deadline - now()))
            if not isinstance(result, Problem):
                return result
            tries += 1
            counted += result.reason is not FailureReason.RATE_LIMITED
            if result.reason is FailureReason.REFUSED_REQUEST or counted >= config.max_tries:
                return result
            wait = full_jitter(tries - 1, config.backoff_base_s, config.backoff_cap_s)
            wait = max(wait, result.retry_after or 0.0)
            if now() + wait >= deadline:
                return result
            await asyncio.sleep(wait)

    async def _try(self, texts: Sequence[str], timeout_s: float) -> Vectors | Problem:
        body: dict[str, Any] = {"model": self._config.model, "input": list(texts)}
        if self._config.dimensions:
            body["dimensions"] = self._config.dimensions
        reply = await self._exchange(orjson.dumps(body), timeout_s)
        if isinstance(reply, Problem):
            return reply
        if reply.status == 200:
            return read_embeddings(reply.body, len(texts))
        try:
            return read_problem(reply)
        except EngineError as error:
            raise self._error(str(error).replace("base_urls", "embedding.base_url")) from None

    async def _exchange(self, body: bytes, timeout_s: float) -> Reply | Problem:
        try:
            async with (
                asyncio.timeout(timeout_s),
                self._open().post(self._url, data=body, allow_redirects=False) as response,
            ):
                return Reply(response.status, response.headers, await response.read())
        except aiohttp.ClientError as error:  # first: a connect timeout is a TimeoutError as well
            return Problem(FailureReason.CONNECTION, f"{type(error).__name__}: {error}")
        except TimeoutError:
            return Problem(FailureReason.TIMEOUT, f"no answer within {timeout_s:g} s")
        except OSError as error:
            return Problem(FailureReason.CONNECTION, f"{type(error).__name__}: {error}")

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            headers = {"Content-Type": "application/json"}
            if self._key:
                headers["Authorization"] = f"Bearer {self._key}"
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(
                    limit=self._config.max_in_flight, keepalive_timeout=4
                ),
                timeout=aiohttp.ClientTimeout(sock_connect=self._config.connect_timeout_s),
                headers=headers,
                cookie_jar=aiohttp.DummyCookieJar(),
            )
        return self._session

    def _check_width(self, vectors: Vectors) -> None:
        width = vectors.shape[1]
        self._width = self._width or width
        if width != self._width:
            raise self._error(
                f"the vectors have {width} numbers, expected {self._width}: check "
                "embedding.dimensions and that one model answers, and set embedding.revision if "
                "its weights have changed"
            )

    def _error(self, detail: str) -> EmbeddingError:
        # Servers repeat the key in their error messages.
        detail = detail.replace(self._key, "[API key]") if self._key else detail
        return EmbeddingError(f"{self._url}: {detail}")


def _api_key(config: EmbeddingConfig) -> str:
    if not config.api_key_env:
        return ""
    key = os.environ.get(config.api_key_env, "").strip()
    if not key:
        raise EmbeddingError(
            f"the environment variable {config.api_key_env} (embedding.api_key_env) is not set: "
            "put the API key into it"
        )
    return key
