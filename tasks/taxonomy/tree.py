"""The taxonomy: fields, sub-fields and, as its leaves, disciplines."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.taxonomy.records import Discipline
from gleanery.tasks.taxonomy.tree_ids import default_id


class Status(StrEnum):
    """What has become of a node; the order is from the weakest to the strongest."""

    REMOVED = "removed"
    PROPOSED = "proposed"
    KEPT = "kept"

    @property
    def strength(self) -> int:
        """How much this status allows; a node counts as the weakest status on its path."""
        return list(Status).index(self)


@dataclass(frozen=True, slots=True)
class Node:
    """A field, a sub-field or (without children) a discipline, as the file states it.

    `id` is empty unless someone wrote one; `votes` tells who voted to keep it (True) or to remove
    it; `line` is where the node stands in its file, 0 if it is in none.
    """

    name: str
    id: str = ""
    description: str = ""
    status: Status = Status.KEPT
    votes: Mapping[str, bool] = field(default_factory=dict)
    children: tuple["Node", ...] = ()
    line: int = field(default=0, compare=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A node where it stands: with its id, its parent, and the status that its ancestors leave it.

    `steps` leads here from the root: the number of the child to take at each level.
    """

    node: Node
    id: str
    parent: "Place | None"
    status: Status
    steps: tuple[int, ...]

    @property
    def ancestors(self) -> list["Place"]:
        """The places above this one, from the root down."""
        above: list[Place] = []
        place = self.parent
        while place:
            above.append(place)
            place = place.parent
        return above[::-1]

    @property
    def path(self) -> list[str]:
        """The names of the ancestors, from the root down."""
        return [place.node.name for place in self.ancestors]

    @property
    def is_leaf(self) -> bool:
        """Whether this is a discipline: nothing stands below it, not even what was removed."""
        return not self.node.children

    @property
    def shown_path(self) -> str:
        """The names from the root to this node, to show to people."""
        return " > ".join([*self.path, self.node.name])


@dataclass(frozen=True)
class Taxonomy:
    """A tree of nodes; `source` says where it was read, for messages."""

    nodes: tuple[Node, ...]
    source: str = "taxonomy"

    @cached_property
    def places(self) -> tuple[Place, ...]:
        """Every node with its place, each before its children and in the order of the file."""
        return tuple(_walk(self.nodes))

    @cached_property
    def by_id(self) -> Mapping[str, Place]:
        """The places by their ids."""
        return {place.id: place for place in self.places}

    def disciplines(self, include_proposed: bool = False) -> list[Discipline]:
        """Return the disciplines in use, in the order of the file.

        A leaf is in use if it and all its ancestors are kept; with `include_proposed`, if none of
        them is removed. Raises `FileError` when no discipline is left.
        """
        least = Status.PROPOSED if include_proposed else Status.KEPT
        leaves = [place for place in self.places if place.is_leaf]
        used = [place for place in leaves if place.status.strength >= least.strength]
        if not used:
            raise FileError(self.source, [Problem(0, _why_none(leaves))])
        return [
            Discipline(
                id=place.id,
                name=place.node.name,
                path=place.path,
                description=place.node.description,
            )
            for place in used
        ]


def _walk(nodes: tuple[Node, ...]) -> Iterator[Place]:
    waiting: list[tuple[Node, Place | None, int]] = [
        (node, None, number) for number, node in reversed(list(enumerate(nodes)))
    ]
    while waiting:
        node, parent, number = waiting.pop()
        place = Place(
            node=node,
            id=node.id or default_id(parent.id if parent else "", node.name),
            parent=parent,
            status=min(
                (node.status, parent.status if parent else Status.KEPT),
                key=lambda status: status.strength,
            ),
            steps=(*(parent.steps if parent else ()), number),
        )
        yield place
        waiting += [(child, place, n) for n, child in reversed(list(enumerate(node.children)))]


def _why_none(leaves: list[Place]) -> str:
    if not leaves:
        return "there is no discipline in it: a discipline is a node without children"
    proposed = sum(place.status is Status.PROPOSED for place in leaves)
    return (
        f"no discipline is left: of {len(leaves):,}, {proposed:,} are only proposed and "
        f"{len(leaves) - proposed:,} are removed, by their own status or by that of a node above. "
        "Keep some of them, or use proposed ones too"
    )
