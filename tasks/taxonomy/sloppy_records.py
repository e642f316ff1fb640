"""Records in a model's answer, whatever it calls their keys and however it nests their texts."""

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator

from gleanery.tasks.json_answers import read_json_answer

_SEPARATORS = (re.compile(r"\s*[\n;；•]\s*"), re.compile(r"\s*[,，、]\s*"))
_NOT_IN_KEYS = re.compile(r"[\s_-]+")


def records_in(answer: str, names: Sequence[str]) -> list[dict[str, Any]]:
    """Return the records of a JSON answer, keys in lower case without spaces and underscores.

    The list stands alone or under one of the names. Raises `ValueError` where there is none: one
    object without a list may be the first of many that stand in lines.
    """
    value = read_json_answer(answer)
    if isinstance(value, Mapping):
        fields = _with_plain_keys(value)
        value = next((fields[name] for name in names if name in fields), None)
    if not isinstance(value, list):
        raise ValueError(f"there is no list of {names[0]} in the answer")
    if not all(isinstance(item, Mapping) for item in value):
        raise ValueError(f"not all of the {names[0]} in the answer are objects")
    return [_with_plain_keys(item) for item in value]


def _with_plain_keys(value: Mapping[str, Any]) -> dict[str, Any]:
    return {_NOT_IN_KEYS.sub("", key).lower(): item for key, item in value.items()}


def _as_text(value: object) -> object:
    """Return one text of a text, a number, a list of texts or nothing."""
    if value is None:
        return ""
    if isinstance(value, list):
        return " ".join(str(_as_text(item)) for item in value)
    return " ".join(value.split()) if isinstance(value, str) else str(value)


def _as_texts(value: object) -> object:
    """Return the texts of a list, of its objects' first texts, or of one text's pieces."""
    if value is None:
        return []
    if isinstance(value, str):
        pieces = next((s.split(value) for s in _SEPARATORS if s.search(value)), [value])
        return [piece for piece in pieces if piece.strip()]
    if isinstance(value, Mapping):
        return [_as_text(key) for key in value]
    if isinstance(value, list):
        texts = (_first_text(item) for item in value)
        return [text for text in texts if text]
    return [str(value)]


def _first_text(item: object) -> str:
    if isinstance(item, Mapping):
        return next((str(_as_text(text)) for text in item.values() if isinstance(text, str)), "")
    return str(_as_text(item))


OneText = Annotated[str, BeforeValidator(_as_text)]
"""A text, on one line."""
ManyTexts = Annotated[list[str], BeforeValidator(_as_texts)]
"""Texts; blank ones are left out."""
