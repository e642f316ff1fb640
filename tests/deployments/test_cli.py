import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gleanery.deployments import cli, running
from gleanery.deployments.reasons import UnknownReason, check_reason
from gleanery.infra.losses import Loss
from gleanery.tasks.recall.batches import read_batches
from gleanery.tasks.records import QAPair


def error_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *arguments: str
) -> str:
    monkeypatch.setattr("sys.argv", ["gleanery", *arguments])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert "Traceback" not in error
    return error


@pytest.mark.parametrize("command", ["run", "estimate", "preview", "audit"])
def test_missing_file_is_named(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    error = error_of(capsys, monkeypatch, command, "nowhere.yaml")
    assert "cannot read nowhere.yaml: No such file or directory" in error


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("recall:\n  part_size: 3\n", ["recall: ", "no key part_size", "part_bytes"]),
        ("treshold: 3\n", ["top level: ", "no key treshold", "calibration, decontamination"]),
        (
            "calibration: {classifier: {dimension: 9}}",
            ["calibration.classifier: ", "no key dimension", "dim"],
        ),
        ("refiners: [{model: a}, {modle: b}]", ["refiners.1: ", "no key modle", "model"]),
        ("recall: {min_characters: -1}", ["recall.min_characters: ", "greater than or equal to 0"]),
        ("engine: {kind: magic}", ["engine.kind: ", "'server', 'vllm' or 'recorded'"]),
        ("recall: [1, 2]", ["recall: expected keys with their values, found a list"]),
        ("recall:", ["recall: expected keys with their values, found nothing"]),
        (
            "method: dataset\nsources: [{name: web}]\nrecipe: {filters: [{score: a, least: 4}]}",
            ["recipe.filters.0: 4 is no bound for a"],
        ),
        (
            "method: dataset\nsources: [{name: w}]\nrecipe: {sources: [{method: skills, "
            "weight: .nan}]}",
            ["recipe.sources.0.weight: ", "finite number"],
        ),
        ("name: [unclosed", ["is not YAML", "line 1"]),
        ("- a list", ["holds no keys"]),
        ("method: trainning", ["has the method trainning", "this takes harvest, taxonomy, "]),
        ("name: ../up", ["name: ", "pattern"]),
    ],
)
def test_wrong_configuration_says_where_and_what_is_known(
    content: str,
    expected: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "harvest.yaml"
    path.write_text(content)
    error = error_of(capsys, monkeypatch, "estimate", str(path))
    assert str(path) in error
    for text in expected:
        assert text in error


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("method: trainning", "the method trainning; known methods are harvest, "),
        ("method: training", "model: set either model.path"),
        ("method: evaluation", "models: name at least one model"),
        ("method: sweep", "variant only: model: set either model.path"),
        ("method: improvement", "training: Field required"),
    ],
)
def test_file_of_any_method_is_checked_before_anything_runs(
    content: str,
    expected: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "prefect_server", None)  # which would be called
    path = tmp_path / "any.yaml"
    path.write_text(content)
    assert expected in error_of(capsys, monkeypatch, "run", str(path))


def test_only_pipelines_are_gone_over_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "prefect_server", None)  # which would be called
    path = tmp_path / "training.yaml"
    path.write_text("{method: training, model: {path: org/base}}")
    error = error_of(capsys, monkeypatch, "run", str(path), "--backfill")
    assert f"--backfill is of pipelines, and {path} is none" in error


def test_source_without_files_says_where_it_looked(
    config_file: Path,
    corpus: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for path in corpus.iterdir():
        path.unlink()
    assert str(corpus) in error_of(capsys, monkeypatch, "estimate", str(config_file))


def test_unknown_pair_is_one_line(
    pipeline: Callable[..., Any],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pipeline()
    error = error_of(capsys, monkeypatch, "show", "nowhere", "--root", str(tmp_path))
    assert "no pair and no example has the id nowhere" in error


def test_retry_of_an_unknown_reason_lists_the_reasons_there_are(
    pipeline: Callable[..., Any],
    config_file: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    made = pipeline("harvest", documents=2)
    part = read_batches(made.store)[0].parts[0].name
    losses = [Loss(row_id=str(n), reason="invented", detail="") for n in range(3)]
    down = Loss(row_id="9", reason="endpoint_down", detail="")
    made.commit("extract", part, [made.pair()], QAPair, rejected=losses, failed=[down])
    error = error_of(capsys, monkeypatch, "retry", str(config_file), "--only", "inventd")
    assert "no row was rejected as inventd" in error
    assert "extract: 3 invented" in error
    assert "recall: 4 below_threshold" in error
    check_reason(config_file, "invented")
    with pytest.raises(UnknownReason, match=r"still open.*gleanery run"):
        check_reason(config_file, "endpoint_down")


def test_retry_before_any_run_says_that_nothing_can_be_retried(config_file: Path) -> None:
    with pytest.raises(UnknownReason, match="nothing there can be retried"):
        check_reason(config_file, "invented")


def test_ctrl_c_says_how_to_go_on(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "run", interrupted)
    monkeypatch.setattr("sys.argv", ["gleanery", "run", "any.yaml"])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 130
    assert "interrupted; run it again to go on" in capsys.readouterr().err


def test_prefect_server_that_is_not_there_is_said_and_a_bug_keeps_its_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def unreachable(*_: object, **__: object) -> None:
        raise RuntimeError("Failed to reach API at http://127.0.0.1:9/api/")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(running, "run", unreachable)
    error = error_of(capsys, monkeypatch, "run", "any.yaml")
    assert "at http://127.0.0.1:9/api/: start that Prefect server, or unset" in error
    monkeypatch.setattr(running, "run", broken)
    with pytest.raises(RuntimeError, match="a bug"):
        cli.main()


def test_command_line_starts_without_loading_prefect() -> None:
    # The embedded server sets Prefect's environment, which Prefect reads when it is imported.
    script = "import sys, gleanery.deployments.cli; print('prefect' in sys.modules)"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "False"
