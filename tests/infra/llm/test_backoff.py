"""Waiting between tries."""

import time
from email.utils import formatdate

import pytest

from gleanery.infra.llm.backoff import full_jitter, parse_retry_after


def test_waits_spread_over_the_whole_range_and_stay_below_the_cap():
    third = [full_jitter(3, 0.5, 30) for _ in range(2000)]
    assert min(third) < 0.2
    assert 3.8 < max(third) <= 4
    assert max(full_jitter(500, 0.5, 30) for _ in range(2000)) <= 30


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7.0), ("0", 0.0), ("1.5", 1.5), ("", None), (None, None), ("soon", None), ("-3", None),
     ("nan", None), ("inf", None)],
)  # fmt: skip
def test_retry_after_in_seconds(header, seconds):
    assert parse_retry_after(header) == seconds


def test_retry_after_as_a_date_is_the_time_until_then():
    assert parse_retry_after(formatdate(time.time() + 60, usegmt=True)) == pytest.approx(60, abs=2)
    assert parse_retry_after("Fri, 31 Dec 1999 23:59:59 GMT") == 0
    assert parse_retry_after("Fri, 31 Dec 1999 23:59:59 -0000") == 0
