"""What each change of a skill set or configuration costs, in requests at the model server."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from gleanery.tasks.skills import generate_messages, generation_prompts

SKILLS = ("weighing trade-offs", "reasoning from an analogy", "checking for errors")
SKILLS += ("showing empathy", "anticipating objections", "estimating quantities")
NEW = "adapting to an audience"


def times(count: int) -> dict[str, int]:
    return {"draft": count, "critique": count, "revision": count}


@pytest.fixture
def made(synthesis: Callable[..., Any], tmp_path: Any) -> Any:
    """Return a finished synthesis of 12 plans over `SKILLS`."""
    made = synthesis(
        "skills",
        skills=str(tmp_path / "skills.yaml"),
        plans={"count": 12, "plans_per_slice": 5, "held_out_share": 0.2},
    )
    write(made, SKILLS)
    assert made.run() == times(12)
    assert len(made.examples) == 12
    return made


def write(made: Any, names: Sequence[str], edited: str = "") -> None:
    lines = ["skills:"]
    for name in names:
        said = "and says how" if name == edited else "and does it well"
        lines += [f"  - name: {name}", f"    definition: Does what is called {name}, {said}."]
    with open(made.config["skills"], "w") as file:
        file.write("\n".join(lines) + "\n")


def with_skill(made: Any, name: str) -> list[Any]:
    return [example for example in made.examples if name in example.labels[1:]]


def texts_of(made: Any) -> set[tuple[str, str]]:
    return {(row.messages[0].content, row.messages[1].content) for row in made.examples}


def test_a_second_run_asks_nothing_and_gives_the_same(made: Any) -> None:
    before = texts_of(made)
    assert made.run() == {}
    assert texts_of(made) == before


def test_a_new_skill_makes_an_epoch_of_plans_that_all_have_it(made: Any) -> None:
    before, parts = texts_of(made), made.outputs[0].parts
    write(made, [*SKILLS, NEW])
    asked = made.run()
    added = len(made.examples) - 12
    assert added > 0
    assert asked == times(added)
    assert all(NEW in body["messages"][0]["content"] for body in made.asked)
    assert len(with_skill(made, NEW)) == added
    assert before < texts_of(made)
    assert made.outputs[0].parts[: len(parts)] == parts  # not even written anew


def test_a_removed_skill_costs_nothing_where_the_other_plans_suffice(made: Any) -> None:
    before = texts_of(made)
    gone = len(with_skill(made, SKILLS[0]))
    write(made, SKILLS[1:])
    made.config["plans"] |= {"count": 12 - gone}
    assert made.run() == {}
    assert len(made.examples) == 12 - gone < 12
    assert not with_skill(made, SKILLS[0])
    write(made, SKILLS)  # and when it comes back, its answers are still there
    assert made.run() == {}
    assert texts_of(made) == before


def test_plans_of_a_removed_skill_are_made_up_for(made: Any) -> None:
    before = texts_of(made)
    gone = len(with_skill(made, SKILLS[0]))
    write(made, SKILLS[1:])
    assert made.run() == times(gone)
    assert len(made.examples) == 12
    assert not with_skill(made, SKILLS[0])
    assert len(texts_of(made) & before) == 12 - gone
    write(made, SKILLS)  # what comes back comes for nothing, and on top
    assert made.run() == {}
    assert len(made.examples) == 12 + gone
    assert before < texts_of(made)


def test_a_run_says_where_the_combinations_do_not_suffice(
    made: Any, caplog: pytest.LogCaptureFixture
) -> None:
    made.config["plans"] |= {"count": 30, "skills_per_plan": {2: 1, 5: 1}}
    write(made, SKILLS[:2])
    made.run()
    assert len(made.examples) == 16  # one pair, with each query type
    [said] = [text for text in caplog.messages if "plans.count" in text]
    assert "2 skills and 16 query types have only 16 combinations for the 30 plans" in said
    assert "no plan can have 5 skills" in said


def test_another_definition_asks_about_the_plans_that_use_it(made: Any) -> None:
    before = texts_of(made)
    using = len(with_skill(made, SKILLS[0]))
    write(made, SKILLS, edited=SKILLS[0])
    assert made.run() == times(using)
    assert 0 < using < 12
    assert all(SKILLS[0] in body["messages"][0]["content"] for body in made.asked)
    assert len(with_skill(made, SKILLS[0])) == using
    assert len(texts_of(made) & before) == 12 - using


def test_more_plans_ask_for_the_new_ones_only(made: Any) -> None:
    before = texts_of(made)
    made.config["plans"] |= {"count": 16}
    assert made.run() == times(4)
    assert before < texts_of(made)
    assert len(made.examples) == 16


def test_another_configuration_or_prompt_asks_nothing_without_backfill(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = texts_of(made)
    prompt = generation_prompts.REVISE
    changed = type(prompt)(prompt.text.replace("Keep what was strong", "Keep what was good"))
    monkeypatch.setattr(generation_prompts, "REVISE", changed)
    monkeypatch.setitem(generation_prompts.FINGERPRINTS, "revision", changed.fingerprint)
    assert generate_messages.prompts is generation_prompts
    made.config["generation"] = {"most_words": 501}
    assert made.run() == {}
    assert texts_of(made) == before
    # Going back over everything sends what the prompt changed: the length is in the draft's.
    made.config["generation"] = {}
    assert made.run(backfill=True) == {"revision": 12}
