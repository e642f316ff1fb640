"""Wikipedia's outline of academic disciplines, given as paths of names, as a taxonomy.

A path makes every node on it, so that levels without a row of their own are there too. Marks of
the page that a name was a link to, such as "(outline)", are dropped; entries of the same name in
one place become one. The outline's rows have no lasting numbers, so ids follow the names.
"""

import re
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from gleanery.tasks.taxonomy.import_merging import absorb_only_child, merge_siblings
from gleanery.tasks.taxonomy.import_rows import read_rows
from gleanery.tasks.taxonomy.tree import Node, Taxonomy
from gleanery.tasks.taxonomy.tree_reading import tidy
from gleanery.tasks.taxonomy.tree_rules import DEEPEST

OUTLINE_HEADER = """\
From "Outline of academic disciplines", Wikipedia contributors, under the licence CC BY-SA 4.0
(https://creativecommons.org/licenses/by-sa/4.0/), which holds for this file too. Changes: made a
tree of names, without notes and links; entries of the same name in one place were merged."""

_OUTLINE_MARK = re.compile(r" *\( *outline\b[^()]*\)", re.IGNORECASE)
_SLASH = re.compile(r" */ *")


class OutlineEntry(BaseModel):
    """A row of the outline: the names from the top down to it."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    path: Annotated[
        list[Annotated[str, Field(min_length=1)]], Field(min_length=1, max_length=DEEPEST)
    ]


@dataclass(slots=True)
class _Branch:
    """A node in the making, and the line that named it first."""

    line: int
    below: dict[str, "_Branch"] = field(default_factory=dict)


def import_outline(text: str, source: str) -> Taxonomy:
    """Return the taxonomy in a JSON-lines text of rows with a `path`.

    Raises `FileError` for lines that are no such rows.
    """
    root = _Branch(0)
    for line, entry in read_rows(text, source, OutlineEntry):
        branch = root
        for name in entry.path:
            branch = branch.below.setdefault(clean_name(name), _Branch(line))
    return Taxonomy(_nodes(root), source)


def _nodes(branch: _Branch) -> tuple[Node, ...]:
    return merge_siblings(
        absorb_only_child(Node(name=name, children=_nodes(below), line=below.line))
        for name, below in branch.below.items()
    )


def clean_name(name: str) -> str:
    """Return an entry's name without what says that its link led to an outline."""
    return _SLASH.sub("/", tidy(_OUTLINE_MARK.sub("", name)))
