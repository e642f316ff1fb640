from pathlib import Path

import pytest

from gleanery.infra.storage import Store
from gleanery.tasks.file_problems import FileError
from gleanery.tasks.skills.records import QueryType, Skill
from gleanery.tasks.skills.skill_set import (
    SkillEntry,
    SkillSet,
    default_query_types,
    load_skills,
    write_skills,
)
from gleanery.tasks.skills.skill_set_names import name_id

FULL = """\
skills:
  - explaining a mechanism step by step
  - name: Weighing pros and cons
    definition: >-
      Names what speaks for and against an option,
      and says which weighs more.
    topic: decisions
    aliases: [listing advantages and drawbacks]
    origin: extracted
    count: 12
  - name: Biology
    status: removed
    reason: a topic
query_types:
  - name: how-to
    definition: Asks for the steps.
    example: How do I sharpen a knife?
"""


def written(tmp_path: Path, text: str | bytes) -> str:
    path = tmp_path / "skills.yaml"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return str(path)


def error_of(tmp_path: Path, text: str | bytes) -> str:
    with pytest.raises(FileError) as caught:
        load_skills(written(tmp_path, text))
    return str(caught.value)


def test_file_of_names_and_mappings_is_read(tmp_path):
    skill_set = load_skills(written(tmp_path, FULL))
    assert [skill.id for skill in skill_set.skills] == [
        "explaining-a-mechanism-step-by-step",
        "weighing-pro-and-con",
    ]
    assert skill_set.skills[1] == Skill(
        id="weighing-pro-and-con",
        name="Weighing pros and cons",
        definition="Names what speaks for and against an option, and says which weighs more.",
        topic="decisions",
        aliases=["listing advantages and drawbacks"],
        origin="extracted",
    )
    removed = skill_set.entries[2]
    assert (removed.skill.name, removed.status, removed.reason) == ("Biology", "removed", "a topic")
    assert [query_type.id for query_type in skill_set.query_types] == ["how-to"]


def test_file_without_query_types_has_the_default_ones(tmp_path):
    query_types = load_skills(written(tmp_path, "skills: [clarity]")).query_types
    assert query_types == default_query_types()
    assert 12 <= len(query_types) <= 16
    assert len({query_type.id for query_type in query_types}) == len(query_types)
    assert all(len(query_type.example) > 30 for query_type in query_types)
    assert len({query_type.example.split()[0] for query_type in query_types}) > 8


def test_what_is_written_is_read_again_alike_on_disk_and_on_s3(store: Store, tmp_path):
    skill_set = load_skills(written(tmp_path, FULL))
    name = "写作: 说明 #1"
    other = Skill(
        id=name_id(name), name=name, definition="它", topic="", aliases=[], origin="proposed"
    )
    entry = SkillEntry(skill=other, status="kept", reason="", count=0)
    whole = SkillSet(entries=[*skill_set.entries, entry], query_types=skill_set.query_types)
    path = store.uri("sets/skills.yaml")
    write_skills(path, whole)
    assert load_skills(path) == whole
    write_skills(path, whole.model_copy(update={"query_types": []}))
    with pytest.raises(FileError, match="there is no query type"):
        load_skills(path)


def test_default_query_types_are_not_written_out(tmp_path):
    path = written(tmp_path, "skills: [clarity]")
    write_skills(path, load_skills(path))
    assert "query_types" not in Path(path).read_text()
    assert "- clarity\n" in Path(path).read_text()
    assert load_skills(path).query_types == default_query_types()


