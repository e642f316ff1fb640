"""What each change of a taxonomy's file or configuration costs, in requests at the model server."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

from gleanery.tasks.taxonomy import question_prompts, questions

# Of one discipline: two lists (equal ones have one request for records), three subjects, two plans
# of each.
ONE_DISCIPLINE = {
    "subjects": 2,
    "subject records": 1,
    "syllabus": 3,
    "syllabus records": 3,
    "question": 6,
    "answer": 6,
}
TREE: dict[str, dict[str, str]] = {
    "Sciences": {"Physics": "matter and motion", "Botany": ""},
    "Trades": {"Baking": "bread and pastry"},
}


def times(count: int) -> dict[str, int]:
    return {kind: count * number for kind, number in ONE_DISCIPLINE.items()}


@pytest.fixture
def made(synthesis: Callable[..., Any], tmp_path: Any) -> Any:
    """Return a finished synthesis over `TREE`."""
    made = synthesis(
        "taxonomy",
        taxonomy=str(tmp_path / "taxonomy.yaml"),
        subjects={"queries": 2},
        plans={"plans_per_subject": 2},
    )
    write(made, TREE)
    assert made.run() == times(3)
    assert len(made.examples) == 18
    return made


def write(made: Any, tree: dict[str, dict[str, str]]) -> None:
    lines = []
    for field, disciplines in tree.items():
        lines.append(f"- {field}:")
        for name, description in disciplines.items():
            lines += [f"    - name: {name}", f"      description: {description}"]
    with open(made.config["taxonomy"], "w") as file:
        file.write("\n".join(lines) + "\n")


def disciplines_of(made: Any) -> Counter[str]:
    return Counter(example.labels[0] for example in made.examples)


def texts_of(made: Any) -> set[tuple[str, str]]:
    return {(row.messages[0].content, row.messages[1].content) for row in made.examples}


def about(made: Any, names: set[str]) -> bool:
    """Return whether every request of the last run names one of these disciplines."""
    prompts = [body["messages"][-1]["content"] for body in made.asked]
    # The records of a syllabus are made of its text alone, which names no discipline.
    named = [prompt for prompt in prompts if not prompt.startswith("You copy a syllabus")]
    return all(any(name in prompt for name in names) for prompt in named)


def test_a_second_run_asks_nothing_and_gives_the_same(made: Any) -> None:
    before = texts_of(made)
    assert made.run() == {}
    assert texts_of(made) == before


def test_an_added_discipline_costs_itself_alone(made: Any) -> None:
    before = texts_of(made)
    write(made, {**TREE, "Crafts": {"Weaving": ""}})
    assert made.run() == times(1)
    assert about(made, {"Weaving"})
    assert disciplines_of(made) == {"Physics": 6, "Botany": 6, "Baking": 6, "Weaving": 6}
    assert before < texts_of(made)


def test_a_removed_discipline_costs_nothing_and_is_left_out(made: Any) -> None:
    write(made, {"Sciences": TREE["Sciences"]})
    assert made.run() == {}
    assert disciplines_of(made) == {"Physics": 6, "Botany": 6}
    write(made, TREE)  # and when it comes back, its answers are still there
    assert made.run() == {}
    assert disciplines_of(made) == {"Physics": 6, "Botany": 6, "Baking": 6}


def test_another_description_asks_about_its_discipline_again(made: Any) -> None:
    before = texts_of(made)
    write(made, {**TREE, "Trades": {"Baking": "bread, as a trade"}})
    assert made.run() == times(1)
    assert about(made, {"Baking"})
    assert disciplines_of(made) == {"Physics": 6, "Botany": 6, "Baking": 6}
    assert len(texts_of(made) & before) == 12
    # What stood under the old description is found again, for nothing.
    write(made, TREE)
    assert made.run() == {}
    assert texts_of(made) == before


def test_a_renamed_field_asks_again_about_what_is_below_it(made: Any) -> None:
    before = texts_of(made)
    write(made, {"Natural sciences": TREE["Sciences"], "Trades": TREE["Trades"]})
    assert made.run() == times(2)
    assert about(made, {"Physics", "Botany"})
    assert len(texts_of(made) & before) == 6
    assert disciplines_of(made) == {"Physics": 6, "Botany": 6, "Baking": 6}


def test_more_plans_ask_for_the_new_ones_only(made: Any) -> None:
    before = texts_of(made)
    made.config["plans"] = {"plans_per_subject": 3}
    assert made.run() == {"question": 9, "answer": 9}
    assert before < texts_of(made)
    made.config["plans"] = {"plans_per_subject": 17}  # one more than a slice holds
    assert made.run() == {"question": 9 * 14, "answer": 9 * 14}
    assert len(made.examples) == 9 * 17
    assert before < texts_of(made)


def test_another_configuration_or_prompt_asks_nothing_without_backfill(
    made: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = texts_of(made)
    made.config["answers"] = {"sampling": {"temperature": 0.9}}
    made.config["syllabi"] = {"retry_temperature": 0.9}
    monkeypatch.setattr(question_prompts, "FINGERPRINT", "another")
    prompt = question_prompts.WRITE_QUESTION
    changed = type(prompt)(prompt.text.replace("one homework question", "one short question"))
    monkeypatch.setattr(questions, "WRITE_QUESTION", changed)
    assert made.run() == {}
    assert texts_of(made) == before
    # Of a new discipline today's prompt is asked, and nothing of the others.
    write(made, {**TREE, "Crafts": {"Weaving": ""}})
    assert made.run() == times(1)
    asked = [body["messages"][-1]["content"] for body in made.asked]
    assert sum("one short question" in prompt for prompt in asked) == 6
    # Going back over everything sends what the prompt and the sampling changed, and nothing else.
    assert made.run(backfill=True) == {"question": 18, "answer": 18}
