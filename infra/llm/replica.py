"""One address of the model: how many requests it may hold now, and whether it is well."""

from dataclasses import dataclass

from gleanery.infra.llm.backoff import full_jitter
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.limits import AIMDLimit
from gleanery.infra.llm.protocol import FailureReason
from gleanery.infra.llm.replies import Problem

_FAILURES_UNTIL_REST = 3
_REST_BASE_S = 1.0
_UNHEALTHY = frozenset(
    {FailureReason.CONNECTION, FailureReason.SERVER_ERROR, FailureReason.TIMEOUT}
)


@dataclass(eq=False, slots=True)
class Slot:
    """The right to have one request at a replica."""

    replica: "Replica"
    started: float


class Replica:
    """The state of one address.

    Three failures in a row send it to rest; after that a single request probes it, and only an
    answer opens it again. It is *down* when its failures span `outage_after_s` without one
    answer. A request that has been under way for much longer than the failures took is a sign of
    a slow server, not of a dead one: while there is such a request, the replica is not down.
    """

    def __init__(self, url: str, config: EngineConfig) -> None:
        self.url = url
        self.model_checked = False
        self.down = False
        self.held = False  # someone who restarts the server says when it is back
        self.last_problem: Problem | None = None
        self.paused_until = float("-inf")
        self._config = config
        self._limit = AIMDLimit(config.initial_in_flight, config.max_in_flight)
        self._slots: dict[Slot, None] = {}  # in the order of their start
        self._healthy = True
        self._probe: Slot | None = None
        self._failures = 0
        self._rests = 0
        self._failing_since = 0.0
        self._longest_failure = 0.0

    @property
    def in_flight(self) -> int:
        """How many requests it holds."""
        return len(self._slots)

    @property
    def healthy(self) -> bool:
        """Whether it may hold more than a probe."""
        return self._healthy

    @property
    def probing(self) -> bool:
        """Whether a single request is finding out if it is back."""
        return self._probe is not None

    @property
    def limit(self) -> int:
        """How many requests it may hold while it is healthy."""
        return self._limit.value

    def has_room(self, now: float) -> bool:
        """Return whether a request may be sent to it at this moment."""
        if self.held or now < self.paused_until:
            return False
        if self._healthy and self.model_checked:
            return len(self._slots) < self._limit.value
        return self._probe is None

    def hold(self) -> None:
        """Send nothing to it until it is let go: whoever runs the server starts it again."""
        self.held = True

    def let_go(self) -> None:
        """Ask it again at once, with a single request at first if it had failed."""
        self.held = False
        self.paused_until = float("-inf")
        self._rests = 0

    def take(self, now: float) -> Slot:
        """Return a slot; only valid while there is room."""
        slot = Slot(self, now)
        self._slots[slot] = None
        if not (self._healthy and self.model_checked):
            self._probe = slot
        return slot

    def pass_check(self) -> None:
        """Note that it serves the declared model. Unless it was ill, that opens it."""
        self.model_checked = True
        if self._healthy:
            self._probe = None

    def give_back(self, slot: Slot, problem: Problem | None, now: float) -> None:
        """Take a slot back and learn from how its request ended (None: it was answered)."""
        in_flight = len(self._slots)
        was_probe = slot is self._probe
        self.drop(slot)
        if problem is None or problem.reason is FailureReason.REFUSED_REQUEST:
            self._recover()
            self._limit.succeeded(in_flight)
        elif problem.reason is not FailureReason.INVALID_RESPONSE:
            self._suffer(slot, problem, now)
            if problem.reason in _UNHEALTHY and (self._healthy or was_probe):
                self._rest(now)  # the late failures of a burst do not prolong the rest

    def drop(self, slot: Slot) -> None:
        """Take a slot back whose request was not sent, or not waited for."""
        del self._slots[slot]
        if slot is self._probe:
            self._probe = None

    def _recover(self) -> None:
        self._healthy = True
        self.down = False
        self._failures = 0
        self._rests = 0
        self._longest_failure = 0.0

    def _suffer(self, slot: Slot, problem: Problem, now: float) -> None:
        self.last_problem = problem
        if problem.overload:
            self._limit.overloaded(slot.started, now)
        if problem.retry_after is not None:
            self.paused_until = max(self.paused_until, now + problem.retry_after)
        if self._failures == 0:
            self._failing_since = now
        self._failures += 1
        self._longest_failure = max(self._longest_failure, now - slot.started)
        self.down = self.down or self._is_down(problem, now)

    def _rest(self, now: float) -> None:
        if self._failures < _FAILURES_UNTIL_REST:
            return
        self._healthy = False
        self.model_checked = False  # another server may come back at this address
        rest = full_jitter(self._rests, _REST_BASE_S, self._config.backoff_cap_s)
        self._rests += 1
        self.paused_until = max(self.paused_until, now + rest)

    def _is_down(self, problem: Problem, now: float) -> bool:
        # A server that only says "later" is alive: it gets as much time as a request does.
        limited = problem.reason is FailureReason.RATE_LIMITED
        patience = self._config.deadline_s if limited else self._config.outage_after_s
        if self._failures < _FAILURES_UNTIL_REST or now - self._failing_since < patience:
            return False
        oldest = next(iter(self._slots), None)
        return oldest is None or now - oldest.started <= 2 * self._longest_failure
