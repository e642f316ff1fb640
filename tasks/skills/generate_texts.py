"""The texts in a model's answer: cut out by structure, and freed of stray markup around them."""

import re
from dataclasses import dataclass
from typing import Any

from gleanery.tasks.control_characters import without_control_characters
from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.skills.generation_prompts import INSTRUCTION, RESPONSE
from gleanery.tasks.skills.sections import has_marker, read_sections

_QUOTES = (('"', '"'), ("“", "”"), ("„", "“"), ("«", "»"))
_BOLD = "**"
_STRAY_BOLD_AHEAD = re.compile(r"\*\*(?!\S(?:(?!\n\s*\n).)*?\S?\*\*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Texts:
    """An instruction and its response."""

    instruction: str
    response: str


def read_texts(answer: str, structured: bool) -> Texts:
    """Return both texts of an answer. Raises `ValueError` if it is not laid out as it should be."""
    texts = _read(answer, structured, INSTRUCTION, RESPONSE)
    return Texts(unwrapped(texts[INSTRUCTION]), unwrapped(texts[RESPONSE]))


def read_instruction(answer: str, structured: bool) -> str:
    """Return the reworded instruction of an answer. Raises `ValueError` as `read_texts` does."""
    return unwrapped(_read(answer, structured, INSTRUCTION)[INSTRUCTION])


def has_layout(answer: str, structured: bool) -> bool:
    """Return whether an answer has anything of the layout, and so is not to be taken as a whole."""
    names = (INSTRUCTION, RESPONSE)
    if structured:
        return any(f'"{name}"' in answer for name in names)
    return has_marker(answer, names)


def unwrapped(text: str) -> str:
    """Return a text without bold marks or quotation marks around the whole of it.

    Half a pair goes too: a leading `**` that nothing in its paragraph closes, a trailing one that
    nothing in its paragraph opens, and a first or last `"` that is the only one. Pairs that belong
    to a part of the text stay.
    """
    bare = ""
    while bare != (text := text.strip()):
        bare = text
        text = _without_quotes(_without_bold(text))
    return text


def _read(answer: str, structured: bool, *names: str) -> dict[str, str]:
    if not structured:
        return read_sections(answer, names)
    value: Any = read_json_answer(answer)
    if not isinstance(value, dict) or not all(isinstance(value.get(name), str) for name in names):
        raise ValueError(f"not an object with the texts {', '.join(names)}: {str(value)[:100]}")
    return {name: without_control_characters(value[name]).strip() for name in names}


def _without_bold(text: str) -> str:
    inside = text.removeprefix(_BOLD).removesuffix(_BOLD)
    if len(inside) == len(text) - 4 and _BOLD not in inside:
        return inside
    if _STRAY_BOLD_AHEAD.match(text):
        return text.removeprefix(_BOLD)
    last = re.split(r"\n\s*\n", text)[-1]
    if text.endswith(_BOLD) and last.count(_BOLD) % 2:
        return text.removesuffix(_BOLD)
    return text


def _without_quotes(text: str) -> str:
    for opening, closing in _QUOTES:
        inside = text.removeprefix(opening).removesuffix(closing)
        whole = len(inside) == len(text) - 2
        if whole and opening not in inside and closing not in inside:
            return inside
    if text.count('"') == 1 and (text.startswith('"') or text.endswith('"')):
        # An inch mark ends a text too: 3/4".
        return text.strip('"') if not re.search(r'\d"$', text) else text
    return text
