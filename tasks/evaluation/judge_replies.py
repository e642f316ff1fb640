"""What a judge replied, as an object with its verdict."""

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from gleanery.tasks.json_answers import read_json_answers

T = TypeVar("T")
_LONGEST = 1500  # characters of a reason that is kept: not every server holds a model to a bound


def reply_with(reply: str, key: str, read: Callable[[object], T]) -> Mapping[str, Any]:
    """Return the object in a reply that has this key; the last one where they agree on it.

    Raises `ValueError` where there is none, or where `read` makes different things of them.
    """
    found = [value for value in read_json_answers(reply) if isinstance(value, dict)]
    with_key = [value for value in found if key in value]
    if not with_key:
        raise ValueError(f"there is no {key!r} in it")
    if len({str(read(value[key])) for value in with_key}) > 1:
        raise ValueError(f"it gives two values of {key!r} that differ")
    return with_key[-1]


def text_in(value: Mapping[str, Any], name: str) -> str:
    """Return a text of a reply on one line, cut where it is endless. Raises `ValueError`."""
    text = value.get(name, "")
    if not isinstance(text, str):
        raise ValueError(f"{name} is no text: {str(text)[:50]!r}")
    return " ".join(text.split())[:_LONGEST]
