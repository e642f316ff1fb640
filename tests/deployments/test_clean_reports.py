"""Cleaning an evaluation's reports: the newest stays, and on demand the others go."""

import time
from pathlib import Path
from typing import Any

import orjson
import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments.clean_reports import (
    EARLIER_REPORTS,
    UNFINISHED_REPORTS,
    leftovers_of_reports,
)
from gleanery.deployments.cli import app
from gleanery.infra.storage import Store
from gleanery.tasks.evaluation.report_store import POINTER, StoredReport

DAY_S = 86400


@pytest.fixture
def evaluated(tmp_path: Path) -> Store:
    """Return a store with the newest report, an earlier one and one that was cut off."""
    store = Store(f"{tmp_path}/evaluation")
    for folder in ("newest", "earlier", "torn"):
        for name in ("items.parquet", "figures.json", "index.html"):
            if (folder, name) != ("torn", "index.html"):
                store.write(f"reports/{folder}/{name}", b"x")
    newest = StoredReport(folder="reports/newest", created="2026-01-01")
    store.write(POINTER, orjson.dumps(newest.model_dump()))
    return store


def test_only_reports_without_a_page_are_left_over(evaluated: Store) -> None:
    assert leftovers_of_reports(evaluated, time.time() - DAY_S) == []  # one may be being written
    found = leftovers_of_reports(evaluated, time.time() + 1)
    assert {left.kind for left in found} == {UNFINISHED_REPORTS}
    assert [left.path for left in found] == [
        "reports/torn/figures.json", "reports/torn/items.parquet"
    ]  # fmt: skip


def test_earlier_reports_go_on_demand_their_page_first(evaluated: Store) -> None:
    found = leftovers_of_reports(evaluated, time.time() + 1, earlier=True)
    earlier = [left.path for left in found if left.kind == EARLIER_REPORTS]
    assert earlier[0] == "reports/earlier/index.html"
    assert len(earlier) == 3
    assert not any("newest" in left.path or left.path == POINTER for left in found)


@pytest.mark.parametrize(("method", "told"), [("evaluation", True), ("sweep", False)])
def test_earlier_reports_are_those_of_an_evaluations_file(
    method: str, told: bool, evaluated: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gleanery.deployments.clean.seconds_of", lambda _: -1)
    monkeypatch.setattr("gleanery.deployments.clean._keys", lambda _: {"key"})
    values: dict[str, Any] = {"method": method, "name": "evaluation", "root": str(tmp_path)}
    of_method: dict[str, dict[str, Any]] = {
        "evaluation": {"models": [{"label": "base"}]},
        "sweep": {"training": {"model": {"path": "base"}}},
    }
    file = tmp_path / "file.yaml"
    file.write_text(yaml.safe_dump(values | of_method[method]))
    said = CliRunner().invoke(app, ["clean", str(file), "--old-generations"]).output
    assert UNFINISHED_REPORTS in said
    assert (EARLIER_REPORTS in said) is told
