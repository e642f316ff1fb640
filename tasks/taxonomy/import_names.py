"""A plain list of names, one on a line, as a taxonomy without fields."""

from gleanery.tasks.file_problems import FileError, Problem
from gleanery.tasks.taxonomy.import_merging import merge_siblings
from gleanery.tasks.taxonomy.tree import Node, Taxonomy
from gleanery.tasks.taxonomy.tree_reading import tidy


def import_names(text: str, source: str) -> Taxonomy:
    """Return a discipline for every line; blank lines, `#` comments and repeated names go.

    Raises `FileError` if no name is there.
    """
    lines = enumerate(text.splitlines(), start=1)
    named = [(number, tidy(line)) for number, line in lines]
    nodes = [Node(name, line=n) for n, name in named if name and not name.startswith("#")]
    if not nodes:
        raise FileError(source, [Problem(0, "holds no name: one is expected on each line")])
    return Taxonomy(merge_siblings(nodes), source)
