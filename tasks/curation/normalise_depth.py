"""How deep the lines of code are indented: in Python, that decides what they belong to."""

import re
from collections.abc import Iterator

import numpy as np

from gleanery.tasks.curation.normalise_case import FENCE

_TAB = 8
_FENCED = re.compile(FENCE, re.DOTALL)
_HEADER = re.compile(  # of a block that is indented below it
    rb"[ \t]*(?:async|class|def|elif|else|except|finally|for|if|try|while|with)\b"
)
_LINE = re.compile(rb"^([ \t]*)\S", re.MULTILINE)


def indented_lines(texts: bytes) -> Iterator[tuple[int, int]]:
    """Yield where indented lines of code begin, and how deep, in texts with a 0 behind each.

    Code is what stands within a fence, and all from the first line on that opens a block of Python.
    Depth, from 1, counts blocks, as Python does: two spaces or four are the same.
    """
    for start, end in _code(texts):
        yield from _depths(texts, start, end)


def _code(texts: bytes) -> Iterator[tuple[int, int]]:
    data = np.frombuffer(texts, np.uint8)
    marks = np.flatnonzero((data == ord(":")) | (data == ord("`")))
    marks = marks[marks < len(data) - 2]
    one, two = data[marks + 1], data[marks + 2]
    fence = (data[marks] == ord("`")) & (one == ord("`")) & (two == ord("`"))
    block = (one == ord("\n")) & ((two == ord(" ")) | (two == ord("\t")))
    end = 0
    for place in marks[fence | block].tolist():
        if place < end:
            continue
        text_end = texts.find(0, place)
        if match := _FENCED.match(texts, place, text_end):
            end = match.end()
            yield texts.find(b"\n", place, end) + 1 or end, end
            continue
        line = 1 + max(texts.rfind(b"\n", 0, place), texts.rfind(0, 0, place))
        if _HEADER.match(texts, line):
            end = text_end
            yield line, end


def _depths(texts: bytes, start: int, end: int) -> Iterator[tuple[int, int]]:
    widths: list[int] = []
    for line in _LINE.finditer(texts[start:end]):
        width = len(line[1].expandtabs(_TAB))
        while len(widths) > 1 and widths[-1] > width:
            widths.pop()
        if not widths or width > widths[-1]:
            widths.append(width)
        if len(widths) > 1:
            yield start + line.end() - 1, len(widths) - 1
