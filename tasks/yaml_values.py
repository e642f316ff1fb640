"""A YAML file as texts, lists and mappings that know where in the file they stand.

PyYAML's own loader would give values without lines, and would follow aliases: a list that holds
itself, or one that is repeated a billion times.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import yaml

from gleanery.tasks.file_problems import FileError, Problem

# A level of a taxonomy takes two of YAML's (a list, a mapping). The parser's time grows with the
# square of the nesting, so that a few kilobytes of brackets would keep it busy for a minute.
_DEEPEST_NESTING = 64
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # C where it was built: ten times faster
_COUNTS_BYTES = _LOADER is not yaml.SafeLoader
_EMPTY = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(slots=True)
class Written:
    """Something in the file: where it starts and ends, in characters; `line` counts from 1."""

    line: int
    column: int
    start: int
    end: int


@dataclass(slots=True)
class Text(Written):
    """A text, whatever it looks like: `No` and `2020` are names too. `is_empty` also for null.

    `is_folded` if it runs over several lines without quotes.
    """

    value: str
    is_empty: bool = False
    is_folded: bool = False


@dataclass(slots=True)
class Items(Written):
    """A list; `is_flow` if it is written in brackets."""

    is_flow: bool
    items: list["Value"] = field(default_factory=list)


@dataclass(slots=True)
class Keys(Written):
    """A mapping, with its keys in order; `is_flow` if it is written in braces."""

    is_flow: bool
    pairs: list[tuple[Text, "Value"]] = field(default_factory=list)


@dataclass(slots=True)
class Broken(Written):
    """Something whose problem is already known."""


Value: TypeAlias = Text | Items | Keys | Broken


def read_yaml(text: str, source: str) -> tuple[Value | None, list[Problem]]:
    """Return the value that a YAML file holds (None if it is empty), and problems found with it.

    Raises `FileError` with the line where the file stops being YAML.
    """
    reading = _Reading(yaml.parse(text, Loader=_LOADER))
    try:
        return reading.read(), reading.problems
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        words = ", ".join(filter(None, [error.context, error.problem]))
        problem = Problem(mark.line + 1 if mark else 0, f"is not YAML: {words}")
    except yaml.reader.ReaderError as error:
        before = (
            text.encode()[: error.position] if _COUNTS_BYTES else text[: error.position].encode()
        )
        line = before.count(b"\n") + 1
        problem = Problem(line, f"has a character that YAML does not allow: {error.reason}")
    raise FileError(source, [*reading.problems, problem])


class _Reading:
    """One pass over the parser's events."""

    def __init__(self, events: Iterator[Any]) -> None:
        self.problems: list[Problem] = []
        self._events = events
        self._anchors: dict[str, Written] = {}

    def read(self) -> Value | None:
        open_values: list[Items | Keys] = []
        keys: list[Text | None] = []  # of each open value: the key that waits for its value
        top: Value | None = None
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                open_values.pop().end = _end_of(event)
                keys.pop()
                continue
            if isinstance(event, yaml.DocumentStartEvent) and top is not None:
                self._add(event, "a second document starts here: such a file is one")
                return None
            if not isinstance(event, yaml.NodeEvent):
                continue
            value = self._value(event, open_values)
            if not open_values:
                top = value
            elif isinstance(parent := open_values[-1], Items):
                parent.items.append(value)
            elif (key := keys[-1]) is None:
                keys[-1] = self._key(value)
            else:
                parent.pairs.append((key, value))
                keys[-1] = None
            if isinstance(value, Items | Keys):
                if len(open_values) >= _DEEPEST_NESTING:
                    self._add(event, f"nested more than {_DEEPEST_NESTING} deep")
                    return None
                open_values.append(value)
                keys.append(None)
        return top

    def _value(self, event: Any, open_values: list[Items | Keys]) -> Value:
        mark = event.start_mark
        where = (mark.line + 1, mark.column, mark.index, _end_of(event))
        runs_on = event.end_mark.line > mark.line
        value: Value
        if isinstance(event, yaml.AliasEvent):
            return self._aliased(event, where, open_values)
        if isinstance(event, yaml.ScalarEvent):
            is_empty = not event.value.strip() or (not event.style and event.value in _EMPTY)
            text = "" if is_empty else event.value
            value = Text(*where, text, is_empty, is_folded=runs_on and not event.style)
        elif isinstance(event, yaml.SequenceStartEvent):
            value = Items(*where, bool(event.flow_style))
        else:
            value = Keys(*where, bool(event.flow_style))
        if event.anchor:
            self._anchors[event.anchor] = value
        return value

    def _aliased(
        self, event: Any, where: tuple[int, int, int, int], open_values: list[Items | Keys]
    ) -> Value:
        named = self._anchors.get(event.anchor)
        if isinstance(named, Text):
            return Text(*where, named.value, named.is_empty, named.is_folded)
        if named is None:
            self._add(event, f"*{event.anchor} names nothing: there is no &{event.anchor} before")
        elif any(value is named for value in open_values):
            self._add(event, f"a cycle: *{event.anchor} stands inside what it names, {_at(named)}")
        else:
            self._add(
                event,
                f"*{event.anchor} repeats what stands at {_at(named)}: only texts may be repeated "
                "by an alias, write it out",
            )
        return Broken(*where)

    def _key(self, value: Value) -> Text:
        if isinstance(value, Text):
            return value
        if not isinstance(value, Broken):
            self.problems.append(Problem(value.line, "a list or a mapping cannot be a key"))
        return Text(value.line, value.column, value.start, value.end, "", is_empty=True)

    def _add(self, event: Any, text: str) -> None:
        self.problems.append(Problem(event.start_mark.line + 1, text))


def _end_of(event: Any) -> int:
    return int(event.end_mark.index)


def _at(value: Written) -> str:
    return f"line {value.line}"
