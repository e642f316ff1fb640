r"""The results that an answer puts into `\boxed{…}`."""

import re

from gleanery.tasks.result_shapes import LONGEST
from gleanery.tasks.same_result import same_result

_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


def boxed(text: str) -> tuple[str, ...]:
    """Return what is in the boxes of a text, in order, each result once.

    Nothing where one of them does not close or holds more than a result: then what the answer
    arrives at is uncertain.
    """
    found: list[str] = []
    end = 0
    for box in _BOX.finditer(text):
        if box.start() < end:
            continue  # within the one before
        inside = _inside(text, box.end())
        if inside is None:
            return ()
        end = box.end() + len(inside)
        inside = inside.strip()
        if inside and not any(_is_known(inside, earlier) for earlier in found):
            found.append(inside)
    return tuple(found)


def _inside(text: str, start: int) -> str | None:
    """Return what stands from here to the brace that closes the box."""
    depth = 1
    for position in range(start, min(len(text), start + LONGEST)):
        depth += (text[position] == "{") - (text[position] == "}")
        if not depth:
            return text[start:position]
    return None


def _is_known(one: str, other: str) -> bool:
    return bool(same_result(one, other, lambda one, other: None))
