"""How values cross between the judge and the program: as plain data, never as code.

A value arrives as an exact built-in (or one of a few types of the standard library), rebuilt from
its contents. What a program's class says of itself (`__eq__`, `__hash__`, `__abs__`) stays behind;
an object that is no plain data arrives as a handle.
"""

import builtins
import collections
import datetime
import decimal
import fractions
import json
import os
import struct
from collections.abc import Callable
from typing import Any

LARGEST_MESSAGE = 16 * 2**20  # bytes
_DEEPEST = 100
_LENGTH = struct.Struct("<I")
_SHORT_INTEGER = 2**63

_BY_CONTENTS: dict[Any, str] = {
    collections.OrderedDict: "ordered",
    collections.Counter: "counter",
    dict: "dict",
    list: "list",
    tuple: "tuple",
    set: "set",
    frozenset: "frozenset",
    collections.deque: "deque",
    type({}.keys()): "keys",
    type({}.values()): "list",
}
_BY_TEXT: dict[Any, str] = {decimal.Decimal: "decimal", fractions.Fraction: "fraction"}
_BY_NUMBERS: dict[Any, str] = {
    datetime.datetime: "datetime",
    datetime.date: "date",
    datetime.time: "time",
    datetime.timedelta: "timedelta",
    range: "range",
    slice: "slice",
}
_REBUILT: dict[str, Callable[[Any], Any]] = {
    "ordered": collections.OrderedDict,
    "counter": lambda pairs: collections.Counter(dict(pairs)),
    "dict": dict,
    "list": list,
    "tuple": tuple,
    "set": set,
    "frozenset": frozenset,
    "deque": collections.deque,
    "keys": lambda keys: dict.fromkeys(keys).keys(),
    "int": lambda text: int(text, 16),
    "complex": lambda parts: complex(*parts),
    "bytes": lambda text: text.encode("latin-1"),
    "bytearray": lambda text: bytearray(text.encode("latin-1")),
    "decimal": decimal.Decimal,
    "fraction": fractions.Fraction,
    "datetime": lambda parts: datetime.datetime(*parts),
    "date": lambda parts: datetime.date(*parts),
    "time": lambda parts: datetime.time(*parts),
    "timedelta": lambda parts: datetime.timedelta(*parts),
    "range": lambda parts: range(*parts),
    "slice": lambda parts: slice(*parts),
    "ellipsis": lambda _: ...,
    "own": lambda name: _OWN[name],
}
# Python's own types and functions without side effects, which tests may pass as arguments.
_OWN_NAMES = """
    abs all any bool bytearray bytes chr complex dict float frozenset int len list max min object
    ord pow repr round set sorted str sum tuple
"""
_OWN: dict[str, Any] = {name: getattr(builtins, name) for name in _OWN_NAMES.split()}
_OWN_IDS = {id(each): name for name, each in _OWN.items()}
_IN_PAIRS = ("ordered", "counter", "dict")


class TooDeep(ValueError):
    """A value nested deeper than any answer is, or one that holds itself."""


def encode(value: Any, handle: Callable[[Any], int], depth: int = 0) -> Any:
    """Return a value as JSON; `handle` gives the number of an object that is no plain data."""
    if depth > _DEEPEST:
        raise TooDeep(f"a value is nested more than {_DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, float):
        return float.__float__(value)
    if isinstance(value, int):
        plain = int.__int__(value)
        return plain if abs(plain) < _SHORT_INTEGER else ["int", hex(plain)]
    if isinstance(value, complex):
        return ["complex", [value.real, value.imag]]
    if isinstance(value, bytes | bytearray):
        name = "bytes" if isinstance(value, bytes) else "bytearray"
        return [name, bytes(value).decode("latin-1")]
    if value is ...:
        return ["ellipsis", None]
    if type(value).__module__ == "numpy" and getattr(value, "shape", None) == ():
        return encode(value.item(), handle, depth + 1)  # numpy's own number
    if id(value) in _OWN_IDS:
        return ["own", _OWN_IDS[id(value)]]
    return _encode_object(value, handle, depth)


def _encode_object(value: Any, handle: Callable[[Any], int], depth: int) -> Any:
    """Return a container or another object as its kind and what it holds, or as a handle."""

    def deeper(part: Any) -> Any:
        return encode(part, handle, depth + 1)

    for kind, name in _BY_CONTENTS.items():
        if isinstance(value, kind):
            if name in _IN_PAIRS:
                return [name, [[deeper(key), deeper(item)] for key, item in dict.items(value)]]
            return [name, [deeper(item) for item in value]]
    for kind, name in _BY_TEXT.items():
        if isinstance(value, kind):
            return [name, str(value)]
    for kind, name in _BY_NUMBERS.items():
        if isinstance(value, kind) and getattr(value, "tzinfo", None) is None:
            return [name, [deeper(part) for part in _numbers(value)]]
    return ["handle", handle(value)]


def _numbers(value: Any) -> tuple[Any, ...]:
    if isinstance(value, datetime.datetime):
        return (*value.timetuple()[:6], value.microsecond)
    if isinstance(value, datetime.date):
        return (value.year, value.month, value.day)
    if isinstance(value, datetime.time):
        return (value.hour, value.minute, value.second, value.microsecond)
    if isinstance(value, datetime.timedelta):
        return (value.days, value.seconds, value.microseconds)
    return (value.start, value.stop, value.step)


def decode(data: Any, held: Callable[[int], Any]) -> Any:
    """Return the value that `encode` made `data` of; `held` gives the object of a number.

    Raises ValueError, TypeError or RecursionError for what `encode` cannot have made.
    """
    if not isinstance(data, list):
        if isinstance(data, dict):
            raise ValueError("no value is written as a JSON object")
        return data
    name, contents = data
    if name == "handle":
        return held(int(contents))
    if name in _IN_PAIRS:
        contents = [(decode(key, held), decode(item, held)) for key, item in contents]
    elif isinstance(contents, list):
        contents = [decode(item, held) for item in contents]
    if name not in _REBUILT:
        raise ValueError(f"no kind of value is called {name!r}")
    return _REBUILT[name](contents)


def pack(message: Any) -> bytes:
    """Return a message with its length in front. Raises ValueError when it is too long."""
    data = json.dumps(message).encode()
    if len(data) > LARGEST_MESSAGE:
        raise ValueError(f"a value takes {len(data)} bytes; at most {LARGEST_MESSAGE} may pass")
    return _LENGTH.pack(len(data)) + data


def unpack(data: bytearray) -> Any:
    """Take the first message off received bytes and return it as a list of one, or an empty one.

    Raises ValueError when it is too long or no JSON.
    """
    if len(data) < _LENGTH.size:
        return []
    (length,) = _LENGTH.unpack_from(data)
    if length > LARGEST_MESSAGE:
        raise ValueError(f"a message of {length} bytes; at most {LARGEST_MESSAGE} may pass")
    end = _LENGTH.size + length
    if len(data) < end:
        return []
    message = json.loads(bytes(data[_LENGTH.size : end]))
    del data[:end]
    return [message]


def write_all(descriptor: int, data: bytes) -> None:
    """Write every byte."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]
