from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from gleanery.deployments import cli
from gleanery.infra.receipts import Receipt

RESPONDER = Path(__file__).with_name("model_answers.py")


def point_at(config_file: Path, url: str) -> None:
    config = yaml.safe_load(config_file.read_text())
    config["engine"]["base_urls"] = [url]
    config_file.write_text(yaml.safe_dump(config))


def test_documents_go_through_every_stage_and_leave_nothing(
    config_file: Path, policy: Receipt, llm_stub: Callable[..., Any], tmp_path: Path
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    point_at(config_file, stub.url)
    before = sorted(path for path in tmp_path.rglob("*"))
    result = CliRunner().invoke(cli.app, ["preview", str(config_file), "--documents", "3"])
    assert result.exit_code == 0, result.output
    text = " ".join(result.output.split())
    assert "3 documents among the first 3 pages" in text
    for number in range(3):
        assert f"https://course-{number}.example/sheet" in text
        assert f"⟦Q A car drives {60 + number} km in one hour" in text
    assert "course-3.example" not in text
    assert text.count("unchanged by stub-model") == 3
    assert "score 0." in text
    assert "extract 1 0 3 3" in text
    assert stub.counts()["asked"] == 6
    assert sorted(path for path in tmp_path.rglob("*")) == before


def test_losses_are_shown_with_their_document(
    config_file: Path, policy: Receipt, llm_stub: Callable[..., Any]
) -> None:
    stub = llm_stub("--responder", str(RESPONDER))
    stub.control(faults=[{"kind": "length", "match": "sheet 0."}])
    point_at(config_file, stub.url)
    result = CliRunner().invoke(cli.app, ["preview", str(config_file), "--documents", "2"])
    text = " ".join(result.output.split())
    assert "truncated" in text
    assert "⟦Q A car drives 61 km" in text


def test_preview_without_a_policy_says_how_to_get_one(
    config_file: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.argv", ["gleanery", "preview", str(config_file)])
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    error = capsys.readouterr().err
    assert "no recall policy" in error
    assert "gleanery run" in error
