"""A synthesis run from the command line: its report made once, its losses told."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from gleanery.deployments import running
from gleanery.flows import synthesis_report

PROSE = "There are so many things that one could say here, and all of them are worth a thought."


@pytest.fixture
def made(
    reported_synthesis: Callable[..., Any],
    prefect_api: str,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> Any:
    """Return a synthesis from two disciplines; its configuration is at `config.yaml`."""
    tree = tmp_path / "taxonomy.yaml"
    tree.write_text("- Crafts:\n    - Weaving\n    - Carpentry\n")
    made = reported_synthesis(
        "taxonomy",
        taxonomy=str(tree),
        subjects={"queries": 1, "tries": 1},
        plans={"plans_per_subject": 1},
    )
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(made.config))
    monkeypatch.setenv("PREFECT_API_URL", prefect_api)
    monkeypatch.setenv("GLEANERY_SERVER_HOME", str(tmp_path / "home"))
    return made


def run(path: Path) -> None:
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        running.run([path])


def test_the_report_is_made_once_and_written_for_the_command_line(
    made: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    calls: list[str] = []
    for name in ("compare_diversity", "draw_heat_map", "taxonomy_coverage"):
        original = getattr(synthesis_report, name)

        def counted(*args: Any, of: Any = original, called: str = name, **kwargs: Any) -> Any:
            calls.append(called)
            return of(*args, **kwargs)

        monkeypatch.setattr(synthesis_report, name, counted)
    run(tmp_path / "config.yaml")
    # Instructions and responses are compared; the grids of this run share one picture.
    assert sorted(calls) == ["compare_diversity"] * 2 + ["draw_heat_map", "taxonomy_coverage"]
    report = tmp_path / "home" / "reports" / "taxonomy" / "report.md"
    assert "# Ten examples" in report.read_text("utf-8")
    assert report.with_name("coverage-1.png").exists()
    shown = capsys.readouterr().out
    assert f"what it covers: {report}" in shown
    assert "parts/examples holds the result" in shown
    assert "Nothing came" not in shown


def test_a_model_that_answers_in_prose_is_warned_of(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.stub.control(faults=[{"kind": "say", "match": "You design", "text": PROSE}])
    run(tmp_path / "config.yaml")
    shown = capsys.readouterr().out
    assert "Nothing came of this run: subjects lost all of its 2 rows, 2 losses being no_list" in (
        shown
    )
    assert f"`gleanery retry {tmp_path / 'config.yaml'} --only no_list --ask-again`" in shown
    assert "holds the result" not in shown


def test_a_discipline_that_gave_nothing_while_another_did_is_named(
    made: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made.stub.control(faults=[{"kind": "say", "match": "Weaving", "text": PROSE}])
    run(tmp_path / "config.yaml")
    shown = capsys.readouterr().out
    assert "subjects: 1 of 2 parts gave nothing: crafts--weaving (no_list)" in shown
    assert "Nothing came of this run" not in shown
