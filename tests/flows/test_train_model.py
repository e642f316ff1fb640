"""Training a tiny model on a release: from the data to a model that anyone can load."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest

from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.folders import FolderReceipt, fetch_folder
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.training.chat_template import TrainingRefused
from gleanery.tasks.training.checkpoints import Checkpoints

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "tasks" / "release"))

from released_candidates import publish_rows  # noqa: E402

ROWS = 60
TRACKER = TESTS / "servers" / "tracker"  # a tracker that writes what it is told as JSON


@pytest.fixture
def training(tmp_path: Path, prefect_api: str) -> Callable[..., TrainingConfig]:
    """Return a function that configures the training of a tiny model on a small release."""
    publish_rows(Store(f"{tmp_path}/root/lessons"), ROWS)

    def configure(**changes: Any) -> TrainingConfig:
        values: dict[str, Any] = {
            "name": "tiny",
            "root": f"{tmp_path}/root",
            "release": {"dataset": "lessons"},
            "model": {"fresh": {"layers": 1, "width": 32, "vocabulary": 512}},
            "recipe": {
                "learning_rate": 0.01,
                "epochs": 2,
                "global_batch": 16,
                "max_length": 256,
            },
            "devices": {"threads": 1},
            "work": f"{tmp_path}/work",
        }
        return TrainingConfig.model_validate(values | changes)

    return configure


def train(config: TrainingConfig) -> FolderReceipt:
    from gleanery.flows.train_model import train_model

    return train_model(config)


def test_a_release_becomes_a_model_that_learnt_it(
    training: Callable[..., TrainingConfig], tmp_path: Path
) -> None:
    config = training()
    made = train(config)
    fetch_folder(Store(f"{config.root}/tiny"), made, tmp_path / "model")
    names = {file.path for file in made.files}
    assert {"model/model.safetensors", "model/tokenizer.json", "model/README.md"} <= names
    assert {"curve.png", "events.jsonl"} <= names
    assert made.notes["held_out_loss"] < 5  # it began with 6.2, the logarithm of its tokens
    assert 0 < made.notes["unigram_loss"] < 5
    assert made.notes["steps"] == 8  # two epochs of 54 rows, 16 at a time
    card = (tmp_path / "model" / "model" / "README.md").read_text()
    assert "v0001-" in card
    assert "from random weights" in card
    assert train(config) == made  # and nothing is trained again
    with pytest.raises(TrainingRefused, match=r"raise recipe\.max_length"):
        train(training(recipe={"max_length": 8}))


def test_another_chat_template_is_another_training_and_the_same_elsewhere_is_not(
    training: Callable[..., TrainingConfig], tmp_path: Path
) -> None:
    from gleanery.flows.train_model import plan_training

    def key(file: Path) -> str:
        model = training().model.model_copy(update={"chat_template": str(file)})
        return plan_training(training(model=model.model_dump()), read_settings()).key

    one, other = tmp_path / "one.jinja", tmp_path / "other.jinja"
    one.write_text("{{ messages }}")
    other.write_text("{{ messages }}")
    first = key(one)
    assert key(other) == first
    one.write_text("{{ messages }}{{ eos_token }}")
    assert key(one) != first


def test_told_to_stop_it_saves_and_says_so_and_the_next_run_goes_on(
    training: Callable[..., TrainingConfig], tmp_path: Path
) -> None:
    config = training(recipe={"learning_rate": 0.01, "epochs": 400, "global_batch": 16})
    (tmp_path / "config.json").write_text(config.model_dump_json())
    command = [
        *(sys.executable, "-u", Path(__file__).with_name("train_until_told.py")),
        tmp_path / "config.json",
    ]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    events = Path(config.work, "tiny", "events.jsonl")
    deadline = time.monotonic() + 120
    while not (events.exists() and '"logged"' in events.read_text()):
        assert time.monotonic() < deadline
        assert process.poll() is None
        time.sleep(0.1)
    process.terminate()
    told, _ = process.communicate(timeout=120)
    assert process.returncode == 75
    assert "INTERRUPTED interrupted after step" in told
    store = Store(f"{config.root}/tiny")
    [checkpoint] = [
        info for info in store.list("checkpoints") if info.path.endswith("receipt.json")
    ]
    step = int(checkpoint.path.split("step-")[1].split("/")[0])
    assert 0 < step < 1600
    from gleanery.flows.train_model import plan_training

    training_now = plan_training(config, read_settings())
    assert [one.step for one in Checkpoints(store, training_now.key).stored()] == [step]


def test_two_processes_that_share_the_weights_learn_what_one_does_and_tell_a_tracker(
    training: Callable[..., TrainingConfig], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = train(training())
    monkeypatch.syspath_prepend(TRACKER)
    monkeypatch.setenv("PYTHONPATH", str(TRACKER))
    devices = {"threads": 1, "processes": 2, "most_per_device": 4, "parallel": "fsdp2"}
    two = train(training(name="two", devices=devices, trackers=["tensorboard"]))
    assert two.notes["steps"] == one.notes["steps"]  # a step has as many examples as before
    assert two.notes["loss"] == pytest.approx(one.notes["loss"], rel=1e-3)
    store = Store(f"{tmp_path}/root/two")
    lines = store.read(f"{two.at}/logs/tensorboard/scalars.jsonl").splitlines()
    told: dict[str, list[int]] = {}
    for line in map(orjson.loads, lines):
        told.setdefault(line["name"], []).append(line["step"])
    for name in ("loss", "learning_rate", "tokens_per_second"):
        assert told[f"train/{name}"] == list(range(1, 9))  # once each, by the first process
