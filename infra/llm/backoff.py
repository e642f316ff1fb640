"""How long to wait before asking again."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime


def full_jitter(attempt: int, base_s: float, cap_s: float) -> float:
    """Return a random wait in seconds between zero and min(cap, base * 2**attempt).

    The whole range is drawn from, because waits that share a lower bound come back together
    (Brooker, "Exponential Backoff And Jitter", 2015).
    """
    return random.uniform(0, min(cap_s, base_s * 2 ** min(attempt, 32)))


def parse_retry_after(value: str | None) -> float | None:
    """Return the seconds that a `Retry-After` header asks for, or None when it says nothing.

    Both forms of RFC 9110 are read: a number of seconds, and an HTTP date (a date that has
    passed is zero).
    """
    if not value:
        return None
    try:
        seconds = float(value)
    except ValueError:
        return _seconds_until(value)
    return seconds if 0 <= seconds < float("inf") else None


def _seconds_until(http_date: str) -> float | None:
    try:
        moment = parsedate_to_datetime(http_date)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
