import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.flows.harvest_config import HarvestConfig, read_config

REPOSITORY = Path(__file__).parents[2]
QUICKSTART = REPOSITORY / "deployments" / "quickstart" / "harvest.yaml"


def ask(port: int, path: str, body: object = None) -> Any:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/{path}",
        data=None if body is None else json.dumps(body).encode(),
        headers={"content-type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=10) as answer:
        return json.load(answer)


def wait_for(action: Any, seconds: float = 90) -> Any:
    """Return what the action returns once that is something, however often it fails before."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            if result := action():
                return result
        except OSError:
            pass
        assert time.monotonic() < deadline, "nothing came in time"
        time.sleep(0.5)


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[int, subprocess.Popen[str]]]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {k: v for k, v in os.environ.items() if not k.startswith("PREFECT_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "gleanery.deployments.serve", "--port", str(port)],
        env=environment | {"GLEANERY_SERVER_HOME": str(tmp_path / "home")},
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    yield port, process
    process.kill()
    process.wait()


def test_both_deployments_are_served_filled_in_and_end_with_ctrl_c(
    served: tuple[int, subprocess.Popen[str]],
) -> None:
    port, process = served
    found = wait_for(
        lambda: len(all_ := ask(port, "api/deployments/filter", {})) == 2 and all_,
    )
    deployments = {deployment["name"]: deployment for deployment in found}
    expected = read_config(QUICKSTART)
    for deployment in deployments.values():
        assert deployment["entrypoint"] == "gleanery.flows.harvest.harvest"
        assert HarvestConfig.model_validate(deployment["parameters"]["config"]) == expected
    assert deployments["on-demand"]["schedules"] == []
    [schedule] = deployments["nightly"]["schedules"]
    assert schedule["schedule"]["cron"] == "0 2 * * *"
    assert schedule["schedule"]["timezone"] == "UTC"
    assert deployments["nightly"]["global_concurrency_limit"]["limit"] == 1
    assert deployments["nightly"]["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"

    # The UI in the browser asks the address that the server tells it.
    assert ask(port, "ui-settings")["api_url"] == f"http://127.0.0.1:{port}/api"
    # Prefect's scheduler has to be able to write its runs (it is not with SQLAlchemy 2.1).
    runs = wait_for(lambda: ask(port, "api/flow_runs/filter", {}))
    assert {run["deployment_id"] for run in runs} == {deployments["nightly"]["id"]}

    process.send_signal(signal.SIGINT)
    output, _ = process.communicate(timeout=30)
    assert f"http://127.0.0.1:{port}" in output
    with pytest.raises(OSError, match="refused"):
        ask(port, "api/health")


def test_configuration_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "harvest.yaml"
    path.write_text(yaml.safe_dump({"sauce": 1}))
    run = subprocess.run(
        [sys.executable, "-m", "gleanery.deployments.serve", "--config", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 1
    assert "no key sauce" in run.stderr
    assert "Traceback" not in run.stderr
