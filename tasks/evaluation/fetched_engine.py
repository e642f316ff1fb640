"""An engine whose weights come to this machine with the first question, and else not at all."""

import asyncio
import contextlib
import itertools
from collections.abc import AsyncGenerator, Callable, Iterable

from gleanery.infra.llm.protocol import Completion, Engine, Failure, Request


class FetchedEngine:
    """Answers through another engine, after `fetch` has put there what that one runs.

    A model whose answers all stand in the journal costs no download.
    """

    def __init__(self, engine: Engine, fetch: Callable[[], object]) -> None:
        self.identity = engine.identity
        self._engine, self._fetch = engine, fetch
        self._turn = asyncio.Lock()
        self._fetched = False

    async def complete(
        self, requests: Iterable[Request]
    ) -> AsyncGenerator[Completion | Failure, None]:
        """Yield what the engine does; raises what it or `fetch` raises."""
        pending = iter(requests)
        if (first := next(pending, None)) is None:
            return
        async with self._turn:
            if not self._fetched:
                await asyncio.to_thread(self._fetch)
                self._fetched = True
        everything = itertools.chain([first], pending)
        async with contextlib.aclosing(self._engine.complete(everything)) as results:
            async for result in results:
                yield result

    async def aclose(self) -> None:
        """Close the engine."""
        await self._engine.aclose()
