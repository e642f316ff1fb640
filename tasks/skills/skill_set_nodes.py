"""YAML as nodes that know their lines: what is wrong is collected, not raised."""

import contextlib
import difflib
from collections.abc import Sequence

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # ten times as fast where it is built
_NULL = "tag:yaml.org,2002:null"
_KINDS = {yaml.ScalarNode: "a text", yaml.SequenceNode: "a list", yaml.MappingNode: "a mapping"}


def parse_yaml(data: bytes) -> yaml.Node | None:
    """Return the top node of a YAML file, or None if there is none.

    Raises `ValueError` with "line: problem" for what is no YAML.
    """
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{_line(data, error.start)}: not UTF-8 ({error.reason})") from None
    try:
        node: yaml.Node | None = yaml.compose(text, Loader=_Loader)
    except yaml.reader.ReaderError as error:
        line = _line(text, error.position)
        raise ValueError(f"{line}: a character that YAML does not allow") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise ValueError(f"{line}: not YAML: {error.problem or error.context}") from None
    except RecursionError:
        raise ValueError("1: not YAML of ours: nested without end") from None
    return node


def _line(text: str | bytes, position: int) -> int:
    head = text[:position]
    return 1 + (head.count("\n") if isinstance(head, str) else head.count(b"\n"))


class Nodes:
    """Reads nodes as what they should be; `problems` has line (from 1) and words of each mistake.

    Each method returns something empty in place of what is wrong, so that reading goes on.
    """

    def __init__(self) -> None:
        self.problems: list[tuple[int, str]] = []

    def complain(self, node: yaml.Node | None, problem: str) -> None:
        """Note a problem at a node's line; at the first line for a node that is not there."""
        self.problems.append((node.start_mark.line + 1 if node else 1, problem))

    def mapping(self, node: yaml.Node, what: str, known: Sequence[str]) -> dict[str, yaml.Node]:
        """Return a mapping's nodes by key; unknown and repeated keys are problems."""
        if not isinstance(node, yaml.MappingNode):
            self.complain(node, f"{what} must be a mapping, found {_kind(node)}")
            return {}
        found: dict[str, yaml.Node] = {}
        for key_node, value in node.value:
            key = key_node.value if isinstance(key_node, yaml.ScalarNode) else _kind(key_node)
            if key not in known:
                close = difflib.get_close_matches(key, known, n=1)
                meant = f" (did you mean {close[0]}?)" if close else ""
                keys = ", ".join(known)
                self.complain(key_node, f"{what} has no key {key!r}{meant}; known keys: {keys}")
            elif key in found:
                self.complain(key_node, f"key {key!r} stands twice in {what}")
            else:
                found[key] = value
        return found

    def sequence(self, node: yaml.Node | None, what: str) -> list[yaml.Node]:
        """Return a list's nodes; none for a node that is not there."""
        if node is None:
            return []
        if not isinstance(node, yaml.SequenceNode):
            found = "nothing" if node.tag == _NULL else _kind(node)
            self.complain(node, f"{what} must be a list, found {found}")
            return []
        return list(node.value)

    def text(self, node: yaml.Node, what: str, longest: int) -> str:
        """Return a text in one line, as it is written: `no` is no truth value, 1984 no number."""
        if not isinstance(node, yaml.ScalarNode):
            self.complain(node, f"{what} must be a text, found {_kind(node)}")
            return ""
        text = "" if node.tag == _NULL else " ".join(str(node.value).split())
        if not text:
            self.complain(node, f"{what} is blank: fill it in, or remove it")
        elif len(text) > longest:
            self.complain(node, f"{what} has {len(text)} characters, more than {longest}")
            return ""
        return text

    def choice(self, node: yaml.Node | None, what: str, choices: Sequence[str]) -> str:
        """Return one of the choices; the first for a node that is not there."""
        if node is None:
            return choices[0]
        text = node.value if isinstance(node, yaml.ScalarNode) else _kind(node)
        if text not in choices:
            self.complain(node, f"{what} is {text!r}, and can only be {' or '.join(choices)}")
            return choices[0]
        return str(text)

    def number(self, node: yaml.Node | None, what: str) -> int:
        """Return a whole number from 0; 0 for a node that is not there."""
        if node is None:
            return 0
        with contextlib.suppress(ValueError, TypeError):
            if (number := int(node.value)) >= 0:
                return number
        self.complain(node, f"{what} must be a whole number, 0 or more")
        return 0


def _kind(node: yaml.Node) -> str:
    return _KINDS[type(node)]
