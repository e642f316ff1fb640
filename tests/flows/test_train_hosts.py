"""Two hosts that train together: the weights are those of one host, also when one is killed."""

import os
import subprocess
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import orjson
import psutil
import pytest

from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.training.checkpoints import CHECKPOINTS
from gleanery.tasks.training.followed_process import TrainingFailed
from gleanery.tasks.training.training_run import run_training

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "tasks" / "release"))

from released_candidates import publish_rows  # noqa: E402

pytestmark = pytest.mark.timeout(600)  # each of its hosts imports torch, twice
WITHIN_S = 200


@pytest.fixture
def configure(
    tmp_path: Path, prefect_api: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., TrainingConfig]:
    """Return a function that configures a training whose random numbers matter."""
    monkeypatch.setenv("GLEANERY_SERVER_HOME", str(tmp_path / "first"))
    publish_rows(Store(f"{tmp_path}/root/lessons"), 60)

    def make(name: str, **devices: Any) -> TrainingConfig:
        values = {
            "name": name,
            "root": f"{tmp_path}/root",
            "release": {"dataset": "lessons"},
            "model": {"fresh": {"layers": 1, "width": 32, "vocabulary": 512}},
            "recipe": {
                "learning_rate": 0.01,
                "epochs": 6,
                "global_batch": 16,
                "max_length": 128,
                "neftune_alpha": 5,
                "keep": "best",
            },
            "devices": {"threads": 1, **devices},
            "checkpoint_minutes": 0,
        }
        return TrainingConfig.model_validate(values)

    return make


@pytest.fixture
def other_host(tmp_path: Path, prefect_api: str) -> Iterator[psutil.Process]:
    """Yield the process that serves another host; it shares no disk with this one but the root."""
    home = tmp_path / "other"
    environment = {
        "PREFECT_API_URL": prefect_api,
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
        "GLEANERY_SERVER_HOME": str(home),
    }
    home.mkdir()
    with (home / "log").open("wb") as log:
        serving = subprocess.Popen(
            [sys.executable, "-m", "gleanery.deployments.cli", "host"],
            env=os.environ | environment,
            cwd=home,
            stdout=log,
            stderr=log,
        )
    try:
        _wait(lambda: _is_deployed() or serving.poll() is not None)
        assert serving.poll() is None, (home / "log").read_text()[-3000:]
        yield psutil.Process(serving.pid)
    finally:
        serving.terminate()
        serving.wait(60)


def test_a_host_is_killed_and_the_weights_are_those_of_one_host_all_the_same(
    configure: Callable[..., TrainingConfig], other_host: psutil.Process
) -> None:
    from gleanery.flows.train_model import plan_training, train_model

    alone = configure("alone", processes=2)
    store = Store(f"{alone.root}/alone")
    training = plan_training(alone, read_settings())
    expected, _ = run_training(store, training, lambda _: None, threading.Event())

    together = configure("together", processes=1, hosts=2, network_timeout_s=60)
    store = Store(f"{together.root}/together")
    killer = threading.Thread(target=_kill_when_stored, args=(store, other_host))
    killer.start()
    with pytest.raises(TrainingFailed, match=r"host 1 .* is Crashed"):
        train_model(together)
    killer.join()
    assert store.list(CHECKPOINTS)  # what there is to go on from

    made = train_model(together)
    assert _weights(made.files) == _weights(expected.files)
    lines = store.read(f"{made.at}/events.jsonl").splitlines()
    told = [orjson.loads(line) for line in lines]
    assert next(e["devices"] for e in told if e["event"] == "started") == 2
    steps = Counter(e["step"] for e in told if e["event"] == "logged")
    assert steps == dict.fromkeys(range(1, 25), 1)  # told once, by the first process of all


def _kill_when_stored(store: Store, host: psutil.Process) -> None:
    """Kill all that runs on a host, but not what serves it, as soon as there is a checkpoint."""
    _wait(lambda: any(info.path.endswith("receipt.json") for info in store.list(CHECKPOINTS)))
    for process in host.children(recursive=True):
        process.kill()


def _weights(files: Any) -> dict[str, str]:
    return {file.path: file.sha256 for file in files if file.path.endswith(".safetensors")}


def _is_deployed() -> bool:
    from prefect.client.orchestration import get_client
    from prefect.exceptions import ObjectNotFound

    with get_client(sync_client=True) as client:
        try:
            client.read_deployment_by_name("train-host/on-demand")
        except ObjectNotFound:
            return False
    return True


def _wait(happened: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WITHIN_S
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.05)
