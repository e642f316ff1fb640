"""Preview, estimate and lineage of both syntheses, with a stub model server."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from gleanery.deployments.estimate import estimate
from gleanery.deployments.example_lineage import find_example
from gleanery.deployments.methods import read_config
from gleanery.deployments.preview import preview
from gleanery.deployments.show import show
from gleanery.flows.skills_config import SkillsConfig
from gleanery.infra.budget import BudgetConfig, open_budget
from gleanery.infra.llm.room import engine_room
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input
from gleanery.infra.storage import Store
from gleanery.tasks.distinct_part import keep_distinct
from gleanery.tasks.llm_part import LLMRun, run_llm_part
from gleanery.tasks.records import Example
from gleanery.tasks.skills.epochs import seal_epochs
from gleanery.tasks.skills.generation_part import generation_part
from gleanery.tasks.skills.plans import epoch_plans
from gleanery.tasks.skills.skill_set import load_skills
from gleanery.tasks.skills.stages import SKILL_EXAMPLES

ANSWERS = Path(__file__).parents[1] / "servers" / "synthesis_answers.py"
SKILLS = {
    "skills": ["weighing trade-offs", "estimating quantities", "showing empathy"],
    "query_types": [
        {"name": "advice", "definition": "Asks what to do.", "example": "What should I do?"}
    ],
}
VERIFIED = {"generation": {"verify": True}, "verifier": {"model": "stub-model"}}
TAXONOMY = [{"Crafts": ["Carpentry", "Weaving"]}]


@pytest.fixture
def stub(llm_stub: Callable[..., Any]) -> Any:
    return llm_stub("--responder", str(ANSWERS), "--latency", "0")


@pytest.fixture
def write(tmp_path: Path, stub: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    monkeypatch.setenv("GLEANERY_ROOT", str(tmp_path / "data"))
    monkeypatch.setenv("COLUMNS", "160")

    def write(method: str, content: object, **values: object) -> Path:
        (tmp_path / f"{method}-input.yaml").write_text(yaml.safe_dump(content))
        config = {
            "method": method,
            method: str(tmp_path / f"{method}-input.yaml"),
            "engine": {
                "model": "stub-model",
                "base_urls": [stub.url],
                "price_per_million_prompt_tokens": 10,
                "price_per_million_completion_tokens": 20,
            },
            **values,
        }
        path = tmp_path / f"{method}.yaml"
        path.write_text(yaml.safe_dump(config))
        return path

    return write


def test_preview_shows_one_discipline_from_tree_to_answer_and_keeps_nothing(
    write: Callable[..., Path], stub: Any, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    preview(write("taxonomy", TAXONOMY, nodes=["crafts--weaving"]), 2)
    shown = capsys.readouterr().out
    for expected in ("Crafts > Weaving", "Foundations of Weaving", "sessions", "User", "Assistant"):
        assert expected in shown
    assert "Carpentry" not in shown
    # Two lists, which say the same and so share their records; a syllabus in two steps; and two
    # questions with their answers.
    assert stub.counts()["asked"] == (2 + 1) + 2 + 2 + 2
    assert not (tmp_path / "data").exists()


def test_preview_shows_a_few_plans_of_skills(
    write: Callable[..., Path], stub: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    preview(write("skills", SKILLS), 2)
    shown = capsys.readouterr().out
    assert "2 plans over 3 skills" in shown
    assert shown.count("Assistant") == 2
    assert stub.counts()["asked"] == 2 * 3


def test_estimate_tells_the_size_of_a_taxonomy_before_any_call(
    write: Callable[..., Path], stub: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    estimate(write("taxonomy", TAXONOMY, subjects={"queries": 3}), 10)
    shown = capsys.readouterr().out
    assert "Disciplines: 2, 0 of them with subjects already" in shown
    assert "Subjects: 200 to 400" in shown
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert rows["subjects"][1:4] == ["2", "300", "12"]
    assert rows["questions"][1:4] == ["3,000", "3,000", "3,000"]
    assert "assumed" in shown
    assert stub.counts()["asked"] == 0


def test_estimate_of_skills_counts_the_plans_that_are_left(
    write: Callable[..., Path], stub: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    estimate(write("skills", SKILLS, plans={"count": 3}, **VERIFIED), 10)
    shown = capsys.readouterr().out
    assert "Plans: 3 in 1 epochs, 0 of them sealed" in shown
    rows = {line.split()[0]: line.split() for line in shown.splitlines() if line.strip()}
    assert rows["skill-examples"][1:4] == ["3", "3", "12"]
    assert stub.counts()["asked"] == 0


@pytest.fixture
def made(write: Callable[..., Path], tmp_path: Path) -> tuple[Store, Example]:
    """Return a pipeline of skills with one part of examples, and one of these."""
    path = write("skills", SKILLS, plans={"count": 2}, **VERIFIED)
    config = read_config(path)
    assert isinstance(config, SkillsConfig)
    store = Store(str(tmp_path / "data" / "skills"))
    skills = load_skills(config.skills)
    plans = epoch_plans(seal_epochs(store, skills.skills, skills.query_types, config.plans), 1, 0)
    made_from = (Input(stage="epochs", part="1", row_digest="d"),)
    parts = Parts(store)
    with engine_room() as room:
        run = LLMRun(parts, room, open_budget(BudgetConfig(), store))
        part = generation_part(
            "e0001-00000",
            made_from,
            lambda: (plans, skills.skills, skills.query_types),
            config.generation,
            [config.engine, config.engine],
        )
        run_llm_part(run, part)
    distinct = keep_distinct(parts, SKILL_EXAMPLES, ["e0001-00000"], 0)
    assert distinct
    return store, parts.rows(distinct[0], Example)[0]


def test_example_is_shown_with_its_plan_its_scores_and_every_answer_behind_it(
    made: tuple[Store, Example], capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    store, example = made
    show(example.id, str(tmp_path / "data"))
    shown = " ".join(capsys.readouterr().out.split())
    lineage = find_example([store], example.id)
    assert lineage is not None
    assert [receipt.stage for receipt in lineage.receipts] == ["examples", SKILL_EXAMPLES]
    assert {call.request_key for call in example.calls} == set(lineage.answers)
    assert [call.step for call in example.calls][:3] == ["draft", "critique", "revision"]
    for expected in (
        " ".join(example.messages[1].content.split()[:12]),
        example.plan_id,
        "skills, skills_2",
        "exercises",
        "Call: critique by stub-model",
    ):
        assert expected in shown


def test_id_that_nothing_has_is_an_error_that_says_where_it_looked(
    made: tuple[Store, Example], tmp_path: Path
) -> None:
    with pytest.raises(ValueError, match=r"has the id nowhere.*data/skills \(1 of examples\)"):
        show("nowhere", str(tmp_path / "data"))