def test_all_problems_are_named_with_their_lines_in_one_error(tmp_path):
    error = error_of(
        tmp_path,
        """\
skills:
- project_management
- Project Managements
-
- ""
- name: foo
  definiton: x
  name: bar
- name: "***"
- {definition: only}
- [a]
- name: k
  status: gone
  count: -3
  aliases: [foo, "PROJECT management", [], ~]
query_types:
- {name: ask, definition: d, example: e}
- {name: Ask, definition: d, example: e}
- name: tell
  definition:
- plain
extra: 1
""",
    )
    expected = [
        "20 problems in ",
        ":3: skill 'Project Managements' is already there, as 'project_management' at line 2",
        ":4: the name of the skill is blank",
        ":5: the name of the skill is blank",
        ":7: a skill has no key 'definiton' (did you mean definition?)",
        ":8: key 'name' stands twice",
        ":9: '***' has no letter or digit",
        ":10: a skill without a name",
        ":11: a skill must be a mapping, found a list",
        ":12: alias 'foo' of skill 'k' also stands for 'foo' at line 6",
        ":12: alias 'PROJECT management' of skill 'k' also stands for 'project_management'",
        ":13: status is 'gone', and can only be kept or removed",
        ":14: count must be a whole number",
        ":15: the name of the alias must be a text",
        ":15: the name of the alias is blank",
        ":18: query type 'Ask' is already there, at line 17",
        ":19: a query type without example",
        ":20: definition is blank",
        ":21: a query type must be a mapping, found a text",
        ":22: the file has no key 'extra'; known keys: skills, query_types",
    ]
    expected[0] = f"{len(expected) - 1} problems in "
    for text in expected:
        assert text in error


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", ":1: there are no skills"),
        ("query_types: []", ":1: there are no skills"),
        ("skills: []", ":1: no skill is kept"),
        ("skills:", ":1: skills must be a list, found nothing"),
        ("skills:\n- {name: a, status: removed}", ":2: no skill is kept"),
        ("skills: [a]\nquery_types: []", ":2: there is no query type"),
        ("skills: [a]\nquery_types:", ":2: query_types must be a list, found nothing"),
        ("- a", ":1: the file must be a mapping, found a list"),
        ("skills:\n- a\n- [", ":4: is not YAML"),
        ("skills:\n- a\n- \x07", ":3: has a character that YAML does not allow"),
        (b"skills:\n- a\n- \xff", ":3: is not UTF-8"),
        ("skills: &a [*a]", ":1: a cycle: *a stands inside what it names"),
        ("a: 1\n---\nb: 2", ":2: a second document starts here"),
        ("[" * 400_000, ":1: nested more than 64 deep"),
        (f"skills: [{'long ' * 30}]", ":1: the name of the skill has 149 characters"),
        ("skills: [a]\n<<: {skills: [b]}", ":2: the file has no key '<<'"),
    ],
)
def test_a_file_that_is_no_skill_set_says_where(text, problem, tmp_path):
    error = error_of(tmp_path, text)
    assert f"skills.yaml{problem}" in error


def test_a_thousand_problems_make_a_message_of_one_screen(tmp_path):
    error = error_of(tmp_path, "skills:\n" + "-\n" * 1000)
    assert "1,000 problems in " in error
    assert error.endswith("… and 950 more")


def test_words_that_yaml_takes_for_something_else_are_names(tmp_path):
    skill_set = load_skills(written(tmp_path, "skills: [no, 1984, 2026-01-01, 1.50]"))
    assert [skill.name for skill in skill_set.skills] == ["no", "1984", "2026-01-01", "1.50"]


def test_repeated_names_of_a_raw_list_are_counted_where_that_is_asked(tmp_path):
    path = written(tmp_path, "skills:\n" + "- project_management\n" * 13 + "- clarity\n")
    entries = load_skills(path, count_repeats=True).entries
    assert [(entry.skill.name, entry.count) for entry in entries] == [
        ("project_management", 13),
        ("clarity", 0),
    ]


def test_a_name_that_is_both_kept_and_removed_is_never_guessed_about(tmp_path):
    path = written(tmp_path, "skills:\n- clarity\n- b\n- {name: Clarity, status: removed}")
    for count_repeats in (False, True):
        with pytest.raises(FileError, match=r":4: .*line 2, and one of them is removed"):
            load_skills(path, count_repeats=count_repeats)


def test_missing_file_is_named(store: Store):
    with pytest.raises(FileNotFoundError, match=r"no skill set at .*none.yaml"):
        load_skills(store.uri("none.yaml"))


def test_query_type_is_what_it_says(tmp_path):
    (query_type,) = load_skills(written(tmp_path, FULL)).query_types
    assert query_type == QueryType(
        id="how-to",
        name="how-to",
        definition="Asks for the steps.",
        example="How do I sharpen a knife?",
    )
