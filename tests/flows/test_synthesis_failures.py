"""Syntheses whose model fails or talks nonsense: each loss has a reason, a later run mends it."""

import json
from collections.abc import Callable
from typing import Any

import pytest

PROSE = "There are so many things that one could say here, and all of them are worth a thought."
SKILLS = ("weighing trade-offs", "reasoning from an analogy", "checking for errors")
LISTS, SYLLABI, QUESTIONS, DRAFTS, REVISIONS = (
    "You copy a list of subjects",
    "You copy a syllabus",
    "You write homework",
    "You write training material",
    "Now write the final",
)


@pytest.fixture
def taxonomy(synthesis: Callable[..., Any], tmp_path: Any) -> Any:
    """Return a synthesis from two disciplines, of 3 subjects and 6 questions each."""
    (tmp_path / "taxonomy.yaml").write_text("- Sciences:\n    - Physics\n    - Botany\n")
    return synthesis(
        "taxonomy",
        taxonomy=str(tmp_path / "taxonomy.yaml"),
        subjects={"queries": 1, "tries": 1},
        syllabi={"tries": 1},
        questions={"tries": 1},
        plans={"plans_per_subject": 2},
    )


@pytest.fixture
def skills(synthesis: Callable[..., Any], tmp_path: Any) -> Any:
    """Return a synthesis of 6 plans from three skills."""
    lines = "".join(f"  - name: {n}\n    definition: Does {n} well.\n" for n in SKILLS)
    (tmp_path / "skills.yaml").write_text(f"skills:\n{lines}")
    return synthesis(
        "skills",
        skills=str(tmp_path / "skills.yaml"),
        plans={"count": 6},
        generation={"tries": 1},
    )


def say(match: str, text: str = PROSE, **more: Any) -> dict[str, Any]:
    return {"kind": "say", "match": match, "text": text, **more}


@pytest.mark.parametrize(
    ("match", "stage", "reason"),
    [
        ("You design the curriculum", "subjects", "no_list"),
        (LISTS, "subjects", "unparseable"),
        ("You plan the teaching", "syllabi", "no_list"),
        (SYLLABI, "syllabi", "unparseable"),
        (QUESTIONS, "questions", "unparseable"),
    ],
)
def test_prose_in_place_of_records_is_rejected_and_asked_again_by_choice(
    match: str, stage: str, reason: str, taxonomy: Any
) -> None:
    taxonomy.stub.control(faults=[say(match)])
    taxonomy.run()
    assert set(taxonomy.counts("rejected")) == {stage}
    assert set(taxonomy.counts("rejected")[stage]) == {reason}
    assert taxonomy.examples == []
    taxonomy.stub.control(faults=[])
    # Parsing the kept answers again costs nothing, and finds the same.
    assert taxonomy.run(only=reason) == {}
    assert set(taxonomy.counts("rejected")[stage]) == {reason}
    assert taxonomy.run(only=reason, ask_again=True).total() > 0
    assert taxonomy.counts("rejected") == {}
    assert len(taxonomy.examples) == 12


def test_prose_in_place_of_sections_is_rejected_and_asked_again_by_choice(skills: Any) -> None:
    skills.stub.control(faults=[say(DRAFTS, times=2), say(REVISIONS, times=1)])
    skills.run()
    assert skills.counts("rejected") == {"skill-examples": {"unparseable": 3}}
    assert len(skills.examples) == 3
    skills.stub.control(faults=[])
    assert skills.run(only="unparseable") == {}
    asked = skills.run(only="unparseable", ask_again=True)
    assert asked == {"draft": 3, "critique": 3, "revision": 3}
    assert len(skills.examples) == 6


def test_kept_answers_are_parsed_again_for_nothing(
    taxonomy: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from gleanery.tasks.taxonomy import questions

    with monkeypatch.context() as patch:
        patch.setattr(questions, "wrong_language", lambda text, language: "a mistake of the check")
        taxonomy.run()
    assert taxonomy.counts("rejected") == {"questions": {"wrong_language": 12}}
    assert taxonomy.run(only="wrong_language") == {"answer": 12}
    assert len(taxonomy.examples) == 12


def test_answers_cut_off_are_rejected_and_asked_again_by_choice(taxonomy: Any, skills: Any) -> None:
    taxonomy.stub.control(faults=[{"kind": "length", "match": QUESTIONS, "times": 2}])
    taxonomy.run()
    assert taxonomy.counts("rejected") == {"questions": {"truncated": 2}}
    asked = taxonomy.run(only="truncated", ask_again=True)
    assert asked == {"question": 2, "answer": 2}
    assert len(taxonomy.examples) == 12
    skills.stub.control(faults=[{"kind": "length", "match": "Now you are the person", "times": 1}])
    skills.run()
    assert skills.counts("rejected") == {"skill-examples": {"truncated": 1}}
    assert skills.run(only="truncated", ask_again=True).total() == 3
    assert len(skills.examples) == 6


def test_an_endpoint_that_dies_leaves_rows_open_and_the_next_run_completes_them(
    taxonomy: Any, skills: Any
) -> None:
    taxonomy.stub.control(faults=[{"kind": "drop", "match": QUESTIONS, "after": 4}])
    taxonomy.run()
    assert sum(taxonomy.counts("failed")["questions"].values()) == 8
    assert len(taxonomy.examples) == 4
    taxonomy.stub.control(faults=[])
    assert taxonomy.run() == {"question": 8, "answer": 8}
    assert taxonomy.counts("failed") == {}
    assert len(taxonomy.examples) == 12
    skills.stub.control(faults=[{"kind": "drop", "match": REVISIONS}])
    skills.run()
    assert sum(skills.counts("failed")["skill-examples"].values()) == 6
    skills.stub.control(faults=[])
    # Of a conversation that was cut off, only what it had not got to is asked.
    asked = skills.run()
    assert asked["revision"] == 6
    assert set(asked) <= {"critique", "draft", "revision"}
    assert len(skills.examples) == 6


def test_a_spent_budget_ends_the_run_and_a_larger_one_goes_on(taxonomy: Any, skills: Any) -> None:
    for made, examples, tokens in ((taxonomy, 12, 12_000), (skills, 6, 12_000)):
        made.config["engine"] |= {"max_in_flight": 1, "initial_in_flight": 1}
        made.config["budget"] = {"tokens": tokens}
        made.run()
        reasons = {reason for stage in made.counts("failed").values() for reason in stage}
        assert reasons == {"budget_exhausted"}
        assert len(made.examples) < examples
        first = made.asked
        assert made.run() == {}
        made.config["budget"] = {}
        made.run()
        assert made.counts("failed") == {}
        assert len(made.examples) == examples
        assert not any(body in first for body in made.asked)


def test_a_question_that_was_late_still_makes_a_later_one_near_identical(taxonomy: Any) -> None:
    same = json.dumps({"question": "How many litres of paint does Ivo carry to Lima on Monday?"})
    taxonomy.config["plans"] = {"plans_per_subject": 3}
    # Of each subject one question in three is late, whichever its place among them.
    late = {"kind": "drop", "match": "Difficulty: introductory"}
    taxonomy.stub.control(faults=[late, say(QUESTIONS, same)])
    taxonomy.run()
    assert sum(taxonomy.counts("failed")["questions"].values()) == 6
    taxonomy.stub.control(faults=[say(QUESTIONS, same)])
    taxonomy.run()
    # One question of each subject stands, as in a run that nothing disturbs.
    assert len(taxonomy.examples) == 6
    assert taxonomy.counts("rejected")["examples"] == {"near_identical": 12}
