"""The replicas behind one engine: who gets the next free slot, and when waiting is pointless."""

import asyncio
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gleanery.infra.llm.protocol import FailureReason
from gleanery.infra.llm.replica import Replica, Slot
from gleanery.infra.llm.replies import DETAIL_CHARACTERS, Problem


class Unavailable(Exception):
    """No replica will have room in reasonable time."""

    def __init__(self, reason: FailureReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail[:DETAIL_CHARACTERS]


@dataclass(eq=False, slots=True)
class _Waiter:
    slot: asyncio.Future[Slot]
    failed_at: Replica | None


class Replicas:
    """Hands out slots, fewest requests first, in the order in which they were asked for."""

    def __init__(self, replicas: Sequence[Replica], longest_pause_s: float) -> None:
        self._replicas = replicas
        self._longest_pause_s = longest_pause_s
        self._retries: deque[_Waiter] = deque()  # their deadline runs, so they go first
        self._waiters: deque[_Waiter] = deque()
        self._alarm: asyncio.TimerHandle | None = None

    def __iter__(self) -> Iterator[Replica]:
        return iter(self._replicas)

    async def acquire(self, *, failed_at: Replica | None = None) -> Slot:
        """Return a slot as soon as there is one.

        A retry names the replica it failed at: it goes before new requests, and elsewhere as
        long as another replica is well. Raises `Unavailable` when every replica is down or
        asked for a pause that outlasts any request's deadline.
        """
        waiter = _Waiter(asyncio.get_running_loop().create_future(), failed_at)
        queue = self._waiters if failed_at is None else self._retries
        queue.append(waiter)
        self.wake()
        try:
            return await waiter.slot
        except asyncio.CancelledError:
            if waiter in queue:
                queue.remove(waiter)
            elif not waiter.slot.cancelled() and waiter.slot.exception() is None:
                self.drop(waiter.slot.result())
            raise

    def release(self, slot: Slot, problem: Problem | None) -> None:
        """Take a slot back, with what went wrong (None: it was answered), and hand it on."""
        slot.replica.give_back(slot, problem, asyncio.get_running_loop().time())
        self.wake()

    def drop(self, slot: Slot) -> None:
        """Take back a slot that was not used to the end, and hand it on."""
        slot.replica.drop(slot)
        self.wake()

    def wake(self) -> None:
        """Give free slots to those who wait, or tell them that there is nothing to wait for."""
        if not self._waiters and not self._retries:
            return
        now = asyncio.get_running_loop().time()
        while self._serve_one(now):
            pass
        if not self._waiters and not self._retries:
            return
        refusal = self._refusal(now)
        if refusal is None:
            self._set_alarm(now)
            return
        for queue in (self._retries, self._waiters):
            while queue:
                waiter = queue.popleft()
                if not waiter.slot.done():
                    waiter.slot.set_exception(Unavailable(*refusal))

    def _serve_one(self, now: float) -> bool:
        open_now = [replica for replica in self._replicas if replica.has_room(now)]
        for replica in sorted(open_now, key=lambda replica: replica.in_flight):
            waiter = self._next_for(replica)
            if waiter is not None:
                waiter.slot.set_result(replica.take(now))
                return True
        return False

    def _next_for(self, replica: Replica) -> _Waiter | None:
        for waiter in self._retries:
            if waiter.slot.done():
                continue  # cancelled; it takes itself off
            if waiter.failed_at is not replica or not self._another_is_well(replica):
                self._retries.remove(waiter)
                return waiter
        while self._waiters:
            waiter = self._waiters.popleft()
            if not waiter.slot.done():
                return waiter
        return None

    def _another_is_well(self, replica: Replica) -> bool:
        return any(other.healthy for other in self._replicas if other is not replica)

    def _refusal(self, now: float) -> tuple[FailureReason, str] | None:
        """Return why waiting is pointless, or None when it is not."""
        if any(replica.probing or replica.held for replica in self._replicas):
            return None  # its outcome decides, and it comes soon
        details = []
        for replica in self._replicas:
            pause = replica.paused_until - now
            if not replica.down and pause <= self._longest_pause_s:
                return None
            said = replica.last_problem.detail if replica.last_problem else "no answer"
            details.append(f"{replica.url}: {said}")
        is_down = any(replica.down for replica in self._replicas)
        reason = FailureReason.OUTAGE if is_down else FailureReason.RATE_LIMITED
        return reason, "no endpoint answers; " + "; ".join(details)

    def _set_alarm(self, now: float) -> None:
        """Wake again when the first pause ends; every other change comes with a release."""
        if self._alarm is not None:
            self._alarm.cancel()
        ends = [replica.paused_until for replica in self._replicas if replica.paused_until > now]
        loop = asyncio.get_running_loop()
        self._alarm = loop.call_at(min(ends), self.wake) if ends else None
