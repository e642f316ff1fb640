r"""The results that an answer puts into `\boxed{…}`."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from gleanery.tasks.result_shapes import LONGEST
from gleanery.tasks.same_result import same_result

OPENS_BOX = re.compile(r"\\(?:boxed|fbox)\s*\{")


@dataclass(frozen=True, slots=True)
class Box:
    """A box that is in no other; `content` is `None` if it never closes.

    It begins at `start`, and its content at `inside`.
    """

    start: int
    inside: int
    content: str | None


def outer_boxes(text: str, longest: int = LONGEST) -> Iterator[Box]:
    """Yield the boxes of a text, in order; one of more than `longest` characters never closes."""
    closed = 0
    for box in OPENS_BOX.finditer(text):
        if box.start() >= closed:
            content = _inside(text, box.end(), longest)
            closed = box.end() + len(content or "")
            yield Box(box.start(), box.end(), content)


def boxed(text: str) -> tuple[str, ...]:
    """Return what is in the boxes of a text, in order, each result once.

    Nothing where one of them does not close or holds more than a result: then what the answer
    arrives at is uncertain.
    """
    found: list[str] = []
    for box in outer_boxes(text):
        if box.content is None:
            return ()
        inside = box.content.strip()
        if inside and not any(_is_known(inside, earlier) for earlier in found):
            found.append(inside)
    return tuple(found)


def _inside(text: str, start: int, longest: int) -> str | None:
    """Return what stands from here to the brace that closes the box."""
    depth = 1
    for position in range(start, min(len(text), start + longest)):
        depth += (text[position] == "{") - (text[position] == "}")
        if not depth:
            return text[start:position]
    return None


def _is_known(one: str, other: str) -> bool:
    return bool(same_result(one, other, lambda one, other: None))
