"""What stands in a skill set's file, as what it should be; mistakes are collected, not raised."""

import contextlib
import difflib
from collections.abc import Sequence

from gleanery.tasks.file_problems import Problem
from gleanery.tasks.yaml_values import Broken, Items, Keys, Text, Value

_KINDS = {Text: "a text", Items: "a list", Keys: "a mapping"}


class Nodes:
    """Reads values as what they should be; `problems` has each mistake.

    Each method returns something empty in place of what is wrong, so that reading goes on.
    """

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def complain(self, value: Value | None, text: str) -> None:
        """Note a problem at a value's line; at the first line for a value that is not there."""
        if not isinstance(value, Broken):
            self.problems.append(Problem(value.line if value else 1, text))

    def mapping(self, value: Value, what: str, known: Sequence[str]) -> dict[str, Value]:
        """Return a mapping's values by key; unknown and repeated keys are problems."""
        if not isinstance(value, Keys):
            self.complain(value, f"{what} must be a mapping, found {_kind(value)}")
            return {}
        found: dict[str, Value] = {}
        for key, held in value.pairs:
            if key.value in found:
                self.complain(key, f"key {key.value!r} stands twice in {what}")
            elif key.value in known:
                found[key.value] = held
            else:
                close = difflib.get_close_matches(key.value, known, n=1)
                meant = f" (did you mean {close[0]}?)" if close else ""
                keys = ", ".join(known)
                self.complain(key, f"{what} has no key {key.value!r}{meant}; known keys: {keys}")
        return found

    def sequence(self, value: Value | None, what: str) -> list[Value]:
        """Return a list's values; none for a list that is not there."""
        if isinstance(value, Items):
            return value.items
        if value is not None:
            self.complain(value, f"{what} must be a list, found {_kind(value)}")
        return []

    def text(self, value: Value, what: str, longest: int) -> str:
        """Return a text in one line, as it is written: `no` is no truth value, 1984 no number."""
        if not isinstance(value, Text):
            self.complain(value, f"{what} must be a text, found {_kind(value)}")
            return ""
        text = " ".join(value.value.split())
        if not text:
            self.complain(value, f"{what} is blank: fill it in, or remove it")
        elif len(text) > longest:
            self.complain(value, f"{what} has {len(text)} characters, more than {longest}")
            return ""
        return text

    def choice(self, value: Value | None, what: str, choices: Sequence[str]) -> str:
        """Return one of the choices; the first for a value that is not there."""
        if value is None:
            return choices[0]
        text = value.value if isinstance(value, Text) else _kind(value)
        if text not in choices:
            self.complain(value, f"{what} is {text!r}, and can only be {' or '.join(choices)}")
            return choices[0]
        return text

    def number(self, value: Value | None, what: str) -> int:
        """Return a whole number from 0; 0 for a value that is not there."""
        if value is None:
            return 0
        with contextlib.suppress(ValueError):
            if isinstance(value, Text) and (number := int(value.value)) >= 0:
                return number
        self.complain(value, f"{what} must be a whole number, 0 or more")
        return 0


def _kind(value: Value) -> str:
    if isinstance(value, Text) and value.is_empty:
        return "nothing"
    return _KINDS.get(type(value), "something broken")
