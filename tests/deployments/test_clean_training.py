"""Cleaning a training's store: unfinished attempts, and checkpoints of what it was before."""

import os
import time
from pathlib import Path

from gleanery.deployments.clean_training import SUPERSEDED, UNFINISHED, leftovers_of_training
from gleanery.infra.folders import RECEIPT, store_folder
from gleanery.infra.leftovers import remove
from gleanery.infra.storage import Store
from gleanery.tasks.training.checkpoints import Checkpoints

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
    found = leftovers_of_training(store, time.time() + 1, current=NOW)
    superseded = [left.path for left in found if left.kind == SUPERSEDED]
    assert superseded[0] == f"checkpoints/{CHANGED}/step-00000003/{RECEIPT}"
    assert all(path.startswith(f"checkpoints/{CHANGED}/") for path in superseded)
    remove(store, found)
    assert [one.step for one in Checkpoints(store, NOW).stored()] == [3]
    assert Checkpoints(store, CHANGED).stored() == []
    assert leftovers_of_training(store, time.time() + 1, current=NOW) == []
