"""Records as models write them: keys and nesting vary, what they hold does not."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.records import Loss
from gleanery.tasks.taxonomy.sloppy_records import records_in
from gleanery.tasks.taxonomy.subjects_records import SubjectList, read_subjects
from gleanery.tasks.taxonomy.syllabus_records import read_sessions

TEXT = "- Optics (advanced): about light. Topics: lenses, mirrors\n- Heat: about warmth\n- Sound"
CLEAN = {
    "name": "Optics",
    "level": "advanced",
    "introduction": "About light.",
    "subtopics": ["lenses", "mirrors"],
}


def read(answer: str, fewest: int = 1) -> SubjectList | Loss:
    return read_subjects("row", answer, TEXT, fewest)


@pytest.mark.parametrize(
    "answer",
    [
        json.dumps({"subjects": [CLEAN]}),
        json.dumps([CLEAN]),
        "Here are the records:\n```json\n" + json.dumps({"subjects": [CLEAN]}, indent=2) + "\n```",
        "<think>One {or} two?</think>" + json.dumps({"Subjects": [CLEAN]}),
        '{"subjects": [{"Subject Name": "1. **Optics**", "Level": "Upper-division", '
        '"Description": "About\\nlight.", "Sub-Topics": "lenses, mirrors", "credits": 3},]}',
        '{"subjects": [{"subject_name": "Optics", "level": "advanced", "introduction": '
        '"About light.", "subtopics": [{"name": "lenses"}, {"name": "mirrors"}, null, ""]}]}',
        '{"courses": [{"title": "Optics", "level": ["advanced"], "intro": "About light.", '
        '"topics": "lenses; mirrors"}]}',
    ],
)
def test_clean_and_sloppy_records_say_the_same(answer: str) -> None:
    found = read(answer)

    assert isinstance(found, SubjectList), found
    (subject,) = found.subjects
    assert (subject.name, subject.level, subject.introduction, subject.subtopics) == (
        *("Optics", "advanced", "About light."),
        ("lenses", "mirrors"),
    )
    assert found.dropped == []


def test_missing_fields_are_empty() -> None:
    found = read('{"subjects": [{"name": "Optics", "level": null}, {"name": "Heat"}]}')

    assert isinstance(found, SubjectList)
    assert [(s.name, s.level, s.introduction, s.subtopics) for s in found.subjects] == [
        ("Optics", "", "", ()),
        ("Heat", "", "", ()),
    ]


@pytest.mark.parametrize(
    "answer",
    [
        "I made records of all subjects.",
        '{"subjects": [{"name": "Optics"}',
        '{"subjects": "Optics, Heat"}',
        '{"subjects": ["Optics", "Heat"]}',
        '{"name": "Optics"}\n{"name": "Heat"}\n{"name": "Sound"}',
        "[1, 2]",
    ],
)
def test_answer_without_a_list_of_records_is_unparseable(answer: str) -> None:
    found = read(answer)

    assert isinstance(found, Loss)
    assert (found.row_id, found.reason) == ("row", "unparseable")


def test_invented_and_nameless_records_are_dropped_and_named() -> None:
    long = "Light, " * 20
    names = ["Optics", "Quantum Cooking", "Heat", "", "***", long]
    found = read(json.dumps({"subjects": [{"name": name} for name in names]}))

    assert isinstance(found, SubjectList)
    assert [subject.name for subject in found.subjects] == ["Optics", "Heat"]
    assert [loss.reason for loss in found.dropped] == ["invented"] + 3 * ["not_a_name"]
    assert "'Quantum Cooking'" in found.dropped[0].detail


def test_list_with_too_few_subjects_says_what_was_dropped() -> None:
    names = ["Optics", "Introduction to Optics", "Quantum Cooking"]
    found = read(json.dumps({"subjects": [{"name": name} for name in names]}), fewest=2)

    assert isinstance(found, Loss)
    assert found.reason == "too_few_subjects"
    assert "1 of 3" in found.detail
    assert "Quantum Cooking" in found.detail


def test_concept_stands_once_in_a_session_and_keeps_its_first_spelling() -> None:
    answer = json.dumps(
        {
            "syllabus": [
                {
                    "session_title": "Session 1: Rays",
                    "summary": "Light\nas rays.",
                    "key_concepts": ["Rays", "- shadow", "ray", "", "Shadows."],
                }
            ]
        }
    )
    (session,) = read_sessions(answer)

    assert (session.title, session.description) == ("Rays", "Light as rays.")
    assert session.concepts == ["Rays", "shadow"]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["name", "title", "subjects", "sessions", "subtopics", "concepts"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(JSON, st.sampled_from(["subjects", "sessions"]))
def test_any_json_is_read_or_refused(value: object, key: str) -> None:
    answer = json.dumps({key: value})

    assert isinstance(read(answer), SubjectList | Loss)
    with contextlib.suppress(ValueError):
        assert all(session.title for session in read_sessions(answer))


def test_keys_are_read_without_case_and_separators() -> None:
    assert records_in('[{"Key Concepts": 1, "sub-topics": 2}]', ["x"]) == [
        {"keyconcepts": 1, "subtopics": 2}
    ]
