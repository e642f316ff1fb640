"""Putting a foreign tree in order: what says the same thing twice in one place is one node."""

from collections.abc import Iterable
from dataclasses import replace

from gleanery.tasks.taxonomy.review_names import node_key
from gleanery.tasks.taxonomy.tree import Node


def merge_siblings(nodes: Iterable[Node]) -> tuple[Node, ...]:
    """Return siblings without repeats: the first of a name takes the children of the others."""
    merged: dict[str, Node] = {}
    for node in nodes:
        key = node_key(node.name)
        if first := merged.get(key):
            children = merge_siblings((*first.children, *node.children))
            merged[key] = replace(first, children=children)
        else:
            merged[key] = node
    return tuple(merged.values())


def absorb_only_child(node: Node) -> Node:
    """Return a node that takes the place of its only child if that has the same name."""
    if len(node.children) == 1 and node_key(node.children[0].name) == node_key(node.name):
        return replace(node, children=node.children[0].children)
    return node
