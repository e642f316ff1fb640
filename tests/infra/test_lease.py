"""The lease keeps a second writer away where the storage cannot create conditionally."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import orjson
import pytest

from gleanery.infra import lease, storage
from gleanery.infra.lease import LeaseHeld, hold_lease
from gleanery.infra.processes import process_started
from gleanery.infra.storage import Store

PATIENCE_S = 60.0  # for what comes within a second on a machine with nothing else to do


class Overwriting(Store):
    """A store whose server ignores `If-None-Match`."""

    def creates_conditionally(self) -> bool:
        return False


HOLDER = """
import sys, time
from gleanery.infra import lease
from gleanery.infra.storage import Store

class Overwriting(Store):
    def creates_conditionally(self): return False

with lease.hold_lease(Overwriting(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@pytest.fixture
def overwriting(tmp_path: Path) -> Overwriting:
    return Overwriting(str(tmp_path / "pipeline"))


@pytest.fixture(autouse=True)
def short_times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lease, "_WAIT_S", 0.2)
    monkeypatch.setattr(lease, "_BEAT_S", 0.05)
    monkeypatch.setattr(storage, "_WAITS_S", (0.001,))


@contextlib.contextmanager
def holder_process(store: Store) -> Iterator[subprocess.Popen[str]]:
    """Run another process that holds the lease; it is not waited for before the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, store.root], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def held_by(store: Store) -> dict[str, Any]:
    (info,) = store.list("lease")
    return dict(orjson.loads(store.read(info.path)))


def leave(store: Store, **values: Any) -> dict[str, Any]:
    """Leave the claim of a run that is not this one, alive as far as it says itself."""
    claim = asdict(lease._own_claim("other", holds=True)) | {"host": "other"} | values
    store.write("lease/other.json", orjson.dumps(claim))
    return claim


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def hold_briefly(store: Store) -> None:
    with hold_lease(store):
        pass


def test_store_with_exclusive_creates_needs_no_lease(store: Store) -> None:
    with hold_lease(store), hold_lease(Store(store.root)):
        assert store.list("") == []


def test_lease_is_there_while_held_and_gone_afterwards(overwriting: Overwriting) -> None:
    with hold_lease(overwriting):
        assert held_by(overwriting)["pid"] == os.getpid()
    assert overwriting.list("") == []
    hold_briefly(overwriting)


def test_living_holder_is_named_to_whoever_is_refused(overwriting: Overwriting) -> None:
    with holder_process(overwriting) as process:
        with pytest.raises(LeaseHeld, match=rf"process {process.pid} on .* wait for it"):
            hold_briefly(overwriting)
        assert held_by(overwriting)["pid"] == process.pid


def test_run_on_a_server_that_ignores_conditions_refuses_a_second(faulty_s3: Any) -> None:
    faulty_s3.script({"method": "PUT", "action": "ignore_condition", "times": -1})
    with hold_lease(faulty_s3.store), pytest.raises(LeaseHeld):
        hold_briefly(faulty_s3.store)
    hold_briefly(faulty_s3.store)
    assert faulty_s3.healthy.list("") == []


def test_killed_holder_is_taken_over_at_once(overwriting: Overwriting) -> None:
    """Also while nobody has waited for it: a zombie has a process id, and no life."""
    with holder_process(overwriting) as process:
        process.send_signal(signal.SIGKILL)
        wait_until(lambda: not process_started(process.pid))
        assert os.path.exists(f"/proc/{process.pid}")
        with hold_lease(overwriting):
            assert held_by(overwriting)["pid"] == os.getpid()


def test_reused_process_id_is_not_taken_for_the_holder(overwriting: Overwriting) -> None:
    leave(overwriting, process_started="12345")
    hold_briefly(overwriting)
    assert overwriting.list("") == []


def test_same_process_id_in_another_container_is_not_taken_for_dead(
    overwriting: Overwriting,
) -> None:
    leave(overwriting, place="another boot or container", pid=1, process_started="12345")
    with pytest.raises(LeaseHeld):
        hold_briefly(overwriting)


def test_holder_elsewhere_whose_heartbeat_stopped_is_waited_for_aloud_and_taken_over(
    overwriting: Overwriting, caplog: pytest.LogCaptureFixture
) -> None:
    leave(overwriting, place="elsewhere", beat=time.time() - lease._STALE_S - 1)
    hold_briefly(overwriting)
    assert "on other (last sign of life 61 s ago): waiting" in caplog.text


def test_holder_whose_clock_is_behind_is_seen_to_live(
    overwriting: Overwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    claim = leave(overwriting, place="elsewhere", beat=time.time() - 3600)
    waits: list[float] = []

    def let_the_other_beat(seconds: float) -> None:
        waits.append(seconds)
        claim["beat"] += seconds
        overwriting.write("lease/other.json", orjson.dumps(claim))

    monkeypatch.setattr(lease.time, "sleep", let_the_other_beat)
    with pytest.raises(LeaseHeld, match="on other"):
        hold_briefly(overwriting)
    assert waits
    assert min(waits) > 2 * lease._BEAT_S


def test_run_that_is_still_asking_and_dies_is_no_obstacle(overwriting: Overwriting) -> None:
    leave(overwriting, holds=False, process_started="12345")
    hold_briefly(overwriting)


def test_slow_claim_of_another_run_is_seen_after_our_own(overwriting: Overwriting) -> None:
    """The other run has looked and found nobody, and its claim lands when ours already stands."""
    landed: list[str] = []

    class Overtaken(Overwriting):
        def write(self, path: str, data: bytes) -> None:
            super().write(path, data)
            if not landed:
                landed.append(path)
                leave(overwriting, place="elsewhere", holds=True)

    with pytest.raises(LeaseHeld, match="on other"):
        hold_briefly(Overtaken(overwriting.root))


def test_heartbeat_goes_on_while_the_run_works(overwriting: Overwriting) -> None:
    with hold_lease(overwriting):
        first = held_by(overwriting)["beat"]
        wait_until(lambda: held_by(overwriting)["beat"] > first)


@pytest.mark.parametrize("round_", range(5))
def test_of_several_that_start_at_once_one_holds_the_lease(
    overwriting: Overwriting, round_: int
) -> None:
    together = threading.Barrier(8)
    holding: list[int] = []
    most: list[int] = []
    refused: list[int] = []

    def start(number: int) -> bool:
        together.wait()
        try:
            with hold_lease(overwriting):
                holding.append(number)
                most.append(len(holding))
                wait_until(lambda: len(refused) == 7)  # nobody is left who could hold it later
                holding.remove(number)
        except LeaseHeld:
            refused.append(number)
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        started = list(pool.map(start, range(8)))
    assert started.count(True) == 1
    assert most == [1]
    assert overwriting.list("") == []


def test_run_whose_lease_was_taken_over_says_so_and_does_not_take_it_back(
    overwriting: Overwriting, caplog: pytest.LogCaptureFixture
) -> None:
    with hold_lease(overwriting):
        overwriting.delete(overwriting.list("lease")[0].path)

        def has_said_so() -> bool:
            for info in overwriting.list("lease"):  # a beat that was under way as we deleted
                overwriting.delete(info.path)
            return "was taken over" in caplog.text

        wait_until(has_said_so)
        time.sleep(0.2)
        assert overwriting.list("lease") == []


def test_heartbeat_survives_a_short_outage(
    overwriting: Overwriting, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed: list[str] = []

    def full_disk(path: str, data: bytes) -> None:
        failed.append(path)
        raise OSError(28, "No space left on device")

    with hold_lease(overwriting):
        with monkeypatch.context() as patch:
            patch.setattr("gleanery.infra.storage.put_file", full_disk)
            wait_until(lambda: len(failed) > 2)
        first = held_by(overwriting)["beat"]
        wait_until(lambda: held_by(overwriting)["beat"] > first)
