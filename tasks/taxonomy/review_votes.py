"""Votes on the nodes of a taxonomy, as GLAN's annotators gave them: keep or remove, the majority.

A vote is data in the file and changes nothing by itself; `apply_votes` turns votes into statuses.
"""

import difflib
from collections.abc import Callable
from dataclasses import dataclass, replace

from gleanery.tasks.taxonomy.tree import Node, Place, Status, Taxonomy
from gleanery.tasks.taxonomy.tree_reading import tidy

LONGEST_VOTER = 80
_SUGGESTIONS = 5


class UnknownNode(ValueError):
    """No node, or more than one, goes by what was given."""


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A node whose own status changed."""

    place: Place
    before: Status
    after: Status


def find_node(taxonomy: Taxonomy, text: str) -> Place:
    """Return the node with this id, or the only one with this name.

    Raises `UnknownNode`, which lists the ids that could be meant.
    """
    if place := taxonomy.by_id.get(text):
        return place
    name = tidy(text).casefold()
    named = [place for place in taxonomy.places if place.node.name.casefold() == name]
    if len(named) == 1:
        return named[0]
    if named:
        ids = "\n".join(f"  {place.id} (line {place.node.line})" for place in named)
        raise UnknownNode(f"{len(named)} nodes of {taxonomy.source} are called {text!r}:\n{ids}")
    known = {place.node.name.casefold(): place.id for place in taxonomy.places}
    known |= {place.id: place.id for place in taxonomy.places}
    close = difflib.get_close_matches(text.casefold(), known, _SUGGESTIONS)
    meant = f"; did you mean {' or '.join(dict.fromkeys(known[key] for key in close))}?"
    raise UnknownNode(f"no node of {taxonomy.source} is called {text!r}{meant if close else ''}")


def record_vote(taxonomy: Taxonomy, node: str, who: str, keep: bool) -> Taxonomy:
    """Return the taxonomy with a vote on the node (its id, or its name if that is the only one).

    A voter has one vote on a node; a later one takes the place of the earlier. Raises
    `UnknownNode`, and `ValueError` for a voter without a name.
    """
    voter = tidy(who)
    if not voter or len(voter) > LONGEST_VOTER or not voter.isprintable():
        raise ValueError(
            f"{who!r} is no name of a voter: give one of up to {LONGEST_VOTER} letters"
        )
    chosen = find_node(taxonomy, node).steps

    def with_vote(steps: tuple[int, ...], held: Node) -> Node:
        return replace(held, votes={**held.votes, voter: keep}) if steps == chosen else held

    return _changed(taxonomy, with_vote)


def apply_votes(taxonomy: Taxonomy) -> Taxonomy:
    """Return the taxonomy with the status that the majority of votes gives each node.

    More votes to keep than to remove keep a node, fewer remove it (and so all below it); a tie, or
    no vote, leaves it as it is. Whoever keeps a node also keeps what it stands below, as far as
    that is only proposed and nobody voted on it.
    """
    decided = {place.steps: _majority(place.node) for place in taxonomy.places}
    for place in taxonomy.places:
        if decided[place.steps] is Status.KEPT:
            for above in place.ancestors:
                if above.node.status is Status.PROPOSED and not above.node.votes:
                    decided[above.steps] = Status.KEPT
    return _changed(
        taxonomy, lambda steps, held: replace(held, status=decided[steps] or held.status)
    )


def status_changes(before: Taxonomy, after: Taxonomy) -> list[StatusChange]:
    """Return the nodes whose own status differs between two states of one taxonomy."""
    return [
        StatusChange(old, old.node.status, new.node.status)
        for old, new in zip(before.places, after.places, strict=True)
        if old.node.status is not new.node.status
    ]


def _majority(node: Node) -> Status | None:
    keep = sum(node.votes.values())
    remove = len(node.votes) - keep
    if keep == remove:
        return None
    return Status.KEPT if keep > remove else Status.REMOVED


def _changed(taxonomy: Taxonomy, change: Callable[[tuple[int, ...], Node], Node]) -> Taxonomy:
    """Return the taxonomy with every node, named by the steps to it, changed."""

    def rebuilt(nodes: tuple[Node, ...], above: tuple[int, ...]) -> tuple[Node, ...]:
        return tuple(
            replace(
                change((*above, number), node), children=rebuilt(node.children, (*above, number))
            )
            for number, node in enumerate(nodes)
        )

    return Taxonomy(rebuilt(taxonomy.nodes, ()), taxonomy.source)
