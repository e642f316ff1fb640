"""One `complete()` in progress: its requests, their tasks, and the results not yet taken."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Iterable

from gleanery.infra.llm.protocol import Completion, Failure, Request
from gleanery.infra.llm.replica import Slot
from gleanery.infra.llm.replicas import Replicas, Unavailable

Result = Completion | Failure
_TAKEN_IN_ONE_GO = 32  # requests pulled until other work of the event loop gets its turn


class Call:
    """Pulls a request whenever there is a slot, and hands over results as they finish.

    Answers that are not yet taken count as in flight: a slow consumer holds the requests back,
    and a kill loses no more than `most_in_flight` answers of this call.
    """

    def __init__(
        self,
        requests: Iterable[Request],
        replicas: Replicas,
        answer: Callable[[Request, Slot], Awaitable[Result]],
        most_in_flight: int,
    ) -> None:
        self._requests = iter(requests)
        self._replicas = replicas
        self._answer = answer
        self._most_in_flight = most_in_flight
        self._tasks: set[asyncio.Task[None]] = set()
        self._results: deque[Result] = deque()
        self._error: BaseException | None = None
        self._news = asyncio.Event()
        self._taken = asyncio.Event()
        self._feeder = asyncio.create_task(self._feed())

    async def next(self) -> Result | None:
        """Return the next result, or None when every request has had its own.

        Raises what the requests or the engine raised, once what was in flight by then is taken:
        those answers are paid for.
        """
        while not self._results:
            if self._feeder.done() and not self._tasks:
                if self._error is not None:
                    raise self._error
                return None
            self._news.clear()
            await self._news.wait()
        self._taken.set()
        return self._results.popleft()

    async def cancel(self, why: Exception | None = None) -> None:
        """Stop pulling, and end what is under way; who still waits for results gets `why`."""
        self._error = self._error or why
        running = [self._feeder, *self._tasks]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _feed(self) -> None:
        try:
            pulled = 0
            while await self._start_next():
                pulled += 1
                if pulled % _TAKEN_IN_ONE_GO == 0:
                    await asyncio.sleep(0)
        except Exception as error:
            self._error = error
        finally:
            # The feeder is not yet done() at this point: look again once it is.
            asyncio.get_running_loop().call_soon(self._news.set)

    async def _start_next(self) -> bool:
        """Pull one request and start it; False at the end of the requests."""
        while len(self._tasks) + len(self._results) >= self._most_in_flight:
            self._taken.clear()
            await self._taken.wait()
        try:
            slot = await self._replicas.acquire()
        except Unavailable as refusal:
            return self._refuse_next(refusal)
        try:
            request = next(self._requests)
        except BaseException as error:
            self._replicas.drop(slot)
            if isinstance(error, StopIteration):
                return False
            raise
        self._tasks.add(asyncio.create_task(self._run(request, slot)))
        return True

    def _refuse_next(self, refusal: Unavailable) -> bool:
        request = next(self._requests, None)
        if request is None:
            return False
        self._hand_over(Failure(request.key, refusal.reason, refusal.detail))
        return True

    async def _run(self, request: Request, slot: Slot) -> None:
        try:
            self._hand_over(await self._answer(request, slot))
        except Exception as error:
            self._error = error
            self._feeder.cancel()
        finally:
            task = asyncio.current_task()
            assert task is not None
            self._tasks.discard(task)
            self._news.set()

    def _hand_over(self, result: Result) -> None:
        self._results.append(result)
        self._news.set()
