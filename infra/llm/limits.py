"""How many requests one replica may hold, learned from how it answers."""

_USED = 0.75  # the limit grows only while it is what holds requests back


class AIMDLimit:
    """A concurrency limit: doubles per round at first, then adds one, halves on overload.

    Additive increase and multiplicative decrease share a server fairly among clients that know
    nothing of each other (Chiu and Jain, 1989); the fast start is TCP's.
    """

    def __init__(self, initial: int, maximum: int) -> None:
        self._maximum = float(maximum)
        self._value = min(float(initial), self._maximum)
        self._threshold = self._maximum
        self._cut_at = float("-inf")

    @property
    def value(self) -> int:
        """The number of requests allowed at a time; at least one."""
        return int(self._value)

    def succeeded(self, in_flight: int) -> None:
        """Grow after an answer that arrived while `in_flight` requests were held."""
        if in_flight < self._value * _USED:
            return
        step = 1.0 if self._value < self._threshold else 1.0 / self._value
        self._value = min(self._maximum, self._value + step)

    def overloaded(self, started: float, now: float) -> None:
        """Halve, once per round: requests sent before the last cut say nothing about it."""
        if started < self._cut_at:
            return
        self._value = max(1.0, self._value / 2)
        self._threshold = self._value
        self._cut_at = now
