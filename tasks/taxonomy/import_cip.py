"""CIP 2020, the classification of instructional programs of the United States, as a taxonomy.

Series (two digits) become fields, groups (four) sub-fields, programs (six) disciplines. Codes
become ids, so that a node stays the same when its name is edited. The catch-all entries go by
these rules:
- what is called "Reserved", or ends in ", Other", names no field of learning and is left out;
- ", General" is dropped from a name;
- an entry with the name of what it stands below is merged into that if it stands there alone,
  and becomes "General …" if it does not;
- entries of the same name below one parent become one;
- what loses all its children in this way is a discipline itself.
"""

import re
from dataclasses import replace

from pydantic import BaseModel, ConfigDict

from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.taxonomy.import_merging import absorb_only_child, merge_siblings
from gleanery.tasks.taxonomy.import_rows import read_rows
from gleanery.tasks.taxonomy.review_names import node_key
from gleanery.tasks.taxonomy.tree import Node, Taxonomy
from gleanery.tasks.taxonomy.tree_reading import tidy

CIP_HEADER = """\
From the Classification of Instructional Programs (CIP) 2020 of the National Center for Education
Statistics, United States Department of Education: public domain.
Catch-all entries ("Other", "General", "Reserved") were left out, merged or renamed."""

_LEFT_OUT = re.compile(r"reserved\.?|(.*,)? *other\.?", re.IGNORECASE)
_GENERAL = re.compile(r", *general$", re.IGNORECASE)
_WORD_IN_CAPITALS = re.compile(r"[^\W\d_]+")
_LOWER_CASE = frozenset(
    {"a", "an", "and", "as", "for", "in", "of", "on", "or", "the", "to", "with"}
)


class CIPEntry(BaseModel):
    """A row of the classification."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    id: str
    code: str
    title: str
    parent: str | None


def import_cip(text: str, source: str) -> Taxonomy:
    """Return the taxonomy in a JSON-lines text of CIP entries (id, code, title, parent).

    Raises `FileError` for lines that are no such rows, ids that come twice, unknown parents
    and parents in a circle.
    """
    rows = read_rows(text, source, CIPEntry)
    entries = {entry.id: (line, entry) for line, entry in rows}
    children: dict[str | None, list[str]] = {}
    for entry_id, (_, entry) in entries.items():
        children.setdefault(entry.parent, []).append(entry_id)
    problems = [
        Problem(line, f"the id {entry.id} comes twice (line {entries[entry.id][0]})")
        for line, entry in rows
        if entries[entry.id][0] != line
    ]
    problems += [
        Problem(line, f"there is no parent {entry.parent}")
        for line, entry in rows
        if entry.parent is not None and entry.parent not in entries
    ]
    if not problems:
        reached = _reach(children)
        problems = [
            Problem(line, f"the parents of {entry.id} lead back to itself")
            for line, entry in rows
            if entry.id not in reached
        ]
    if problems:
        raise FileError(source, problems)
    return Taxonomy(_build_below(None, entries, children), source)


def _reach(children: dict[str | None, list[str]]) -> set[str]:
    """Return the ids that the roots lead to."""
    reached: set[str] = set()
    waiting = list(children.get(None, []))
    while waiting:
        entry_id = waiting.pop()
        reached.add(entry_id)
        waiting += children.get(entry_id, [])
    return reached


def _build_below(
    parent: str | None,
    entries: dict[str, tuple[int, CIPEntry]],
    children: dict[str | None, list[str]],
) -> tuple[Node, ...]:
    nodes = []
    for entry_id in children.get(parent, []):
        line, entry = entries[entry_id]
        if _LEFT_OUT.fullmatch(tidy(entry.title)):
            continue
        node = Node(
            name=_GENERAL.sub("", name_of(entry.title)),
            id=f"cip-{entry.code.replace('.', '-').lower()}",
            children=_build_below(entry_id, entries, children),
            line=line,
        )
        nodes.append(_set_generals_apart(absorb_only_child(node)))
    return merge_siblings(nodes)


def _set_generals_apart(node: Node) -> Node:
    """Return the node with no child of its own name: such a one is called "General …"."""
    key = node_key(node.name)
    return replace(
        node,
        children=tuple(
            _as_general(child) if node_key(child.name) == key else child for child in node.children
        ),
    )


def _as_general(node: Node) -> Node:
    name = f"General {node.name}"
    others = tuple(child for child in node.children if node_key(child.name) != node_key(name))
    return replace(node, name=name, children=others)


def name_of(title: str) -> str:
    """Return a title in normal case: the series are in capitals, the rest is as it should be."""
    title = tidy(title)
    if any(letter.islower() for letter in title):
        return title
    words = _WORD_IN_CAPITALS.sub(
        lambda match: word if (word := match[0].lower()) in _LOWER_CASE else word.capitalize(),
        title,
    )
    return words[:1].upper() + words[1:]
