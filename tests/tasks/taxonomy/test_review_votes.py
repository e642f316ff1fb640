import pytest

from gleanery.tasks.taxonomy.review_votes import (
    UnknownNode,
    apply_votes,
    find_node,
    record_vote,
    status_changes,
)
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy

PROPOSED, KEPT, REMOVED = Status.PROPOSED, Status.KEPT, Status.REMOVED


def proposed_tree() -> Taxonomy:
    arts = Node("Arts", status=PROPOSED, children=(Node("Music", status=PROPOSED), Node("Dance")))
    return Taxonomy((Node("Humanities", status=PROPOSED, children=(arts,)), Node("Law")))


def vote(taxonomy: Taxonomy, node: str, **votes: bool) -> Taxonomy:
    for who, keep in votes.items():
        taxonomy = record_vote(taxonomy, node, who, keep)
    return taxonomy


def own_status(taxonomy: Taxonomy, node: str) -> Status:
    return find_node(taxonomy, node).node.status


def test_vote_changes_nothing_until_votes_are_applied() -> None:
    voted = vote(proposed_tree(), "law", ada=False)
    assert find_node(voted, "law").node.votes == {"ada": False}
    assert own_status(voted, "law") is KEPT
    assert own_status(apply_votes(voted), "law") is REMOVED


@pytest.mark.parametrize(
    ("votes", "expected"),
    [
        ({"ada": True, "ben": True, "cy": False}, KEPT),
        ({"ada": True, "ben": False, "cy": False}, REMOVED),
        ({"ada": True, "ben": False}, PROPOSED),
        ({}, PROPOSED),
    ],
)
def test_majority_decides_and_a_tie_keeps_proposed(
    votes: dict[str, bool], expected: Status
) -> None:
    assert own_status(apply_votes(vote(proposed_tree(), "Music", **votes)), "Music") is expected


def test_tie_on_a_kept_node_leaves_it_kept() -> None:
    assert own_status(apply_votes(vote(proposed_tree(), "Law", ada=True, ben=False)), "Law") is KEPT


def test_later_vote_of_the_same_person_takes_the_place_of_the_earlier() -> None:
    voted = vote(vote(proposed_tree(), "Law", ada=True), "Law", ada=False)
    assert find_node(voted, "Law").node.votes == {"ada": False}
    assert find_node(record_vote(voted, "Law", " ada ", True), "Law").node.votes == {"ada": True}


def test_removed_node_takes_its_descendants_with_it() -> None:
    taxonomy = vote(vote(proposed_tree(), "Arts", ada=False), "Music", ada=True)
    applied = apply_votes(taxonomy)
    assert own_status(applied, "Music") is KEPT
    assert [discipline.name for discipline in applied.disciplines(include_proposed=True)] == ["Law"]


def test_keeping_a_node_keeps_the_unvoted_fields_it_stands_in() -> None:
    applied = apply_votes(vote(proposed_tree(), "Music", ada=True))
    assert [d.name for d in applied.disciplines()] == ["Music", "Dance", "Law"]


def test_keeping_a_node_does_not_overrule_votes_on_its_field() -> None:
    tied = vote(vote(proposed_tree(), "Music", ada=True), "Arts", ada=True, ben=False)
    assert own_status(apply_votes(tied), "Arts") is PROPOSED
    assert own_status(apply_votes(tied), "Humanities") is KEPT


def test_changes_name_each_node_with_its_status_before_and_after() -> None:
    before = vote(proposed_tree(), "Music", ada=True)
    changes = status_changes(before, apply_votes(before))
    assert [(c.place.node.name, c.before, c.after) for c in changes] == [
        ("Humanities", PROPOSED, KEPT),
        ("Arts", PROPOSED, KEPT),
        ("Music", PROPOSED, KEPT),
    ]
    assert status_changes(before, before) == []


def test_node_is_found_by_id_or_by_a_name_that_only_it_has() -> None:
    assert find_node(proposed_tree(), "humanities--arts--music").node.name == "Music"
    assert find_node(proposed_tree(), "  MUSIC").node.name == "Music"


def test_name_of_several_nodes_lists_their_ids() -> None:
    twice = Taxonomy((Node("A", children=(Node("Law"),)), Node("B", children=(Node("law"),))))
    with pytest.raises(UnknownNode, match=r"2 nodes .* 'Law':\n  a--law .*\n  b--law"):
        find_node(twice, "Law")


def test_unknown_node_suggests_what_may_be_meant() -> None:
    with pytest.raises(UnknownNode, match=r"'Musik'; did you mean humanities--arts--music\?"):
        find_node(proposed_tree(), "Musik")
    with pytest.raises(UnknownNode, match=r"'zzzzzz'$"):
        find_node(proposed_tree(), "zzzzzz")


@pytest.mark.parametrize("who", ["", "  ", "a" * 81, "a\x07"])
def test_voter_needs_a_name(who: str) -> None:
    with pytest.raises(ValueError, match="no name of a voter"):
        record_vote(proposed_tree(), "Law", who, True)
