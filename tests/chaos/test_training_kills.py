"""`kill -9` of a training and everything it started, each run on a fresh machine, until it is done.

The weights of the model at the end are those of an undisturbed training, bit for bit.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from gleanery.infra.folders import FolderReceipt, stored_folders
from gleanery.infra.storage import Store
from gleanery.tasks.training.trained_models import trained_models

TESTS = Path(__file__).parents[1]
sys.path.insert(0, str(TESTS / "tasks" / "release"))

from released_candidates import publish_rows  # noqa: E402

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

KILLS: list[dict[str, Any]] = [
    {"on": "logged", "when": "after", "match": '"step": 2,'},  # before there is any checkpoint
    {"on": "write", "when": "before", "match": "checkpoints/.*optimizer"},  # mid-upload
    {"on": "create", "when": "before", "match": "checkpoints/.*receipt"},  # stored, does not count
    {"on": "write", "when": "before", "match": "snapshots/.*-0*100/"},  # behind a checkpoint
    {"on": "create", "when": "after", "match": "checkpoints/.*receipt"},
    {"on": "delete", "when": "before", "match": "checkpoints/.*receipt"},  # of the one before
    {"on": "create", "when": "after", "match": "checkpoints/.*receipt", "nth": 2},
    {"on": "write", "when": "after", "match": "models/.*model.safetensors"},
    {"on": "create", "when": "before", "match": "models/.*receipt"},
    {"on": "create", "when": "after", "match": "models/.*receipt"},
]
# A fresh base, tokenizer and all, is built again by every run; any other is loaded.
FRESH = {"lora": {"fresh": {"layers": 1, "width": 32, "vocabulary": 512}}}
TUNINGS: dict[str, dict[str, Any]] = {
    "full": {"method": "full"},
    "lora": {"method": "lora", "lora": {"rank": 4, "dropout": 0.1}},
}
SNAPSHOTS = (100, 6 * 54)  # the second when all six epochs are over


@pytest.fixture(scope="module")
def tiny_base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("base")
    subprocess.run(
        [sys.executable, TESTS / "tasks" / "training" / "tiny_base.py", folder], check=True
    )
    return folder


Run = Callable[[str, Sequence[dict[str, Any]]], dict[str, Any] | None]


@pytest.fixture
def run(tmp_path: Path, tiny_base: Path) -> Callable[..., Run]:
    """Return a function that gives the runs of one training over one root."""

    def make(tuning: str, keep: str) -> Run:
        publish_rows(Store(f"{tmp_path}/root/lessons"), 60)
        count = 0

        def once(name: str, kills: Sequence[dict[str, Any]]) -> dict[str, Any] | None:
            nonlocal count
            count += 1
            machine = tmp_path / f"machine-{count}"
            machine.mkdir()
            plan = {
                "config": {
                    "name": name,
                    "root": f"{tmp_path}/root",
                    "release": {"dataset": "lessons"},
                    "model": FRESH.get(tuning, {"path": str(tiny_base)}),
                    "tuning": TUNINGS[tuning],
                    "recipe": {
                        "learning_rate": 0.01,
                        "epochs": 6,
                        "global_batch": 16,
                        "max_length": 128,
                        "neftune_alpha": 5,
                        "keep": keep,
                    },
                    "devices": {"threads": 1, "most_per_device": 4},
                    "checkpoint_minutes": 0,
                    "snapshots": SNAPSHOTS if name == "killed" else (),
                    "work": str(machine / "work"),
                },
                "kills": list(kills),
                "note": str(machine / "note"),
                "outcome": str(machine / "outcome"),
            }
            (machine / "plan.json").write_text(json.dumps(plan))
            with (machine / "log").open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, TESTS / "chaos" / "train_driver.py", machine / "plan.json"],
                    stdout=log,
                    stderr=log,
                    env=os.environ,
                    start_new_session=True,
                )
                process.wait(300)
            if kills:
                assert (machine / "note").exists(), (machine / "log").read_text()[-3000:]
                return None
            assert (machine / "outcome").exists(), (machine / "log").read_text()[-3000:]
            told: dict[str, Any] = json.loads((machine / "outcome").read_text())
            return told

        return once

    return make


def weights(told: dict[str, Any] | None) -> dict[str, str]:
    """Return the digests of what was learnt, and of the tokens that it was learnt in."""
    assert told is not None
    learnt = (".safetensors", "tokenizer.json", "adapter_config.json")
    return {path: sha for path, sha in told["files"].items() if path.endswith(learnt)}


def weights_in(receipt: FolderReceipt) -> dict[str, str]:
    return {file.path: file.sha256 for file in receipt.files if file.path.endswith(".safetensors")}


@pytest.mark.parametrize(
    ("tuning", "keep", "kills"), [("full", "last", KILLS), ("lora", "best", KILLS[-4:])]
)
def test_weights_after_kills_are_those_of_an_undisturbed_training(
    run: Callable[..., Run], tmp_path: Path, tuning: str, keep: str, kills: list[dict[str, Any]]
) -> None:
    once = run(tuning, keep)
    undisturbed = weights(once("quiet", []))
    for kill in kills:
        once("killed", [kill])
    resumed = once("killed", [])
    assert resumed
    assert weights(resumed) == undisturbed
    assert resumed["stood"]  # the last kill came when the model was there
    store = Store(f"{tmp_path}/root/killed")
    [model] = trained_models(store)
    halfway, whole = stored_folders(store, f"snapshots/{model.name.rpartition('/')[2]}")
    assert (halfway.notes["seen"], whole.notes["seen"]) == (102, 324)
    assert (weights_in(whole) == weights_in(model)) == (keep == "last")
    assert weights_in(halfway).keys() == weights_in(whole).keys()
    assert weights_in(halfway) != weights_in(whole)
    left = store.list("checkpoints")
    assert not left or once("killed", [])  # nothing that another run would have to go on from
