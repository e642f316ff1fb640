"""The grammar of a taxonomy file: from the YAML's texts, lists and mappings to nodes.

A node is a bare name (a discipline), a name with a list below it (`Arts: [Music, Dance]`), or
keys: `name`, and where wanted `id`, `description`, `status`, `votes` and `children`.
"""

import unicodedata

from gleanery.tasks.file_problems import Problem
from gleanery.tasks.taxonomy.tree import Node, Status
from gleanery.tasks.yaml_values import Broken, Items, Keys, Text, Value

KEYS = ("name", "id", "description", "status", "votes", "children")
VOTES = {"keep": True, "remove": False}

_KINDS = {Text: "a text", Items: "a list", Keys: "a mapping"}


def read_nodes(value: Value | None) -> tuple[tuple[Node, ...], list[Problem]]:
    """Return the nodes in a file's value, and everything that is wrong with how they are written.

    Nodes with a problem come as far as they could be understood.
    """
    grammar = _Grammar()
    if value is None or (isinstance(value, Text) and value.is_empty):
        return (), []
    return grammar.nodes(value, "a taxonomy"), grammar.problems


class _Grammar:
    """What was read so far is in the return values; what was wrong is in `problems`."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def nodes(self, value: Value, what: str) -> tuple[Node, ...]:
        if isinstance(value, Items) and value.items:
            nodes = [self._node(item) for item in value.items]
            return tuple(node for node in nodes if node)
        if not isinstance(value, Broken):
            found = "an empty list" if isinstance(value, Items) else self._kind(value)
            self._add(
                value, f"{what} is a list of nodes, each on a line with a hyphen; here is {found}"
            )
        return ()

    def _node(self, value: Value) -> Node | None:
        if isinstance(value, Text):
            if value.is_folded and " - " in value.value:
                self._add(
                    value,
                    f"this line and the next are one name, {value.value!r}: put the hyphens of "
                    "neighbours below each other, or the name in quotes",
                )
            return Node(name=tidy(value.value), line=value.line)
        if isinstance(value, Keys):
            if len(value.pairs) == 1 and value.pairs[0][0].value not in KEYS:
                return self._short_node(*value.pairs[0])
            return self._full_node(value)
        if isinstance(value, Items):
            self._add(value, "a list stands where a node should: what it holds needs a name above")
        return None

    def _short_node(self, key: Text, value: Value) -> Node:
        name = tidy(key.value)
        if isinstance(value, Text) and value.is_empty:
            self._add(
                key, f"nothing stands below {name!r}: take the colon away if it is a discipline"
            )
            return Node(name=name, line=key.line)
        children = self.nodes(value, f"what follows {name!r} and a colon")
        return Node(name=name, children=children, line=key.line)

    def _full_node(self, value: Keys) -> Node:
        given = self._unique_keys(value)
        if "name" not in given:
            known = ", ".join(KEYS)
            self._add(value, f"this node has no name; the keys of a node are {known}")
        children = given.get("children")
        return Node(
            name=tidy(self._text(given, "name")) if "name" in given else f"line {value.line}",
            id=self._text(given, "id"),
            description=tidy(self._text(given, "description")),
            status=self._status(given),
            votes=self._votes(given),
            children=self.nodes(children, "children") if children else (),
            line=value.line,
        )

    def _unique_keys(self, value: Keys) -> dict[str, Value]:
        given: dict[str, Value] = {}
        for key, held in value.pairs:
            if key.value in given:
                self._add(key, f"{key.value} stands twice in one node")
            given[key.value] = held
        if unknown := [key for key, _ in value.pairs if key.value not in KEYS and not key.is_empty]:
            names = ", ".join(repr(key.value) for key in unknown)
            self._add(unknown[0], f"a node has no key {names}; known keys: {', '.join(KEYS)}")
        return given

    def _text(self, given: dict[str, Value], key: str) -> str:
        value = given.get(key)
        if value is None or isinstance(value, Broken):
            return ""
        if isinstance(value, Text):
            if value.is_empty and key == "id":
                self._add(value, "the id is empty: leave the key out to have one made")
            return value.value.strip()
        self._add(value, f"{key} is a text, but here is {self._kind(value)}")
        return f"line {value.line}" if key == "name" else ""

    def _status(self, given: dict[str, Value]) -> Status:
        text = self._text(given, "status")
        if "status" in given and text not in set(Status):
            known = ", ".join(reversed(Status))
            self._add(given["status"], f"unknown status {text!r}; it is one of {known}")
            return Status.KEPT
        return Status(text) if text else Status.KEPT

    def _votes(self, given: dict[str, Value]) -> dict[str, bool]:
        value = given.get("votes")
        if value is None or isinstance(value, Broken):
            return {}
        if not isinstance(value, Keys):
            self._add(
                value,
                f"votes are written as `{{ada: keep, ben: remove}}`; here is {self._kind(value)}",
            )
            return {}
        votes: dict[str, bool] = {}
        for who, vote in value.pairs:
            name = tidy(who.value)
            word = vote.value if isinstance(vote, Text) else self._kind(vote)
            if not name:
                self._add(who, "a vote needs the name of who gave it")
            elif name in votes:
                self._add(who, f"{name} has voted twice on one node")
            elif word not in VOTES:
                self._add(vote, f"unknown vote {word!r} of {name}; it is keep or remove")
            votes[name] = VOTES.get(word, True)
        return votes

    def _kind(self, value: Value) -> str:
        if isinstance(value, Text) and value.is_empty:
            return "nothing"
        return _KINDS[type(value)] if not isinstance(value, Broken) else "something broken"

    def _add(self, value: Value, text: str) -> None:
        self.problems.append(Problem(value.line, text))


def tidy(text: str) -> str:
    """Return a text in one line: composed (NFC), and with single spaces between its words."""
    return " ".join(unicodedata.normalize("NFC", text).split())
