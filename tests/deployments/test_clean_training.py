"""Cleaning a training's store: unfinished attempts, and checkpoints of what it was before."""

import os
import sys
import time
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments.clean_training import SUPERSEDED, UNFINISHED, leftovers_of_training
from gleanery.deployments.cli import app
from gleanery.infra.folders import RECEIPT, store_folder
from gleanery.infra.leftovers import remove
from gleanery.infra.storage import Store
from gleanery.tasks.training.checkpoints import Checkpoints

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "release"))

from released_candidates import publish_rows

NOW, CHANGED = "a" * 32, "b" * 32
DAY_S = 86400


def left_behind(store: Store, tmp_path: Path) -> list[str]:
    """Store whole and torn folders; return the torn ones' paths."""
    made = tmp_path / "made"
    made.mkdir()
    (made / "weights").write_text("weights")
    notes = {"step": 3, "best_loss": None, "seen": 48}
    for key in (NOW, CHANGED):
        store_folder(store, f"checkpoints/{key}/step-00000003", made, notes)
    store_folder(store, f"models/{NOW}", made)
    store_folder(store, f"snapshots/{NOW}/examples-000000000010", made)
    store.write("models/latest.json", b"{}")
    torn = [
        f"checkpoints/{NOW}/step-00000006/{'c' * 32}/weights",
        f"models/{NOW}/{'d' * 32}/model/weights",
        f"snapshots/{NOW}/examples-000000000020/{'e' * 32}/model/weights",
    ]
    for path in torn:
        store.write(path, b"half")
    return torn


def test_only_files_of_no_whole_folder_are_left_over(tmp_path: Path) -> None:
    store = Store(f"{tmp_path}/store")
    torn = left_behind(store, tmp_path)
    assert leftovers_of_training(store, time.time() - DAY_S) == []  # someone may be writing them
    found = leftovers_of_training(store, time.time() + 1)
    assert {left.kind for left in found} == {UNFINISHED}
    assert sorted(left.path for left in found) == sorted(torn)
    os.utime(Path(store.root, torn[0]), (0, 0))
    assert [left.path for left in leftovers_of_training(store, DAY_S)] == torn[:1]


def test_checkpoints_of_a_changed_training_go_on_demand_receipt_first(tmp_path: Path) -> None:
    store = Store(f"{tmp_path}/store")
    left_behind(store, tmp_path)
    found = leftovers_of_training(store, time.time() + 1, current=[NOW])
    superseded = [left.path for left in found if left.kind == SUPERSEDED]
    assert superseded[0] == f"checkpoints/{CHANGED}/step-00000003/{RECEIPT}"
    assert all(path.startswith(f"checkpoints/{CHANGED}/") for path in superseded)
    remove(store, found)
    assert [one.step for one in Checkpoints(store, NOW).stored()] == [3]
    assert Checkpoints(store, CHANGED).stored() == []
    assert leftovers_of_training(store, time.time() + 1, current=[NOW]) == []


def test_a_sweeps_file_cleans_the_store_of_its_trainings_but_keeps_what_they_go_on_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gleanery.flows.sweep_config import SweepConfig
    from gleanery.flows.train_model import plan_training
    from gleanery.infra.settings import read_settings

    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path))
    publish_rows(Store(f"{tmp_path}/lessons"), 20)
    training = {"release": {"dataset": "lessons"}, "model": {"fresh": {}}}
    values = {"method": "sweep", "training": training, "grid": {"recipe.seed": [0, 1]}}
    file = tmp_path / "sweep.yaml"
    file.write_text(yaml.safe_dump(values))
    store = Store(f"{tmp_path}/sweeps")
    torn = left_behind(store, tmp_path)
    trials = SweepConfig.model_validate(values).trials()
    keys = {plan_training(trial.training, read_settings()).key for trial in trials}
    for key in keys:
        notes = {"step": 3, "best_loss": None, "seen": 48}
        store_folder(store, f"checkpoints/{key}/step-00000003", tmp_path / "made", notes)
    for path in Path(store.root).rglob("*"):
        os.utime(path, (0, 0))

    def clean(*options: str) -> str:
        told = CliRunner().invoke(app, ["clean", str(file), *options], catch_exceptions=False)
        return " ".join(told.output.split())

    assert "Nothing was removed. To remove all of it, add --yes." in clean()
    assert all(store.exists(path) for path in torn)
    assert f"Removed {len(torn)} objects" in clean("--yes")
    assert not any(store.exists(path) for path in torn)
    assert SUPERSEDED in clean("--yes", "--old-generations")
    left = {info.path.split("/")[1] for info in store.list("checkpoints")}
    assert left == keys
    assert len(keys) == 2
    assert store.list("models")
