"""Nights that collide, and nights that die: one run at a time, and none blocks the next."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from served_harvest import ServedHarvest, kill_run, wait_for

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.records import RefinedPair
from gleanery.tasks.stage_inputs import REFINE

pytestmark = pytest.mark.timeout(900)

RESPONDER = Path(__file__).with_name("model_answers.py")
PAGES = 40
SLOW_S = 5.0  # for each of forty answers, one at a time: a night that lasts until told otherwise


@pytest.fixture
def night(
    tmp_path: Path, config_file: Path, policy: Receipt, llm_stub: Callable[..., Any]
) -> Iterator[tuple[ServedHarvest, Any]]:
    """Return the served harvest of 40 pages, and its model, which is slow."""
    stub = llm_stub("--responder", str(RESPONDER), "--latency", str(SLOW_S))
    config = yaml.safe_load(config_file.read_text())
    config["engine"] |= {"base_urls": [stub.url], "max_in_flight": 1, "initial_in_flight": 1}
    config_file.write_text(yaml.safe_dump(config))
    served = ServedHarvest(tmp_path / "served", config_file)
    served.start()
    yield served, stub
    served.clean_up()


def start_night(served: ServedHarvest, stub: Any) -> str:
    """Start a run and return its id once its model is at work."""
    before = stub.counts()["asked"]
    run = served.run_nightly()
    wait_for(lambda: stub.counts()["asked"] > before)
    return run


def check_all_pairs_are_there(root: Path) -> None:
    """Fail unless every page's pair is in the pipeline's result, once."""
    parts = Parts(Store(f"{root}/harvest"))
    folders = {info.path.split("/")[2] for info in parts.store.list(f"parts/{REFINE}")}
    receipts = [receipt for part in folders if (receipt := parts.newest(REFINE, part))]
    assert not any(receipt.failed for receipt in receipts)
    pairs = [pair for receipt in receipts for pair in parts.rows(receipt, RefinedPair)]
    assert len({pair.question for pair in pairs}) == len(pairs) == PAGES


def test_second_run_of_a_night_is_cancelled_and_the_first_completes(
    night: tuple[ServedHarvest, Any], tmp_path: Path
) -> None:
    served, stub = night
    first = start_night(served, stub)
    second = served.end_of(served.run_nightly())
    assert second["type"] == "CANCELLED"
    assert second["message"] == "Deployment concurrency limit reached."
    assert served.state(first)["type"] == "RUNNING"

    stub.control(latency_s=0)
    assert served.end_of(first)["type"] == "COMPLETED"
    check_all_pairs_are_there(tmp_path)
    assert {count["asked"] for count in stub.counts()["keys"].values()} == {1}

    asked = stub.counts()["asked"]
    assert served.end_of(served.run_nightly())["type"] == "COMPLETED"
    assert stub.counts()["asked"] == asked


def test_run_that_is_killed_leaves_the_night_to_the_next(
    night: tuple[ServedHarvest, Any], tmp_path: Path
) -> None:
    served, stub = night
    killed = start_night(served, stub)
    assert dead_runs_found_by_another_process(served) == "[]"
    kill_run(killed)
    assert served.end_of(killed)["type"] == "CRASHED"
    stub.control(latency_s=0)
    assert served.end_of(served.run_nightly())["type"] == "COMPLETED"
    check_all_pairs_are_there(tmp_path)


def test_run_that_dies_with_its_server_leaves_the_night_to_the_next(
    night: tuple[ServedHarvest, Any], tmp_path: Path
) -> None:
    served, stub = night
    killed = start_night(served, stub)
    served.kill()
    kill_run(killed)  # as when the machine goes down: nobody is left to tell
    leases = [file.name for file in (served.home / "concurrency_leases").glob("*-*.json")]
    assert len(leases) == 1  # it would run out by itself, had nobody closed the run
    stub.control(latency_s=0)

    served.start()
    ended = served.end_of(killed)
    assert ended["type"] == "CRASHED"
    assert "ended with the server" in ended["message"]
    assert set(served.states_inside(killed)) <= {"COMPLETED", "CRASHED"}
    assert served.end_of(served.run_nightly())["type"] == "COMPLETED"
    assert served.taken_slots() == 0
    check_all_pairs_are_there(tmp_path)


def dead_runs_found_by_another_process(served: ServedHarvest) -> str:
    """Return the names that `close_dead_runs` prints, called beside the process that serves."""
    script = "from gleanery.deployments.dead_runs import close_dead_runs; print(close_dead_runs())"
    run = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PREFECT_API_URL": f"http://127.0.0.1:{served.port}/api"},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    return run.stdout.strip()
