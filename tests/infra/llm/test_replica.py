"""When a replica rests, is probed, and counts as down; time is handed in."""

import pytest

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import FailureReason
from gleanery.infra.llm.replica import Replica
from gleanery.infra.llm.replies import Problem

REFUSED = Problem(FailureReason.CONNECTION, "connection refused")
LIMITED = Problem(FailureReason.RATE_LIMITED, "slow down", overload=True)


@pytest.fixture
def replica() -> Replica:
    config = EngineConfig(initial_in_flight=8, max_in_flight=8, outage_after_s=100, deadline_s=900)
    replica = Replica("http://host/v1", config)
    replica.pass_check()
    return replica


def fail(replica: Replica, now: float, problem: Problem = REFUSED, took: float = 0.01) -> None:
    replica.give_back(replica.take(now - took), problem, now)


def test_an_unchecked_replica_takes_a_single_request(replica):
    replica.model_checked = False
    replica.take(0)
    assert not replica.has_room(0)
    replica.pass_check()
    assert replica.has_room(0)
    assert not replica.probing


def test_three_failures_in_a_row_rest_it_and_a_single_probe_follows(replica):
    fail(replica, 1)
    fail(replica, 2)
    assert replica.healthy
    fail(replica, 3)
    assert not replica.healthy
    after = replica.paused_until
    assert after > 3
    assert not replica.model_checked
    probe = replica.take(after)
    assert replica.probing
    assert not replica.has_room(after)
    replica.pass_check()
    assert not replica.has_room(after)
    replica.give_back(probe, None, after)
    assert replica.healthy
    assert replica.has_room(after)


def test_the_late_failures_of_a_burst_do_not_prolong_the_rest(replica):
    slots = [replica.take(0) for _ in range(8)]
    for slot in slots[:3]:
        replica.give_back(slot, REFUSED, 1)
    until = replica.paused_until
    for slot in slots[3:]:
        replica.give_back(slot, REFUSED, 1)
    assert replica.paused_until == until <= 2


def test_it_is_down_once_failures_span_the_outage_time_and_up_again_with_an_answer(replica):
    for now in range(0, 100, 10):
        fail(replica, now)
    assert not replica.down
    fail(replica, 100)
    assert replica.down
    replica.give_back(replica.take(200), None, 201)
    assert not replica.down


def test_an_answer_in_between_restarts_the_outage_time(replica):
    for now in range(0, 95, 10):
        fail(replica, now)
    replica.paused_until = 0
    replica.give_back(replica.take(96), None, 97)
    for now in range(98, 190, 10):
        fail(replica, now)
    assert not replica.down


def test_a_request_that_outlives_the_failures_keeps_it_up(replica):
    slow = replica.take(0)
    for now in range(0, 1000, 10):
        fail(replica, now)
    assert not replica.down
    replica.give_back(slow, Problem(FailureReason.TIMEOUT, "no answer", overload=True), 1000)
    assert replica.down


def test_a_server_that_hangs_for_every_request_is_down_after_its_timeouts(replica):
    timeout = Problem(FailureReason.TIMEOUT, "no answer", overload=True)
    waiting = [replica.take(0) for _ in range(8)]
    for slot in waiting:
        replica.give_back(slot, timeout, 60)
    assert not replica.down
    fail(replica, 170, timeout, took=60)
    assert replica.down


def test_being_told_to_wait_is_borne_as_long_as_a_deadline(replica):
    for now in range(0, 900, 10):
        fail(replica, now, LIMITED)
    assert replica.healthy
    assert not replica.down
    fail(replica, 900, LIMITED)
    assert replica.down


def test_refused_requests_are_answers_and_invalid_ones_say_nothing_of_its_health(replica):
    fail(replica, 1)
    fail(replica, 2)
    replica.give_back(replica.take(3), Problem(FailureReason.REFUSED_REQUEST, "too long"), 3)
    fail(replica, 4)
    fail(replica, 5)
    replica.give_back(replica.take(6), Problem(FailureReason.INVALID_RESPONSE, "not JSON"), 6)
    assert replica.healthy
    fail(replica, 7)
    assert not replica.healthy


def test_retry_after_closes_it_until_then(replica):
    fail(replica, 10, Problem(FailureReason.RATE_LIMITED, "later", retry_after=30, overload=True))
    assert not replica.has_room(39.9)
    assert replica.has_room(40)
    assert replica.limit == 4
