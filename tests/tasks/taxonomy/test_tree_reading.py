import time

import pytest

from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.tree import Status
from gleanery.tasks.taxonomy.tree_files import parse_taxonomy

TREE = """\
# what people write
- Humanities:
    - Arts: [Music, Dance]
    - name: History
      id: history
      description: >
        What was,
        and why.
      status: proposed
      votes: {ada: keep, ben: remove}
      children:
        - European history
- Formal sciences:
    - Logic
"""


def problems_of(text: str) -> list[str]:
    with pytest.raises(FileError) as raised:
        parse_taxonomy(text, "tree.yaml")
    return [f"{problem.line}: {problem.text}" for problem in raised.value.problems]


def only_problem_of(text: str) -> str:
    (problem,) = problems_of(text)
    return problem


def test_all_three_ways_to_write_a_node_are_read() -> None:
    taxonomy = parse_taxonomy(TREE, "tree.yaml")
    assert [place.id for place in taxonomy.places] == [
        "humanities",
        "humanities--arts",
        "humanities--arts--music",
        "humanities--arts--dance",
        "history",
        "history--european-history",
        "formal-sciences",
        "formal-sciences--logic",
    ]
    history = taxonomy.by_id["history"].node
    assert history.description == "What was, and why."
    assert history.status is Status.PROPOSED
    assert history.votes == {"ada": True, "ben": False}
    assert history.line == 4
    assert taxonomy.by_id["history--european-history"].path == ["Humanities", "History"]


def test_written_id_stays_when_the_name_is_edited() -> None:
    renamed = parse_taxonomy(TREE.replace("name: History", "name: The past"), "tree.yaml")
    assert renamed.by_id["history"].node.name == "The past"
    assert "history--european-history" in renamed.by_id


def test_words_that_yaml_takes_for_something_else_are_names() -> None:
    taxonomy = parse_taxonomy("- On\n- No\n- 3D printing\n- 2020s history\n- name: Yes\n", "t")
    assert [node.name for node in taxonomy.nodes] == [
        "On",
        "No",
        "3D printing",
        "2020s history",
        "Yes",
    ]


def test_names_in_every_script_are_read_and_get_ids() -> None:
    text = "- 人文:\n    - 中文\n    - العربية\n- Кириллица:\n    - Ελληνικά\n    - हिन्दी\n"
    taxonomy = parse_taxonomy(text, "t")
    assert len(taxonomy.by_id) == 6
    assert [d.name for d in taxonomy.disciplines()] == ["中文", "العربية", "Ελληνικά", "हिन्दी"]


def test_text_may_be_repeated_by_an_alias() -> None:
    text = "- {name: A, description: &same one text}\n- {name: B, description: *same}\n"
    assert [n.description for n in parse_taxonomy(text, "t").nodes] == ["one text", "one text"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("- A:\n    - b\n    - ''\n", "3: a node below 'A' has an empty name"),
        ("- A\n-\n", "2: a node has an empty name"),
        ("- name: ~\n", "1: a node has an empty name"),
        ("- 12\n", "1: the name '12' has no letter"),
        ("- \u200b\n", "1: the name '\\u200b' has no letter"),
        ('- "a\\u0007"\n', "1: the name 'a\\x07' has the control character U+0007"),
        ("- name: A\n  id: Über\n", "1: the id 'Über' cannot be used"),
        (f"- name: A\n  id: {'a' * 81}\n", "1: the id 'aaa"),
        ("- name: A\n  id: -a\n", "1: the id '-a' cannot be used"),
        ("- name: A\n  id:\n", "2: the id is empty"),
        (f"- {'a' * 201}\n", "1: the name has 201 characters, more than 200"),
        ("- A: hello\n", "1: what follows 'A' and a colon is a list"),
        ("- A:\n", "1: nothing stands below 'A'"),
        ("- A: []\n", "here is an empty list"),
        ("- - A\n", "1: a list stands where a node should"),
        ("Arts:\n  - Music\n", "1: a taxonomy is a list of nodes"),
        ("just words\n", "here is a text"),
        ("- id: a\n  status: kept\n", "1: this node has no name; the keys of a node are name, id"),
        ("- status: kept\n", "1: this node has no name"),
        ("- name: A\n  name: B\n", "2: name stands twice in one node"),
        ("- name: [A]\n", "1: name is a text, but here is a list"),
        ("- name: A\n  status: {}\n", "2: status is a text, but here is a mapping"),
        ("- name: A\n  status: gone\n", "2: unknown status 'gone'; it is one of kept, proposed"),
        ("- name: A\n  status:\n", "2: unknown status ''"),
        ("- name: A\n  votes: [ada]\n", "2: votes are written as"),
        ("- name: A\n  votes: {ada: maybe}\n", "2: unknown vote 'maybe' of ada"),
        ("- name: A\n  votes:\n    ada: keep\n    ada: remove\n", "4: ada has voted twice"),
        ("- name: A\n  votes: {'': keep}\n", "2: a vote needs the name of who gave it"),
        ("- name: A\n  children: Music\n", "2: children is a list of nodes"),
        ("- [A]: [b]\n", "1: a list or a mapping cannot be a key"),
        ("- A: *none\n", "1: *none names nothing"),
        ("- A: [b]\n---\n- C\n", "2: a second document starts here"),
    ],
)
def test_wrong_node_is_named_with_its_line(text: str, expected: str) -> None:
    assert any(expected in problem for problem in problems_of(text)), problems_of(text)


