import pytest

from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.records import Discipline
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy


def tree(*nodes: Node) -> Taxonomy:
    return Taxonomy(nodes)


def names(taxonomy: Taxonomy, include_proposed: bool = False) -> list[str]:
    return [discipline.name for discipline in taxonomy.disciplines(include_proposed)]


def test_discipline_carries_id_path_and_description() -> None:
    music = Node("Music", description="Sound in time")
    taxonomy = tree(Node("Humanities", children=(Node("Arts", children=(music,)),)))
    assert taxonomy.disciplines() == [
        Discipline(
            id="humanities--arts--music",
            name="Music",
            path=["Humanities", "Arts"],
            description="Sound in time",
        )
    ]


def test_removed_node_takes_its_descendants_with_it() -> None:
    arts = Node("Arts", status=Status.REMOVED, children=(Node("Fine", children=(Node("Music"),)),))
    assert names(tree(Node("Humanities", children=(arts, Node("Law"))))) == ["Law"]
    with pytest.raises(FileError, match="no discipline is left"):
        tree(arts).disciplines(include_proposed=True)


def test_node_whose_children_are_all_removed_is_no_discipline() -> None:
    gone = Node("Music", status=Status.REMOVED)
    assert names(tree(Node("Arts", children=(gone,)), Node("Law"))) == ["Law"]


def test_proposed_nodes_are_used_only_when_asked_for() -> None:
    taxonomy = tree(Node("Law"), Node("Music", status=Status.PROPOSED))
    assert names(taxonomy) == ["Law"]
    assert names(taxonomy, include_proposed=True) == ["Law", "Music"]


def test_kept_leaf_of_a_proposed_field_is_not_used_yet() -> None:
    arts = Node("Arts", status=Status.PROPOSED, children=(Node("Music"),))
    assert names(tree(arts, Node("Law"))) == ["Law"]
    assert names(tree(arts, Node("Law")), include_proposed=True) == ["Music", "Law"]


def test_removed_leaf_of_a_proposed_field_stays_removed() -> None:
    gone = Node("Music", status=Status.REMOVED)
    arts = Node("Arts", status=Status.PROPOSED, children=(gone, Node("Dance")))
    assert names(tree(arts), include_proposed=True) == ["Dance"]


def test_places_come_in_the_order_of_the_file() -> None:
    taxonomy = tree(Node("B", children=(Node("D"), Node("C"))), Node("A"))
    assert [(place.node.name, place.steps) for place in taxonomy.places] == [
        ("B", (0,)),
        ("D", (0, 0)),
        ("C", (0, 1)),
        ("A", (1,)),
    ]
