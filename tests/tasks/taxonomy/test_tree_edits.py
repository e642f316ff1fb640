from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy
from gleanery.tasks.taxonomy.tree_edits import edit_text
from gleanery.tasks.taxonomy.tree_files import parse_taxonomy

LAYOUT = """\
# our tree
- Humanities:   # the old ones
    - Arts: [Music, 'Dance', {name: Film, status: kept}]  # three
    - name: History   # long
      votes:
        ada: keep   # was unsure
      children:
      - European history  # war
      - "American\\u0020history"
- {Formal: [Logic, {Mathematics: [Algebra]}]}
- name: Law
  children: [Tort law]
  description: |
    What is allowed.

- status: proposed
  name: Geology
  votes: {ada: keep}
# the end
- Pulp and
  paper"""


def changed(taxonomy: Taxonomy, name: str, **changes: object) -> Taxonomy:
    def change(node: Node) -> Node:
        children = tuple(map(change, node.children))
        more = changes if node.name == name else {}
        return replace(node, children=children, **more)  # type: ignore[arg-type]

    return replace(taxonomy, nodes=tuple(map(change, taxonomy.nodes)))


def edited(name: str, text: str = LAYOUT, **changes: object) -> str | None:
    before = parse_taxonomy(text, "t")
    return edit_text(text, before, changed(before, name, **changes))


def test_voting_on_a_bare_name_adds_lines_and_keeps_the_comment() -> None:
    assert edited("European history", votes={"ada": True}) == LAYOUT.replace(
        "      - European history  # war\n",
        "      - name: European history  # war\n        votes: {ada: keep}\n",
    )


def test_voting_on_a_field_keeps_its_children_as_they_stand() -> None:
    assert edited("Humanities", status=Status.REMOVED, votes={"ada": False}) == LAYOUT.replace(
        "- Humanities:   # the old ones\n",
        "- name: Humanities\n  status: removed\n  votes: {ada: remove}\n"
        "  children:   # the old ones\n",
    )


def test_further_vote_is_one_more_line() -> None:
    votes = {"ada": True, "ben": False}
    assert edited("History", votes=votes) == LAYOUT.replace(
        "        ada: keep   # was unsure\n",
        "        ada: keep   # was unsure\n        ben: remove\n",
    )
    assert edited("History", votes={"ada": False}) == LAYOUT.replace(
        "ada: keep   # was", "ada: remove   # was"
    )


def test_nodes_in_brackets_are_edited_in_brackets() -> None:
    assert edited("Dance", votes={"a, b": True}) == LAYOUT.replace(
        "'Dance'", "{name: 'Dance', votes: {\"a, b\": keep}}"
    )
    assert edited("Film", status=Status.REMOVED) == LAYOUT.replace(
        "status: kept", "status: removed"
    )
    assert edited("Formal", status=Status.PROPOSED) == LAYOUT.replace(
        "{Formal: [", "{name: Formal, status: proposed, children: ["
    )


def test_written_status_is_replaced_and_a_vote_added_to_the_others() -> None:
    after = edited("Geology", status=Status.KEPT, votes={"ada": True, "ben": True})
    assert after == LAYOUT.replace("status: proposed", "status: kept").replace(
        "votes: {ada: keep}", "votes: {ada: keep, ben: keep}"
    )


@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
@pytest.mark.parametrize("place", range(len(parse_taxonomy(LAYOUT, "t").places)))
def test_every_node_of_every_layout_can_be_voted_on(place: int, line_end: str) -> None:
    text = LAYOUT.replace("\n", line_end)
    before = parse_taxonomy(text, "t")
    node = before.places[place].node
    more = {"votes": {**node.votes, "cy": False}, "status": Status.REMOVED}
    after = edited(node.name, text, **more)
    assert after is not None
    assert after.count("\n") - text.count("\n") in range(-1, 4)
    assert after.count("#") == text.count("#")
    assert after.count("\r") == (after.count("\n") if line_end == "\r\n" else 0)


@given(
    st.lists(
        st.tuples(
            st.integers(0, len(parse_taxonomy(LAYOUT, "t").places) - 1),
            st.sampled_from(["ada", "ben", "No", "Ωμέγα: 1"]),
            st.booleans(),
            st.sampled_from(list(Status)),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_any_series_of_votes_keeps_every_comment(
    series: list[tuple[int, str, bool, Status]],
) -> None:
    text = LAYOUT
    for number, who, keep, status in series:
        before = parse_taxonomy(text, "t")
        node = before.places[number].node
        after = changed(before, node.name, votes={**node.votes, who: keep}, status=status)
        edited_text = edit_text(text, before, after)
        assert edited_text is not None
        text = edited_text
    assert text.count("#") == LAYOUT.count("#")


def test_many_changes_at_once_are_one_edit() -> None:
    before = parse_taxonomy(LAYOUT, "t")
    after = before
    for place in before.places:
        after = changed(after, place.node.name, status=Status.PROPOSED)
    text = edit_text(LAYOUT, before, after)
    assert text is not None
    assert parse_taxonomy(text, "t").nodes == after.nodes


def test_layout_that_cannot_be_edited_is_refused_and_never_garbled() -> None:
    assert edited("Arts", "- ? Arts\n  : [Music]\n", status=Status.REMOVED) is None
