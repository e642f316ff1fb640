"""The names of a program as the tests see them: calls go to another process, values come back.

The tests never run beside the program's code. A function of the program stands before them as a
`Remote`; what it returns is plain data that the judge rebuilt (sandbox_wire.py).
"""

import builtins
from collections.abc import Iterator
from typing import Any

from gleanery.tasks.evaluation.sandbox_link import Ended, Link
from gleanery.tasks.evaluation.sandbox_wire import decode, encode

# Python takes these as the quiet end of a loop: a program must not end the loops of its tests.
_QUIET = {"StopIteration", "StopAsyncIteration"}


class RemoteError(Exception):
    """An exception in the program that is none of Python's own."""


class Untestable(BaseException):
    """The tests ask for what cannot pass between two processes."""


class RemoteProgram:
    """The program behind a link: its names, its objects, and its exceptions."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._objects: dict[int, Remote] = {}

    def name(self, name: str) -> Any:
        """Return what the program calls `name`. Raises NameError."""
        return self.ask("name", name)

    def ask(self, operation: str, *values: Any, **named: Any) -> Any:
        """Return the value of an operation in the program; raise what it raises there."""
        self.link.calls += operation == "call"
        request = {
            "operation": operation,
            "values": [self._encode(value) for value in values],
            "named": {name: self._encode(value) for name, value in named.items()},
        }
        kind, *reply = self._checked_reply(self.link.ask(request))
        try:
            if kind == "value":
                value, changes = reply
                for place, contents in changes:
                    _put_back(values[place], self._decode(contents))
                return self._decode(value)
            name, message = map(str, reply)
        except (ValueError, TypeError, IndexError, ArithmeticError, RecursionError) as error:
            raise RemoteError(f"the program's reply holds no value: {error}") from None
        raise _exception(name, message, operation)

    def _checked_reply(self, reply: Any) -> list[Any]:
        if isinstance(reply, list) and len(reply) == 3 and reply[0] in ("value", "error"):
            return reply
        self.link.ended = Ended("failed", "the program wrote something else where replies go")
        raise self.link.ended

    def _encode(self, value: Any) -> Any:
        try:
            return encode(value, self._number)
        except ValueError as error:
            raise Untestable(f"the tests pass a value that cannot cross: {error}") from None

    def _decode(self, data: Any) -> Any:
        return decode(data, self._object)

    def _number(self, value: Any) -> int:
        if not isinstance(value, Remote):
            kind = type(value).__name__
            raise Untestable(f"the tests pass a {kind}, which cannot be handed to the program")
        return int(object.__getattribute__(value, "_number"))

    def _object(self, number: int) -> "Remote":
        return self._objects.setdefault(number, Remote(self, number))


class Remote:
    """An object of the program that is no plain data: a function, a class, an instance.

    It equals only itself, whatever its class says.
    """

    __slots__ = ("_number", "_program")

    def __init__(self, program: RemoteProgram, number: int) -> None:
        object.__setattr__(self, "_program", program)
        object.__setattr__(self, "_number", number)

    def __call__(self, *values: Any, **named: Any) -> Any:
        """Return what the call returns in the program; raise what it raises there."""
        return _ask(self, "call", *values, **named)

    def __getattr__(self, name: str) -> Any:
        return _ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        _ask(self, "setattr", name, value)

    def __getitem__(self, key: Any) -> Any:
        return _ask(self, "getitem", key)

    def __setitem__(self, key: Any, value: Any) -> None:
        _ask(self, "setitem", key, value)

    def __len__(self) -> int:
        return int(_ask(self, "len"))

    def __iter__(self) -> Iterator[Any]:
        iterator: Iterator[Any] = _ask(self, "iter")
        return iterator

    def __next__(self) -> Any:
        return _ask(self, "next")

    def __bool__(self) -> bool:
        return bool(_ask(self, "bool"))

    def __str__(self) -> str:
        return str(_ask(self, "str"))


def _ask(remote: Remote, operation: str, *values: Any, **named: Any) -> Any:
    program: RemoteProgram = object.__getattribute__(remote, "_program")
    return program.ask(operation, remote, *values, **named)


def _put_back(value: Any, contents: Any) -> None:
    """Change an argument in place as the program changed its copy."""
    if isinstance(value, list | bytearray):
        value[:] = contents
    elif isinstance(value, dict | set):
        value.clear()
        value.update(contents)


def _exception(name: str, message: str, operation: str) -> Exception:
    """Return Python's own exception of that name, or a `RemoteError` that names it."""
    found = getattr(builtins, name, None)
    expected = name == "StopIteration" and operation == "next"
    if (
        isinstance(found, type)
        and issubclass(found, Exception)
        and (expected or name not in _QUIET)
    ):
        try:
            return found(message)
        except TypeError:
            pass
    return RemoteError(f"{name}: {message}")
