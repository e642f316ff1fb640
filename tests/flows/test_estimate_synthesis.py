"""What an estimate says of an edit, and what the run after it really asks."""

from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gleanery.deployments.estimate_synthesis import estimate_synthesis
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.settings import read_settings

Make = Callable[..., Any]

STAGES = {
    "subjects": "subjects",
    "subject records": "subjects",
    "syllabus": "syllabi",
    "syllabus records": "syllabi",
    "question": "questions",
    "answer": "examples",
    "draft": "skill-examples",
    "critique": "skill-examples",
    "revision": "skill-examples",
}
TREE = {"Sciences": {"Physics": "matter and motion", "Botany": ""}, "Trades": {"Baking": "bread"}}
SKILLS = ("weighing trade-offs", "reasoning from an analogy", "checking for errors")
SKILLS += ("showing empathy", "anticipating objections", "estimating quantities")


def estimated(made: Any) -> dict[str, float]:
    kinds = {"taxonomy": TaxonomyConfig, "skills": SkillsConfig}
    config = kinds[made.config["method"]].model_validate(made.config)
    stages = estimate_synthesis(config, read_settings(), 10)
    return {stage.stage: stage.requests for stage in stages if stage.requests}


def asked(made: Any) -> Counter[str]:
    """Run; return the requests by stage."""
    counts: Counter[str] = Counter()
    for kind, count in made.run().items():
        counts[STAGES[kind]] += count
    return counts


# A taxonomy


@pytest.fixture
def tree(synthesis: Make, tmp_path: Any) -> Any:
    """Return a finished synthesis over `TREE`: three subjects each, two plans of each subject."""
    made = synthesis(
        "taxonomy",
        taxonomy=str(tmp_path / "taxonomy.yaml"),
        subjects={"queries": 2},
        plans={"plans_per_subject": 2},
    )
    write_tree(made, TREE)
    made.run()
    return made


def write_tree(made: Any, tree: dict[str, dict[str, str]]) -> None:
    lines = []
    for field, disciplines in tree.items():
        lines.append(f"- {field}:")
        for name, description in disciplines.items():
            lines += [f"    - name: {name}", f"      description: {description}"]
    with open(made.config["taxonomy"], "w") as file:
        file.write("\n".join(lines) + "\n")


def check_tree(made: Any, disciplines: int) -> Counter[str]:
    """Compare an estimate with its run, in which so many disciplines are asked about anew."""
    said, sent = estimated(made), asked(made)
    # Two lists that say the same share the request for records: two to a discipline here.
    assert said.pop("subjects", 0) == 4 * disciplines
    assert sent["subjects"] == 3 * disciplines
    assert said == {stage: count for stage, count in sent.items() if stage != "subjects"}
    return sent


def test_another_description_costs_all_below_its_discipline_until_it_is_taken_back(
    tree: Any,
) -> None:
    assert estimated(tree) == {}
    write_tree(tree, {**TREE, "Trades": {"Baking": "bread, as a trade"}})
    assert check_tree(tree, 1).total() == 3 + 6 + 6 + 6
    assert estimated(tree) == {}
    write_tree(tree, TREE)
    assert check_tree(tree, 0).total() == 0


def test_a_new_discipline_is_not_hidden_by_a_lower_number_of_plans(tree: Any) -> None:
    tree.config["plans"] = {"plans_per_subject": 1}
    assert estimated(tree) == {}
    write_tree(tree, {**TREE, "Crafts": {"Weaving": ""}})
    assert check_tree(tree, 1) == {"subjects": 3, "syllabi": 6, "questions": 3, "examples": 3}


def test_a_removed_discipline_hides_nothing_and_comes_back_for_nothing(tree: Any) -> None:
    write_tree(tree, {"Sciences": TREE["Sciences"], "Crafts": {"Weaving": ""}})
    check_tree(tree, 1)
    write_tree(tree, TREE)
    check_tree(tree, 0)


def test_more_plans_cost_themselves_alone(tree: Any) -> None:
    tree.config["plans"] = {"plans_per_subject": 3}
    assert check_tree(tree, 0) == {"questions": 9, "examples": 9}
    tree.config["plans"] = {"plans_per_subject": 18}  # two more than a slice holds
    assert check_tree(tree, 0) == {"questions": 9 * 15, "examples": 9 * 15}


def test_what_a_budget_cut_off_is_still_open(synthesis: Make, tmp_path: Any) -> None:
    made = synthesis(
        "taxonomy",
        taxonomy=str(tmp_path / "taxonomy.yaml"),
        subjects={"queries": 2},
        plans={"plans_per_subject": 2},
        budget={"tokens": 20_000},
    )
    write_tree(made, TREE)
    made.run()
    assert made.counts("failed")
    del made.config["budget"]
    said, sent = estimated(made), asked(made)
    # A row counts whole, also where some of its requests were answered before.
    assert sent.total() <= sum(said.values()) <= 2 * sent.total()
    assert estimated(made) == {}


# A skill set


@pytest.fixture
def skills(synthesis: Make, tmp_path: Any) -> Any:
    """Return a finished synthesis of 12 plans over `SKILLS`."""
    made = synthesis(
        "skills",
        skills=str(tmp_path / "skills.yaml"),
        plans={"count": 12, "plans_per_slice": 5, "held_out_share": 0.2},
    )
    write_skills(made, SKILLS)
    made.run()
    return made


def write_skills(made: Any, names: Sequence[str], edited: str = "") -> None:
    lines = ["skills:"]
    for name in names:
        said = "and says how" if name == edited else "and does it well"
        lines += [f"  - name: {name}", f"    definition: Does what is called {name}, {said}."]
    with open(made.config["skills"], "w") as file:
        file.write("\n".join(lines) + "\n")


def check_skills(made: Any) -> int:
    """Compare an estimate with its run; return how many requests it made."""
    said = estimated(made)
    sent = asked(made)
    assert said == sent
    return sent.total()


def test_another_definition_costs_the_plans_that_use_it_until_it_is_taken_back(
    skills: Any,
) -> None:
    assert estimated(skills) == {}
    write_skills(skills, SKILLS, edited=SKILLS[0])
    assert 0 < check_skills(skills) < 3 * 12
    assert estimated(skills) == {}
    write_skills(skills, SKILLS)
    assert check_skills(skills) == 0


def test_plans_that_rest_are_open_in_no_estimate(
    skills: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    write_skills(skills, SKILLS[1:])
    resting = check_skills(skills)  # others make up for them
    assert resting > 0
    assert estimated(skills) == {}
    assert f"Plans that rest: {resting // 3}" in capsys.readouterr().out
    write_skills(skills, [*SKILLS, "adapting to an audience"])
    assert check_skills(skills) > 0
    assert estimated(skills) == {}


def test_more_plans_than_combinations_are_told(
    skills: Any, capsys: pytest.CaptureFixture[str]
) -> None:
    skills.config["plans"] |= {"count": 30}
    write_skills(skills, SKILLS[:2])
    assert check_skills(skills) > 0
    shown = " ".join(capsys.readouterr().out.split())
    assert "Too few combinations: 2 skills and 16 query types have only 16 combinations" in shown


def test_sealed_plans_that_nobody_asked_about_are_open(skills: Any) -> None:
    skills.config["plans"] |= {"count": 40}
    for info in skills.parts.store.list("parts/skill-examples/e0001-00001"):
        skills.parts.store.delete(info.path)
    said = estimated(skills)
    assert said == {"skill-examples": 3 * (28 + 4)}
