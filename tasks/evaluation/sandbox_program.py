"""The program's end: runs the source that a model wrote and answers the judge's requests.

Everything in this process belongs to the program: it may change, forge or close what it likes
here. What it cannot do is read the tests, or reach the process that judges.
"""

import io
import json
import sys
import types
from collections.abc import Callable
from typing import Any

from gleanery.tasks.evaluation.sandbox_wire import decode, encode, pack, unpack, write_all

_CHANGEABLE = (list, dict, set, bytearray)
_CHUNK = 2**16
_LONGEST_MESSAGE = 500  # characters of an exception's text

_OPERATIONS: dict[str, Callable[..., Any]] = {
    "call": lambda target, *values, **named: target(*values, **named),
    "getattr": getattr,
    "setattr": setattr,
    "getitem": lambda target, key: target[key],
    "setitem": lambda target, key, value: target.__setitem__(key, value),
    "len": len,
    "iter": iter,
    "next": next,
    "bool": bool,
    "str": str,
}


def serve_program(source: str, requests: Callable[[int], bytes], replies: int) -> None:
    """Run the source, then answer requests until they end.

    The first message that goes out says whether the source ran: it is the reply to no request.
    """
    module = types.ModuleType("program")
    sys.modules["program"] = module  # dataclasses and type hints look it up
    held: list[Any] = []
    out = io.BufferedWriter(io.FileIO(1, "w", closefd=False))
    # By lines, as the program may be ended at any moment.
    sys.stdout = io.TextIOWrapper(out, encoding="utf-8", errors="replace", line_buffering=True)
    try:
        exec(compile(source, "<program>", "exec"), module.__dict__)
        write_all(replies, pack(["value", None, []]))
    except BaseException as error:
        write_all(replies, pack(_error(error)))
        return
    received = bytearray()
    while True:
        while not (messages := unpack(received)):
            data = requests(_CHUNK)
            if not data:
                return
            received += data
        write_all(replies, _reply(module, held, messages[0]))


def _reply(module: types.ModuleType, held: list[Any], request: dict[str, Any]) -> bytes:
    numbers = {id(value): number for number, value in enumerate(held)}

    def number(value: Any) -> int:
        if id(value) not in numbers:
            numbers[id(value)] = len(held)
            held.append(value)
        return numbers[id(value)]

    try:
        values = [decode(value, held.__getitem__) for value in request["values"]]
        named = {key: decode(value, held.__getitem__) for key, value in request["named"].items()}
        before = request["values"]
        if request["operation"] == "name":
            result = _named(module, values[0])
        else:
            result = _OPERATIONS[request["operation"]](*values, **named)
        changes = [
            [place, after]
            for place, value in enumerate(values)
            if type(value) in _CHANGEABLE
            and json.dumps(after := encode(value, number)) != json.dumps(before[place])
        ]
        return pack(["value", encode(result, number), changes])
    except BaseException as error:
        return pack(_error(error))


def _named(module: types.ModuleType, name: str) -> Any:
    if name not in module.__dict__:
        raise NameError(f"name {name!r} is not defined")
    return module.__dict__[name]


def _error(error: BaseException) -> list[str]:
    try:
        message = str(error)[:_LONGEST_MESSAGE]
    except BaseException:
        message = "an exception whose text cannot be made"
    return ["error", type(error).__name__, message]
