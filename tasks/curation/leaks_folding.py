r"""Texts as the bare words that leaks are sought by, and back to where the words came from.

What counts is letters and digits: case, spacing, punctuation, marks on letters, LaTeX's dress and
markup are gone. 1,000 and 1000.0 are 1000, for they are one number written in three ways and a copy
that was reformatted is a copy; so is 1 000 with a space that is thin or does not break, but not
with a plain one, for 12 345 may be two numbers. 3.5 stays 3 and 5. Signs are dropped, for ≤ and \le
and <= are one sign that no list of spellings ever holds in full, and other words tell questions
apart.

Every rule looks at no more than a few characters on either side, so that a question is folded to
the same words wherever it stands.
"""

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.leaks_characters import PLAIN_BYTES, plain_character, plain_run
from gleanery.tasks.curation.leaks_latex import (
    BACKSLASHES,
    COMMAND,
    GLUED_BY_BRACES,
    plain_latex,
    undoubled,
)
from gleanery.tasks.curation.leaks_markup import (
    BROKEN_WORD,
    ENTITY,
    LINK,
    TAG,
    plain_entity,
    plain_tag,
)

VERSION = 2

Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class _Step:
    """A pattern, and what takes the place of its matches, which all begin with `sign`."""

    sign: bytes
    pattern: re.Pattern[bytes]
    replace: Callable[[re.Match[bytes]], bytes]


def _nothing(match: re.Match[bytes]) -> bytes:
    return b""


# Patterns begin with one plain character, then look around: `re` looks for one ten times faster
# than for two, and a hundred times faster than for a class of characters.
_STEPS = (
    _Step(b"&", ENTITY, plain_entity),
    _Step(b"<", TAG, plain_tag),
    _Step(b"]", LINK, _nothing),
    _Step(b"-", BROKEN_WORD, _nothing),
    _Step(b"{", GLUED_BY_BRACES, _nothing),
    _Step(b"\\", BACKSLASHES, undoubled),
    _Step(b"\\", COMMAND, plain_latex),
    _Step(b",", re.compile(rb",(?<=\d,)(?=\d{3}(?!\d))"), _nothing),
    _Step(b".", re.compile(rb"\.(?<=\d\.)0+(?!\d|\.\d)"), _nothing),
)
_APOSTROPHE = b"'"
_TABLE = bytes(
    ord(chr(byte).lower()) if chr(byte).isalnum() else ord(" ") for byte in range(128)
) + bytes(range(128, 256))

# Python's encoder finds what is not ASCII, at several times the speed of a regular expression.
_HANDLER = "gleanery-leaks"
codecs.register_error(
    _HANDLER,
    lambda error: (plain_run(error.object[error.start : error.end]), error.end),  # type: ignore[attr-defined]
)
# What most pages have: to replace each by itself costs less than to call for it.
_TYPOGRAPHY = [(character, plain_character(character)) for character in "’‘“”–—…•·−×°\u00a0"]
_LAST_ASCII = 127
_DENSE = 1.2  # bytes per character; beyond it runs are so many that single characters are faster


def fold(text: str) -> bytes:
    """Return a text's words, parted by spaces (several may stand side by side), as UTF-8."""
    folded = _encoded(text)
    for step in _STEPS:
        if step.sign in folded:
            folded = step.pattern.sub(step.replace, folded)
    return folded.translate(_TABLE, _APOSTROPHE)


def _encoded(text: str) -> bytes:
    """Return a text's characters as the plain ones that they stand for."""
    if not text.isascii():
        for character, plain in _TYPOGRAPHY:
            text = text.replace(character, plain)
    if text.isascii():
        return text.encode()
    if len(text.encode("utf-8", "replace")) > _DENSE * len(text):
        return b"".join(map(PLAIN_BYTES.__getitem__, text))
    return text.encode("ascii", _HANDLER)


@dataclass(frozen=True, slots=True, eq=False)
class Origins:
    """A folded text whose every byte knows the characters of the original that it is made from."""

    folded: bytes
    starts: Offsets
    ends: Offsets

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Return the characters of the original that a range of folded bytes is made from."""
        return int(self.starts[start]), int(self.ends[end - 1])


def fold_with_origins(text: str) -> Origins:
    """Return what `fold` does, traced: slower, for texts that hold something."""
    folded = _encoded(text)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), "<u4")
    lengths = np.ones(len(text), np.int64)
    for place in np.flatnonzero(codes > _LAST_ASCII).tolist():
        lengths[place] = len(PLAIN_BYTES[text[place]])
    origin = np.repeat(np.arange(len(text)), lengths)
    starts, ends = origin, origin + 1
    for step in _STEPS:
        if step.sign in folded:
            folded, starts, ends = _traced(step, folded, starts, ends)
    kept = np.frombuffer(folded, np.uint8) != ord(_APOSTROPHE)
    return Origins(folded.translate(_TABLE, _APOSTROPHE), starts[kept], ends[kept])


def _traced(
    step: _Step, text: bytes, starts: Offsets, ends: Offsets
) -> tuple[bytes, Offsets, Offsets]:
    """Replace a step's matches; a match's replacement comes from all that it takes the place of."""
    pieces: list[bytes] = []
    first: list[Offsets] = []
    last: list[Offsets] = []
    done = 0
    for match in step.pattern.finditer(text):
        start, end = match.span()
        put = step.replace(match)
        pieces += [text[done:start], put]
        first += [starts[done:start], np.full(len(put), starts[start])]
        last += [ends[done:start], np.full(len(put), ends[end - 1])]
        done = end
    if not pieces:
        return text, starts, ends
    return (
        b"".join([*pieces, text[done:]]),
        np.concatenate([*first, starts[done:]]),
        np.concatenate([*last, ends[done:]]),
    )
