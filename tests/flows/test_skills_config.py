"""What a configuration of a synthesis from skills refuses, before anything is written."""

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from gleanery.deployments.cli import app
from gleanery.flows.skills_config import SkillsConfig

VERIFIER = {"model": "judge"}


def test_verification_without_a_verifier_is_refused_by_both_keys() -> None:
    with pytest.raises(ValidationError, match=r"generation\.verify is set and verifier is not"):
        SkillsConfig.model_validate({"generation": {"verify": True}})


@pytest.mark.parametrize("command", ["estimate", "run"])
def test_no_command_writes_anything_where_the_verifier_is_missing(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path / "data"))
    skills = tmp_path / "set.yaml"
    skills.write_text("skills: [weighing trade-offs, showing empathy, checking for errors]\n")
    path = tmp_path / "skills.yaml"
    config = {"method": "skills", "skills": str(skills), "generation": {"verify": True}}
    path.write_text(yaml.safe_dump(config))
    result = CliRunner().invoke(app, [command, str(path)])
    said = " ".join(f"{result.output} {result.exception}".split())
    assert result.exit_code != 0
    assert "generation.verify is set and verifier is not" in said
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("values", "models"),
    [
        ({}, ["writer"]),
        ({"verifier": VERIFIER}, ["writer"]),
        ({"verifier": VERIFIER, "generation": {"verify": True}}, ["writer", "judge"]),
    ],
)
def test_the_verifier_is_an_engine_of_generation_only_where_it_verifies(
    values: dict[str, Any], models: list[str]
) -> None:
    config = SkillsConfig.model_validate({"engine": {"model": "writer"}, **values})
    assert [engine.model for engine in config.generating_engines] == models
