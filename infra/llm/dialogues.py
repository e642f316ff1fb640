"""Dialogues: rows that talk to models, each at its own pace, every answer kept before it is used.

A row's dialogue is a generator. It yields what it asks, is sent the answers once all of them are
there, and returns what the row came to. A row that asks once is a dialogue of one turn; one that
drafts, criticises and revises has three.
"""

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

from gleanery.infra.llm.asking import Asker
from gleanery.infra.llm.protocol import (
    Completion,
    EngineError,
    Failure,
    FailureReason,
    Request,
)

T = TypeVar("T")

Results = Mapping[str, Completion | Failure]
"""What requests came to, by request key."""
Asked = Mapping[int, Sequence[Request]]
"""Requests by the number of the engine that is to answer them."""
Dialogue = Generator[Asked, Results, T]

_ENOUGH_REFUSED = 5


class Conversation(Generic[T]):
    """Many dialogues at once. Made in any thread (their first questions are, too), held in a loop.

    A request that several dialogues ask is sent once. Later turns go before first ones: what a
    server has just read is still in its cache, and rows are finished rather than begun. Where
    `all_may_be_refused`, that is no error here: whoever asks judges more than this part by it.
    """

    def __init__(
        self,
        dialogues: Iterable[Dialogue[T]],
        progress: Callable[[int, int], None] = lambda done, total: None,
        all_may_be_refused: bool = False,
    ) -> None:
        self._all_may_be_refused = all_may_be_refused
        self._dialogues = list(dialogues)
        self._outcomes: dict[int, T] = {}
        self._progress = progress
        self._results: dict[int, dict[str, Completion | Failure]] = {}
        self._missing: dict[int, int] = {}  # how many answers a dialogue waits for
        self._waiting: dict[str, list[int]] = {}  # the dialogues that wait for a request
        self._queues: dict[int, deque[Request]] = {}
        self._pulling: set[int] = set()
        self._answered = 0
        self._refused: list[Failure] = []
        self._first = [self._turn(number, None) for number in range(len(self._dialogues))]

    async def hold(self, askers: Sequence[Asker]) -> list[T]:
        """Return what every dialogue returned, in their order.

        Raises `EngineError` if the server accepts no request of ours at all: a refused request
        is final for its row, but when all are it is the configuration that is wrong.
        """
        try:
            async with asyncio.TaskGroup() as group:
                # Asked when all first questions are there: of a few, an engine that answers in
                # batches would make small ones.
                self._pulling = set(range(len(askers)))
                for number, asked in enumerate(self._first):
                    self._ask(number, asked, askers, group)
                    # A row whose answers are all kept ends right there, parsing and checks too:
                    # a part of such rows would hold up the answers to every other part.
                    await asyncio.sleep(0)
                self._pulling.clear()
                self._serve_all(range(len(askers)), askers, group)
        except BaseExceptionGroup as errors:  # the first one stopped the others
            raise errors.exceptions[0] from None
        all_refused = len(self._refused) == self._answered >= _ENOUGH_REFUSED
        if all_refused and not self._all_may_be_refused:
            raise EngineError(
                f"the server refused all {self._answered} requests, the first one with: "
                f"{self._refused[0].detail}. Check engine.structured_output and the sampling"
            )
        return [self._outcomes[number] for number in range(len(self._dialogues))]

    def _turn(self, number: int, results: Results | None) -> Asked | None:
        """Return what a dialogue asks next, or None if it has ended."""
        dialogue = self._dialogues[number]
        try:
            return next(dialogue) if results is None else dialogue.send(results)
        except StopIteration as ended:
            self._outcomes[number] = ended.value
            return None

    def _ask(
        self,
        number: int,
        asked: Asked | None,
        askers: Sequence[Asker],
        group: asyncio.TaskGroup,
        is_later: bool = False,
    ) -> None:
        """Take what a dialogue asks from the journals, or queue it; go on while all is there."""
        while asked is not None:
            requests = {r.key: (engine, r) for engine, rs in asked.items() for r in rs}
            kept = {key: askers[engine].kept(key) for key, (engine, _) in requests.items()}
            results = {key: answer for key, answer in kept.items() if answer}
            self._answered += len(results)
            missing = [asks for key, asks in requests.items() if key not in results]
            if missing:
                self._results[number], self._missing[number] = dict(results), len(missing)
                for engine, request in reversed(missing) if is_later else missing:
                    self._queue(number, engine, request, is_later)
                self._serve_all(asked, askers, group)
                return
            asked, is_later = self._turn(number, results), True
        self._progress(len(self._outcomes), len(self._dialogues))

    def _queue(self, number: int, engine: int, request: Request, is_later: bool) -> None:
        if request.key in self._waiting:
            self._waiting[request.key].append(number)
            return
        self._waiting[request.key] = [number]
        queue = self._queues.setdefault(engine, deque())
        (queue.appendleft if is_later else queue.append)(request)

    def _serve_all(
        self, engines: Iterable[int], askers: Sequence[Asker], group: asyncio.TaskGroup
    ) -> None:
        for engine in engines:
            if self._queues.get(engine) and engine not in self._pulling:
                self._pulling.add(engine)
                group.create_task(self._serve(engine, askers, group))

    async def _serve(self, engine: int, askers: Sequence[Asker], group: asyncio.TaskGroup) -> None:
        """Send what is queued for an engine, and hand on the answers as they come.

        Once the queue is empty another of these may begin beside it, so that no question waits
        for the slowest answer to an earlier one.
        """
        async with contextlib.aclosing(askers[engine].ask(self._pull(engine))) as results:
            async for result in results:
                self._hand_on(result, askers, group)

    def _pull(self, engine: int) -> Iterator[Request]:
        queue = self._queues.get(engine, deque())
        while queue:
            yield queue.popleft()
        self._pulling.discard(engine)

    def _hand_on(
        self, result: Completion | Failure, askers: Sequence[Asker], group: asyncio.TaskGroup
    ) -> None:
        self._answered += 1
        if isinstance(result, Failure) and result.reason is FailureReason.REFUSED_REQUEST:
            self._refused.append(result)
        for number in self._waiting.pop(result.key):
            self._results[number][result.key] = result
            self._missing[number] -= 1
            if not self._missing[number]:
                asked = self._turn(number, self._results.pop(number))
                self._ask(number, asked, askers, group, is_later=True)
