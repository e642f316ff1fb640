"""Tiny sweeps: variants are trained once, measured alike, and one that fails loses no other."""

import sys
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gleanery.flows.sweep_config import NothingTrained, SweepConfig, SweepIncomplete
from gleanery.flows.sweep_results import LOSS, Point
from gleanery.infra.storage import Store
from gleanery.infra.supervised import SupervisedProcess
from gleanery.tasks.training.trained_models import trained_models

sys.path.insert(0, str(Path(__file__).parents[1] / "tasks" / "release"))

from released_candidates import publish_rows

ROWS = 120
FRESH = {"layers": 1, "width": 32, "heads": 1, "vocabulary": 320, "context": 512}


@pytest.fixture(scope="module")
def values(tmp_path_factory: pytest.TempPathFactory, prefect_api: str) -> dict[str, Any]:
    """Return a sweep over few rows, many rows with a model part of the way, and no rows at all."""
    folder = tmp_path_factory.mktemp("sweep")
    publish_rows(Store(f"{folder}/root/lessons"), ROWS)
    return {
        "name": "ablation",
        "root": f"{folder}/root",
        "training": {
            "release": {"dataset": "lessons"},
            "model": {"fresh": FRESH},
            "recipe": {"learning_rate": 0.01, "epochs": 1, "global_batch": 8, "max_length": 512},
            "devices": {"threads": 1},
            "work": f"{folder}/work",
        },
        "variants": [
            {"name": "few", "changes": {"rows.examples": 16}},
            {"name": "many", "changes": {"rows.examples": 100, "snapshots": [48]}},
            {"name": "lost", "changes": {"release.dataset": "nowhere"}},
        ],
    }


def run(values: dict[str, Any]) -> list[Point]:
    from gleanery.flows.run_sweep import run_sweep

    return run_sweep(SweepConfig.model_validate(values))


@pytest.fixture(scope="module")
def swept(values: dict[str, Any]) -> Store:
    """Return where the report of the sweep is."""
    with pytest.raises(SweepIncomplete, match=r"lost: UnknownRelease: there is no release at .*"):
        run(values)
    return Store(f"{values['root']}/{values['name']}")


def test_more_examples_are_foretold_better_and_the_report_says_what_is_missing(
    swept: Store,
) -> None:
    from gleanery.flows.sweep_report import read_points

    few, halfway, many = read_points(swept)
    assert [point.variant for point in (few, halfway, many)] == ["few", "many", "many"]
    assert [point.rows for point in (few, halfway, many)] == [16, 100, 100]
    assert [point.seen for point in (few, halfway, many)] == [16, 48, 100]
    assert few.bits.value > halfway.bits.value > many.bits.value
    assert few.bits.low < few.bits.value < few.bits.high
    assert not few.against
    against = many.against[LOSS]
    assert against.difference == pytest.approx(many.bits.value - few.bits.value)
    assert against.p_value < 0.01
    report = swept.read("report.md").decode()
    assert "**lost**: UnknownRelease" in report
    assert "over the answers of 12 rows" in report
    assert "| many | 100 | 48 | 1 |" in report
    with Image.open(f"{swept.root}/curve.png") as picture:
        assert min(picture.size) > 300


def test_without_any_model_nothing_is_reported(values: dict[str, Any]) -> None:
    lost = {**values, "variants": values["variants"][2:], "name": "lost"}
    with pytest.raises(NothingTrained, match="lost: UnknownRelease"):
        run(lost)
    assert Store(f"{values['root']}/lost").list("") == []


def test_another_sweep_makes_nothing_again_that_stands(
    values: dict[str, Any], swept: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gleanery.flows.sweep_report import read_points

    def no_process(*_: Any, **__: Any) -> None:
        raise AssertionError("nothing is left to train or to measure")

    monkeypatch.setattr(SupervisedProcess, "start", no_process)
    models = Store(f"{values['root']}/sweeps")
    before = trained_models(models)
    mended = {**values, "variants": values["variants"][:2], "name": "mended"}
    assert run(mended) == read_points(swept)
    assert trained_models(models) == before
    assert "lost" not in Store(f"{values['root']}/mended").read("report.md").decode()
