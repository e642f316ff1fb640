"""Changing votes and statuses in a taxonomy's text, so that comments and layout stay as they are.

A vote is then one or two lines of a diff, however large the file.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from gleanery.tasks.file_problems import FileError
from gleanery.tasks.taxonomy.tree import Node, Taxonomy
from gleanery.tasks.taxonomy.tree_reading import KEYS, read_nodes, tidy
from gleanery.tasks.taxonomy.tree_writing import written, written_votes
from gleanery.tasks.yaml_values import Items, Keys, Text, Value, read_yaml


@dataclass(frozen=True, slots=True)
class _Edit:
    """Replace the characters from `start` to `end`."""

    start: int
    end: int
    text: str


def edit_text(text: str, before: Taxonomy, after: Taxonomy) -> str | None:
    """Return the text of `before` changed to say what `after` says; None if that cannot be done.

    Only votes and statuses may differ, and no vote may be gone. The result is read again and
    compared, so that a layout which this does not understand gives None and never a wrong file.
    """
    top, _ = read_yaml(text, before.source)
    edits = [
        edit
        for old, new in zip(before.places, after.places, strict=True)
        if (old.node.status, old.node.votes) != (new.node.status, new.node.votes)
        for edit in _edits_of(text, *_find(top, old.steps), old.node, new.node)
    ]
    text = _edited(text, edits)
    try:
        nodes, problems = read_nodes(read_yaml(text, before.source)[0])
    except FileError:
        return None
    return text if nodes == after.nodes and not problems else None


def _edited(text: str, edits: list[_Edit]) -> str:
    pieces: list[str] = []
    position = 0
    for edit in sorted(edits, key=lambda edit: edit.start):
        pieces += [text[position : edit.start], edit.text]
        position = edit.end
    return "".join([*pieces, text[position:]])


def _find(top: Value | None, steps: tuple[int, ...]) -> tuple[Value, bool]:
    """Return what is written for a node, and whether it stands inside brackets or braces."""
    is_flow, value, held = False, top, top
    for step in steps:
        if not isinstance(held, Items):
            raise AssertionError("the text is not that of the taxonomy")
        is_flow, value = is_flow or held.is_flow, held.items[step]
        held = None
        if isinstance(value, Keys):
            is_short = len(value.pairs) == 1 and value.pairs[0][0].value not in KEYS
            held = next((v for k, v in value.pairs if is_short or k.value == "children"), None)
    if value is None:
        raise AssertionError("a node has at least one step")
    return value, is_flow


def _edits_of(text: str, value: Value, is_flow: bool, old: Node, new: Node) -> Iterator[_Edit]:
    changed: dict[str, str] = {}
    if old.status is not new.status:
        changed["status"] = new.status.value
    if old.votes != new.votes:
        changed["votes"] = written_votes(new.votes)
    if isinstance(value, Text):
        yield from _edits_of_bare_name(text, value, is_flow, changed)
    elif isinstance(value, Keys) and len(value.pairs) == 1 and value.pairs[0][0].value not in KEYS:
        yield from _edits_of_short_node(text, value, changed)
    elif isinstance(value, Keys):
        votes = next((v for k, v in value.pairs if k.value == "votes"), None)
        if isinstance(votes, Keys) and votes.pairs and "votes" in changed:
            del changed["votes"]
            given = {
                who: "keep" if keep else "remove"
                for who, keep in new.votes.items()
                if old.votes.get(who) is not keep
            }
            yield from _set_keys(text, votes, given)
        yield from _set_keys(text, value, changed)


def _edits_of_bare_name(
    text: str, name: Text, is_flow: bool, changed: Mapping[str, str]
) -> Iterator[_Edit]:
    end = _end_of(text, name)
    is_one_line = "\n" not in text[name.start : end]
    shown = text[name.start : end] if is_one_line else written(name.value, in_braces=is_flow)
    if is_flow:
        keys = ", ".join(f"{key}: {word}" for key, word in changed.items())
        yield _Edit(name.start, end, f"{{name: {shown}, {keys}}}")
        return
    yield _Edit(name.start, end, f"name: {shown}")
    yield _new_lines(text, end, name.column, changed)


def _edits_of_short_node(text: str, node: Keys, changed: Mapping[str, str]) -> Iterator[_Edit]:
    key, _ = node.pairs[0]
    keys = {"name": text[key.start : key.end], **changed}
    between = ", " if node.is_flow else f"{_line_end(text)}{' ' * key.column}"
    shown = between.join(f"{name}: {word}" for name, word in keys.items())
    yield _Edit(key.start, text.index(":", key.end) + 1, f"{shown}{between}children:")


def _set_keys(text: str, node: Keys, changed: Mapping[str, str]) -> Iterator[_Edit]:
    """Yield the edits that give keys of a mapping new values; new keys follow the last text."""
    held = {tidy(key.value): value for key, value in node.pairs}
    new = {}
    for key, word in changed.items():
        if isinstance(value := held.get(key), Text):
            yield _Edit(value.start, _end_of(text, value), word)
        else:
            new[written(key, in_braces=True)] = word
    if not new:
        return
    texts = [key for key, value in held.items() if isinstance(value, Text)]
    before_children = [key for key in texts if held[key].start < _start_of_children(held)]
    end = _end_of(text, held[(before_children or texts)[-1]])
    if node.is_flow:
        yield _Edit(end, end, "".join(f", {key}: {word}" for key, word in new.items()))
    else:
        yield _new_lines(text, end, node.pairs[0][0].column, new)


def _start_of_children(held: Mapping[str, Value]) -> float:
    return held["children"].start if "children" in held else float("inf")


def _new_lines(text: str, position: int, column: int, keys: Mapping[str, str]) -> _Edit:
    """Return the edit that adds lines of keys below the line that holds this position."""
    end = text.find("\n", position)
    end = len(text) if end < 0 else end
    if text[:end].endswith("\r"):
        end -= 1
    lines = [f"{_line_end(text)}{' ' * column}{key}: {word}" for key, word in keys.items()]
    return _Edit(end, end, "".join(lines))


def _line_end(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _end_of(text: str, value: Value) -> int:
    """Return where a text ends; the parser's own end of a block text is the next line's start."""
    return value.start + len(text[value.start : value.end].rstrip())
