"""Asking: what the journal holds is not asked, and every new answer is kept before it is used."""

import contextlib
from collections.abc import AsyncGenerator, Iterable, Iterator
from dataclasses import dataclass, field

from gleanery.infra.budget import Budget
from gleanery.infra.journal import Journal
from gleanery.infra.llm.protocol import Completion, Engine, Failure, FailureReason, Request
from gleanery.infra.receipts import Usage


@dataclass(frozen=True, slots=True)
class Price:
    """What a million tokens cost, in any unit of money."""

    prompt: float = 0.0
    completion: float = 0.0

    def of(self, completion: Completion) -> float:
        """Return the cost of one answer."""
        return (
            completion.prompt_tokens * self.prompt + completion.completion_tokens * self.completion
        ) / 1e6


@dataclass(slots=True)
class Asker:
    """One engine, one part's journal and the run's budget, with what the part used so far."""

    engine: Engine
    journal: Journal
    budget: Budget
    price: Price = field(default_factory=Price)
    usage: Usage = field(default_factory=Usage)
    _counted: set[str] = field(default_factory=set)

    def kept(self, key: str) -> Completion | None:
        """Return the answer that the journal holds under a request key, or `None`."""
        answer = self.journal.get(key)
        if answer and key not in self._counted:
            self._counted.add(key)
            self.usage += Usage(reused=1)
        return answer

    async def ask(self, requests: Iterable[Request]) -> AsyncGenerator[Completion | Failure, None]:
        """Yield one completion or failure per request, each answer kept before it is yielded.

        The requests are pulled as the engine has room. One that the budget does not cover ends as
        a failure and is open to a later run.
        """
        unpaid: list[Request] = []
        asked = self.engine.complete(self._paid_for(requests, unpaid))
        async with contextlib.aclosing(asked) as results:  # a stop here cancels what is in flight
            async for result in results:
                if isinstance(result, Completion):
                    await self._keep(result)
                yield result
        for request in unpaid:
            yield Failure(request.key, FailureReason.BUDGET, self.budget.describe())

    def _paid_for(self, requests: Iterable[Request], unpaid: list[Request]) -> Iterator[Request]:
        for request in requests:
            if self.budget.exhausted:
                unpaid.append(request)
            else:
                yield request

    async def _keep(self, completion: Completion) -> None:
        cost = self.price.of(completion)
        self._counted.add(completion.key)
        await self.journal.add(completion, cost)
        self.budget.add(completion.prompt_tokens, completion.completion_tokens, cost)
        self.usage += Usage(
            sent=1,
            prompt_tokens=completion.prompt_tokens,
            completion_tokens=completion.completion_tokens,
            cost=cost,
        )
