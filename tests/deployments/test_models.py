"""Trained models from the command line: listed, promoted, rolled back, fetched."""

import datetime
import json
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments.cli import app
from gleanery.infra.storage import Store
from gleanery.tasks.model_records import BenchmarkResult, ModelResults
from gleanery.tasks.training.model_evaluations import keep_results
from gleanery.tasks.training.model_pointer import POINTER, latest_key

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "training"))

from stored_models import store_model

OLD, NEW = "ab" * 16, "ac" * 16

Command = Callable[..., str]


@pytest.fixture
def command(tmp_path: Path) -> Command:
    """Return a function that runs `gleanery models …` on a training with two models."""
    store = Store(f"{tmp_path}/root/my-model")
    old = store_model(store, tmp_path, OLD, "2026-01-01T00:00:00+00:00")
    store_model(store, tmp_path, NEW, "2026-01-02T00:00:00+00:00")
    result = BenchmarkResult(
        benchmark="gsm8k", place="gsm8k", shots=4, items=40, correct=30, accuracy=0.75,
        low=0.6, high=0.86, unparseable=0, truncated=0,
    )  # fmt: skip
    created = datetime.datetime(2026, 1, 3, tzinfo=datetime.UTC).isoformat()
    told = ModelResults(
        evaluation="exam", purpose="measured", as_chat=False, created=created, results=[result]
    )
    keep_results(store, old, told)

    def run(*arguments: str | Path) -> str:
        told = CliRunner().invoke(app, ["models", *map(str, arguments)], catch_exceptions=False)
        assert told.exit_code == 0, told.output
        return told.output

    return run


@pytest.fixture
def training(tmp_path: Path) -> Path:
    """Return the file of the training that the models are of."""
    file = tmp_path / "training.yaml"
    values = {"method": "training", "name": "my-model", "root": f"{tmp_path}/root"}
    file.write_text(yaml.safe_dump(values | {"model": {"path": "base"}}))
    return file


def test_models_are_listed_with_what_is_known_of_them(command: Command, training: Path) -> None:
    told = command("list", training)
    rows = [
        row for row in map(str.strip, told.splitlines()) if row.startswith((OLD[:12], NEW[:12]))
    ]
    assert [row.split()[0] for row in rows] == [NEW[:12], OLD[:12]]  # the newest first
    assert "v0001-0a1b2c3d" in rows[1]
    assert "2.5000" in rows[1]
    assert "gsm8k 75.0% of 40 (measured)" in rows[1]
    assert "none yet" in rows[0]
    assert "No model was promoted yet: the newest one counts as the latest." in told


def test_pointer_is_moved_by_hand_and_back(
    command: Command, training: Path, tmp_path: Path
) -> None:
    store = Store(f"{tmp_path}/root/my-model")
    with pytest.raises(ValueError, match="no model was promoted yet"):
        command("rollback", training)
    command("promote", OLD[:8], training, "--reason", "it talks better")
    told = command("promote", NEW[:8], training)
    assert f"{NEW} is the latest model of {store.root} now, in place of {OLD}" in told
    assert "is the latest model already" in command("promote", NEW, training)
    assert f"{NEW[:12]} (latest)" in command("list", "--root", tmp_path / "root")
    command("rollback", "--root", tmp_path / "root")
    assert latest_key(store) == OLD
    told = command("list", training)
    assert f"{OLD[:12]} after {NEW[:12]}, by hand: rolled back" in told
    assert f"{OLD[:12]} after the base, by hand: it talks better" in told
    with pytest.raises(ValueError, match="no model was the latest before this one"):
        command("rollback", training)


def test_pointer_that_a_promotion_cut_off_left_behind_is_told_and_mended(
    command: Command, training: Path, tmp_path: Path
) -> None:
    store = Store(f"{tmp_path}/root/my-model")
    command("promote", OLD, training)
    behind = store.read(POINTER)
    command("promote", NEW, training)
    store.write(POINTER, behind)  # as a kill just before it moves leaves it
    mending = f"`gleanery models promote {NEW[:12]}` mends it"
    assert mending in command("list", training)
    command("promote", NEW, training)
    assert json.loads(store.read(POINTER))["model"] == NEW
    assert mending not in command("list", training)


def test_model_is_fetched_with_its_card_by_key_or_as_the_latest(
    command: Command, training: Path, tmp_path: Path
) -> None:
    command("fetch", OLD, tmp_path / "one", training)
    assert "| gsm8k | 40 |" in (tmp_path / "one" / "model" / "README.md").read_text()
    for latest in (NEW, OLD):  # the newest, before any was promoted
        folder = tmp_path / f"fetched-{latest[:2]}"
        command("fetch", "latest", folder, training)
        weights = (folder / "model" / "model.safetensors").read_text()
        assert weights == f"weights of {latest}"
        command("promote", OLD, training)


@pytest.mark.parametrize(
    ("arguments", "what"),
    [
        (("promote", "ffff"), "there is no model ffff"),
        (("promote", "a"), "2 models .* are called a: give more characters"),
        (("rollback",), "no model was promoted yet"),
    ],
)
def test_what_names_no_single_model_is_refused(
    command: Command, training: Path, arguments: tuple[str, ...], what: str
) -> None:
    with pytest.raises(ValueError, match=what):
        command(*arguments, training)
