"""A taxonomy and a skill set, proposed by a model through the command line, and then used."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

REPOSITORY = Path(__file__).parents[2]
ANSWERS = REPOSITORY / "tests" / "servers" / "proposal_answers.py"


@pytest.fixture
def stub(llm_stub: Callable[..., Any]) -> Any:
    return llm_stub("--responder", str(ANSWERS), "--latency", "0")


@pytest.fixture
def gleanery(tmp_path: Path, stub: Any) -> Callable[..., tuple[int, str]]:
    """Return a function that writes a configuration and runs a command on it."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("PREFECT", "GLEANERY"))}
    environment |= {
        "GLEANERY_ROOT": str(tmp_path / "data"),
        "GLEANERY_SERVER_HOME": str(tmp_path / "server"),
    }

    def run(command: str, values: dict[str, object], out: Path) -> tuple[int, str]:
        engine = {"model": "stub-model", "base_urls": [stub.url]}
        config = tmp_path / "config.yaml"
        config.write_text(yaml.safe_dump({"engine": engine, **values}))
        done = subprocess.run(
            [*(sys.executable, "-m", "gleanery.deployments.cli", command), "propose", config, out],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            timeout=200,
            check=False,
        )
        return done.returncode, done.stdout + done.stderr

    return run


def test_proposed_taxonomy_waits_for_people_and_is_never_overwritten(
    gleanery: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    out = tmp_path / "tree.yaml"
    values = {"method": "taxonomy", "proposal": {"queries": 2}}
    code, printed = gleanery("taxonomy", values, out)
    assert code == 0, printed
    tree = load_taxonomy(str(out))
    assert len(tree.disciplines(include_proposed=True)) == 27
    with pytest.raises(ValueError, match="proposed"):
        tree.disciplines()
    out.write_text("- Reviewed: [Botany]\n")
    code, printed = gleanery("taxonomy", values, out)
    assert code == 1
    assert "is there already" in printed
    assert out.read_text() == "- Reviewed: [Botany]\n"


def test_proposed_and_extracted_skills_are_merged_and_topics_left_out(
    gleanery: Callable[..., tuple[int, str]], tmp_path: Path
) -> None:
    rows = [{"instruction": f"How far is {n} miles in kilometres?"} for n in range(3)]
    (tmp_path / "rows.jsonl").write_text("\n".join(map(json.dumps, rows)))
    out = tmp_path / "skills.yaml"
    values = {
        "method": "skills",
        "proposal": {"queries": 2},
        "instructions": {"paths": [str(tmp_path / "rows.jsonl")]},
    }
    code, printed = gleanery("skills", values, out)
    assert code == 0, printed
    found = load_skills(str(out))
    entries = {entry.skill.name: entry for entry in found.entries}
    assert entries["botany"].status == "removed"
    assert entries["converting units"].skill.origin == "extracted"
    assert entries["converting units"].count == 3
    [risk] = [skill for skill in found.skills if "risk" in skill.name]
    assert len(risk.aliases) == 1
    assert sorted(kind.name for kind in found.query_types) == [
        "asking for a plan",
        "choosing between options",
        "finding a cause",
    ]


def test_model_that_lists_nothing_is_an_error_and_leaves_no_file(
    gleanery: Callable[..., tuple[int, str]], tmp_path: Path, stub: Any
) -> None:
    stub.control(faults=[{"kind": "say", "text": "What a wide field! Where should one begin?"}])
    out = tmp_path / "tree.yaml"
    code, printed = gleanery("taxonomy", {"method": "taxonomy", "proposal": {"queries": 2}}, out)
    assert code == 1
    assert "no_list" in printed
    assert "nothing that can be used" in printed
    assert not out.exists()
