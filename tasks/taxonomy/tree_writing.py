"""A taxonomy as YAML text, written as a person would write it."""

import re
from collections.abc import Iterator, Mapping

import yaml

from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.tree import Node, Status, Taxonomy
from gleanery.tasks.taxonomy.tree_reading import KEYS
from gleanery.tasks.taxonomy.tree_rules import find_problems

# Letters and digits of any script in words, and signs that mean nothing to YAML where they stand.
_SURELY_PLAIN = re.compile(r"\w[\w ,/&()+.;'’–-]*")
_ONE_LINE = 2**31 - 1
_NEVER_IN_BRACES = re.compile(r"[,\[\]{}]")


def render(taxonomy: Taxonomy, header: str = "") -> str:
    """Return the YAML text of a taxonomy; the lines of `header` come first, as comments.

    What says nothing is left out: an empty description, the status `kept`, an id that no one
    wrote. Raises `FileError` if the taxonomy could not be read again.
    """
    if problems := find_problems(taxonomy):
        raise FileError(taxonomy.source, problems)
    lines = [f"# {line}".rstrip() for line in header.splitlines()]
    return "\n".join([*lines, *_lines(taxonomy.nodes, 0), ""])


def _lines(nodes: tuple[Node, ...], depth: int) -> Iterator[str]:
    indent = "  " * depth
    for node in nodes:
        keys = _keys(node)
        if not keys and not node.children:
            yield f"{indent}- {written(node.name)}"
            continue
        if not keys and node.name not in KEYS:
            yield f"{indent}- {written(node.name)}:"
        else:
            yield f"{indent}- name: {written(node.name)}"
            yield from (f"{indent}  {key}: {value}" for key, value in keys.items())
            if node.children:
                yield f"{indent}  children:"
        yield from _lines(node.children, depth + 2)


def _keys(node: Node) -> dict[str, str]:
    """Return what a node says besides its name and children, as it is written."""
    keys = {"id": node.id, "description": written(node.description) if node.description else ""}
    if node.status is not Status.KEPT:
        keys["status"] = node.status.value
    if node.votes:
        keys["votes"] = written_votes(node.votes)
    return {key: value for key, value in keys.items() if value}


def written_votes(votes: Mapping[str, bool]) -> str:
    """Return votes as one line of YAML."""
    words = [f"{written(who, True)}: {'keep' if keep else 'remove'}" for who, keep in votes.items()]
    return "{" + ", ".join(words) + "}"


def written(text: str, in_braces: bool = False) -> str:
    """Return a text as YAML: as it is where that is safe, else in quotes."""
    is_plain = _SURELY_PLAIN.fullmatch(text) and not (in_braces and _NEVER_IN_BRACES.search(text))
    if is_plain and _resolves_to_text(text):
        return text
    quoted = yaml.safe_dump(text, default_style='"', allow_unicode=True, width=_ONE_LINE)
    return str(quoted).rstrip("\n")


def _resolves_to_text(text: str) -> bool:
    """Return whether other readers of YAML take this for a text, not for a number or a date."""
    resolver = yaml.SafeLoader.yaml_implicit_resolvers
    patterns = [*resolver.get(text[0], []), *resolver.get(None, [])]
    return not any(pattern.match(text) for _, pattern in patterns)
