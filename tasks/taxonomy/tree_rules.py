"""What every taxonomy must keep to, whether it was read from a file or made by code."""

import unicodedata
from collections.abc import Iterator

from gleanery.tasks.file_problems import Problem
from gleanery.tasks.taxonomy.tree import Place, Taxonomy
from gleanery.tasks.taxonomy.tree_ids import LONGEST_ID, VALID_ID

DEEPEST = 20
LONGEST_NAME = 200
LONGEST_DESCRIPTION = 4_000  # it stands in every prompt of its discipline


def find_problems(taxonomy: Taxonomy) -> list[Problem]:
    """Return everything that is wrong with the nodes: names, ids, depth; each with its line."""
    problems: list[Problem] = []
    taken: dict[str, Place] = {}
    for place in taxonomy.places:
        line = place.node.line
        problems += [Problem(line, text) for text in _problems_of(place)]
        if first := taken.get(place.id):
            problems.append(Problem(line, _same_id(place, first)))
        taken.setdefault(place.id, place)
    return problems


def _problems_of(place: Place) -> Iterator[str]:
    node = place.node
    if not node.name.strip():
        where = f" below {place.parent.shown_path!r}" if place.parent else ""
        yield f"a node{where} has an empty name"
    elif trouble := _trouble_with(node.name):
        yield f"the name {node.name[:LONGEST_NAME]!r} {trouble}"
    elif not any(letter.isalpha() for letter in node.name):
        yield f"the name {node.name!r} has no letter"
    if len(node.name) > LONGEST_NAME:
        yield f"the name has {len(node.name):,} characters, more than {LONGEST_NAME}"
    if trouble := _trouble_with(node.description):
        yield f"the description of {node.name!r} {trouble}"
    if len(node.description) > LONGEST_DESCRIPTION:
        length = len(node.description)
        yield f"the description has {length:,} characters, more than {LONGEST_DESCRIPTION:,}"
    if node.id and (not VALID_ID.fullmatch(node.id) or len(node.id) > LONGEST_ID):
        yield (
            f"the id {node.id[:LONGEST_ID]!r} cannot be used: an id has at most {LONGEST_ID} "
            "characters, of a-z, 0-9 and the hyphen, and begins with no hyphen"
        )
    if len(place.steps) == DEEPEST + 1:  # said once, not again for everything below
        yield f"{node.name!r} stands at level {DEEPEST + 1}: a taxonomy has at most {DEEPEST}"


def _trouble_with(text: str) -> str:
    """Return what is wrong with the characters of a text, or nothing."""
    for letter in text:
        # Cs: half of a surrogate pair, which no file can hold.
        if unicodedata.category(letter) in ("Cc", "Cs"):
            return f"has the control character U+{ord(letter):04X}"
    return ""


def _same_id(place: Place, first: Place) -> str:
    where = f"line {first.node.line}" if first.node.line else repr(first.shown_path)
    if place.parent is first.parent and not place.node.id and not first.node.id:
        return f"{place.node.name!r} has the same name as {where}, or the same but for signs"
    return f"{place.node.name!r} has the id {place.id!r}, as has {first.node.name!r} ({where})"
