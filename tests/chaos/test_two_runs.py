"""Two runs at once over the same root."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from pipeline_audit import (
    check_answers_are_in_the_rows,
    check_complete,
    check_no_row_is_lost_or_doubled,
    check_receipts,
    row_digests,
)
from runs import Pipeline

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(1800)]

RESPONDER = str(Path(__file__).with_name("responder.py"))


@pytest.mark.parametrize("storage", ["disk", "s3"])
def test_two_runs_at_once_end_well_and_leave_what_one_would(
    storage: str,
    pipeline: Callable[..., Pipeline],
    llm_stub: Callable[..., Any],
    request: pytest.FixtureRequest,
    undisturbed: dict[str, str],
):
    root = request.getfixturevalue("bucket") if storage == "s3" else None
    stub = llm_stub("--responder", RESPONDER, "--latency", "1")
    made = pipeline(stub.url, root)
    for ended in [running.wait() for running in (made.start(), made.start())]:
        assert not ended.error, ended.log[-3000:]
        assert not ended.failed
    check_they_overlapped(stub)
    check_complete(made.store)
    assert row_digests(made.store) == undisturbed


def test_two_runs_with_different_answers_keep_those_that_are_in_the_rows(
    pipeline: Callable[..., Pipeline],
    llm_stub: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("STUB_FRESH", "1")
    stub = llm_stub("--responder", RESPONDER, "--latency", "1")
    made = pipeline(stub.url)
    for ended in [running.wait() for running in (made.start(), made.start())]:
        assert not ended.error, ended.log[-3000:]
        assert not ended.failed
    check_they_overlapped(stub)
    check_receipts(made.store)
    check_no_row_is_lost_or_doubled(made.store)
    check_answers_are_in_the_rows(made.store, all_used=False)


def test_without_conditional_writes_a_second_run_is_refused_and_a_dead_one_replaced(
    pipeline: Callable[..., Pipeline], llm_stub: Callable[..., Any], faulty_s3: Any
):
    faulty_s3.script({"action": "ignore_condition", "method": "PUT", "times": -1})
    stub = llm_stub("--responder", RESPONDER)
    stub.control(faults=[{"kind": "hang"}])  # the first run waits for as long as it takes
    made = pipeline(stub.url, faulty_s3.healthy.root.removesuffix("/prefix"))
    made.config["engine"] |= {"request_timeout_s": 600, "deadline_s": 600}
    made.environment["AWS_ENDPOINT_URL"] = faulty_s3.address
    first = made.start()
    wait_until(lambda: stub.counts()["asked"] > 0)
    second = made.run()
    assert second.error.startswith("LeaseHeld"), second.log[-3000:]
    assert str(first.process.pid) in second.error
    assert first.process.poll() is None
    first.kill()
    stub.control(faults=[])
    third = made.run()
    assert not third.error, third.log[-3000:]
    check_complete(made.store)
    assert not made.store.list("lease")


def check_they_overlapped(stub: Any) -> None:
    counts = stub.counts()
    assert counts["asked"] > len(counts["keys"]), "the second run only came after the first"


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 300
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.1)