def test_two_lines_that_yaml_takes_for_one_name_are_pointed_out() -> None:
    assert only_problem_of("- A:\n    - b\n     - c\n").startswith(
        "2: this line and the next are one name, 'b - c'"
    )


def test_unknown_key_lists_the_known_ones() -> None:
    assert only_problem_of("- name: A\n  stauts: removed\n") == (
        "2: a node has no key 'stauts'; known keys: name, id, description, status, votes, children"
    )


@pytest.mark.parametrize(
    "text", ["- A:\n  - b: [c]\n   - d\n", "- 'A\n- B\n", "- A: [b\n", "\t- A\n"]
)
def test_what_is_not_yaml_is_said_with_its_line(text: str) -> None:
    assert "is not YAML" in only_problem_of(text)
    assert not only_problem_of(text).startswith("0")


def test_character_that_yaml_forbids_is_said_with_its_line() -> None:
    problem = only_problem_of("- Musique électroacoustique 中文\n- B\x07\n- C\n")
    assert problem.startswith("2: has a character that YAML does not allow")


def test_same_name_twice_under_one_parent_names_both_lines() -> None:
    text = "- A:\n    - Music\n    - Dance\n    - music\n"
    assert only_problem_of(text).startswith("4: 'music' has the same name as line 2")


def test_duplicate_id_names_both_lines() -> None:
    text = "- name: A\n  id: x\n- B\n- name: C\n  id: x\n- name: D\n  id: b\n"
    assert problems_of(text) == [
        "4: 'C' has the id 'x', as has 'A' (line 1)",
        "6: 'D' has the id 'b', as has 'B' (line 3)",
    ]


def test_cycle_is_refused_where_it_closes() -> None:
    text = "- A:\n    &a\n    - b\n    - C:\n        - D: *a\n"
    assert only_problem_of(text) == "5: a cycle: *a stands inside what it names, line 2"


def test_node_repeated_by_an_alias_is_refused() -> None:
    text = "- A: &list [x, y]\n- B: *list\n"
    assert only_problem_of(text).startswith("2: *list repeats what stands at line 1")


def test_a_billion_laughs_are_refused_at_once() -> None:
    lines = ["- L0: &l0 [lol, lol2]"]
    lines += [f"- L{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]" for n in range(1, 30)]
    started = time.monotonic()
    assert len(problems_of("\n".join(lines))) == 29 * 9
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(("levels", "fits"), [(20, True), (21, False), (30, False)])
def test_tree_has_at_most_twenty_levels(levels: int, fits: bool) -> None:
    lines = [f"{'  ' * n}- Level {n}:" for n in range(levels - 1)]
    text = "\n".join([*lines, "  " * (levels - 1) + "- Leaf"])
    if fits:
        assert len(parse_taxonomy(text, "t").places) == 20
    else:
        assert only_problem_of(text).startswith("21: ")
        assert "level 21: a taxonomy has at most 20" in only_problem_of(text)


def test_endless_brackets_are_refused_at_once() -> None:
    started = time.monotonic()
    assert "nested more than 64 deep" in only_problem_of("- A\n- " + "[" * 200_000)
    assert time.monotonic() - started < 2


def test_first_fifty_of_all_problems_are_shown_in_order() -> None:
    with pytest.raises(FileError) as raised:
        parse_taxonomy("".join(f"- {number}\n" for number in range(1, 81)), "tree.yaml")
    lines = str(raised.value).splitlines()
    assert lines[0] == "80 problems in tree.yaml:"
    assert lines[1] == "  tree.yaml:1: the name '1' has no letter"
    assert lines[50].startswith("  tree.yaml:50: ")
    assert lines[51:] == ["  … and 30 more"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "there is no discipline in it"),
        ("# only a comment\n", "there is no discipline in it"),
        ("- {name: A, status: removed}\n- {name: B, status: proposed}\n", "of 2, 1 are only"),
    ],
)
def test_taxonomy_without_a_discipline_left_says_why(text: str, expected: str) -> None:
    taxonomy = parse_taxonomy(text, "tree.yaml")
    with pytest.raises(FileError, match=expected):
        taxonomy.disciplines()


def test_ten_thousand_nodes_are_read_in_a_second_or_two() -> None:
    fields = "".join(
        f"- Field {number}:\n" + "".join(f"    - Discipline {number} {n}\n" for n in range(99))
        for number in range(100)
    )
    started = time.monotonic()
    assert len(parse_taxonomy(fields, "t").disciplines()) == 9_900
    assert time.monotonic() - started < 2
