"""Where the case of a letter says something: mW is not MW, and `x` is not `X`.

Case is kept in words of one or two letters (units, symbols of elements, variables, genotypes) but
for the small words of English prose, in words with a capital behind a small letter or beside a
digit (`GaAs`, `5MW`), and in all of a formula, a code fence and inline code. Everything else may be
re-cased: a heading in capitals is the same heading.
"""

import re
from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Places = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
Bytes = npt.NDArray[np.uint8]

_SMALL_WORDS = [
    "am",
    "an",
    "as",
    "at",
    "be",
    "by",
    "do",
    "go",
    "he",
    "hi",
    "if",
    "in",
    "is",
    "it",
    "me",
    "my",
    "no",
    "of",
    "oh",
    "ok",
    "on",
    "or",
    "re",
    "so",
    "to",
    "up",
    "us",
    "we",
    "vs",
    "eg",
    "ie",
]
_APOSTROPHE = ord("'")


def _marked(characters: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


_DIGIT, _SPACE, _ARTICLE = _marked(b"0123456789"), _marked(b" \n"), _marked(b"ai")
_BRACKET = _marked(b"([")
_JOINS = _DIGIT | _marked(bytes(range(ord("a"), ord("z") + 1)))
_FOLDED = np.zeros(1 << 16, np.bool_)
_FOLDED[[ord(word[0]) | ord(word[1]) << 8 for word in _SMALL_WORDS]] = True
_MATHS = rb"\$\$[^$]{1,2000}\$\$|\$(?![\s$])[^$\n]{0,500}(?<!\s)\$(?!\d)"
_BRACKETED_MATHS = rb"\\\((?:(?!\\\().){1,2000}?\\\)|\\\[(?:(?!\\\[).){1,2000}?\\\]"
FENCE = rb"```.*?(?:```|\Z)"
_VERBATIM = re.compile(b"|".join([FENCE, rb"`[^`\n]+`", _MATHS, _BRACKETED_MATHS]), re.DOTALL)


def verbatim_spans(texts: bytes) -> Iterator[tuple[int, int]]:
    """Yield where formulas and code stand in texts that have a byte of zero behind each.

    A formula is within $ as Pandoc reads it (no space inside the signs, no digit behind them, so
    that prices are none), within $$, or in LaTeX brackets.
    """
    data = np.frombuffer(texts, np.uint8)
    marks = np.flatnonzero((data == ord("$")) | (data == ord("`")) | (data == ord("\\")))
    marks = marks[(data[marks] != ord("\\")) | _BRACKET[data[marks + 1]]]
    end = 0
    for place in marks.tolist():
        if place >= end and (match := _VERBATIM.match(texts, place, texts.find(0, place))):
            end = match.end()
            yield place, end


def keep_case(
    lowered: bytearray,
    original: bytes,
    is_word: Flags,
    is_sign: Flags,
    starts: Places,
    ends: Places,
) -> None:
    """Restore in lowered texts the capitals of the words that keep them.

    The flags say of each byte whether it belongs to a word or is a sign; `starts` and `ends` where
    each word or sign stands. Three bytes that are neither must stand at both ends.
    """
    now, before = np.frombuffer(lowered, np.uint8), np.frombuffer(original, np.uint8)
    places = np.flatnonzero(now != before)
    behind, ahead, right = is_word[places - 1], is_word[places + 1], before[places + 1]
    inner = places[behind & _JOINS[before[places - 1]] | _DIGIT[right]]
    short = places[~ahead & ~(behind & is_word[places - 2])]
    short = np.concatenate([short, places[ahead & ~(behind | is_word[places + 2])]])
    words = np.unique(np.searchsorted(starts, inner, side="right") - 1)
    lengths = ends[words] - starts[words]
    skipped = np.cumsum(lengths) - lengths
    within = np.arange(lengths.sum()) + np.repeat(starts[words] - skipped, lengths)
    first = short - is_word[short - 1]
    last = first + (is_word[short - 1] | is_word[short + 1])
    kept = short[~_is_prose(now, is_word, is_sign, first, last)]
    now[within] = before[within]
    now[kept] = before[kept]


def _is_prose(text: Bytes, is_word: Flags, is_sign: Flags, first: Places, last: Places) -> Flags:
    """Return which short words are small words of prose, or the rest of one (DON'T)."""
    code = text[first] | text[last].astype(np.uint16) << np.uint16(8)
    # Behind an article stands a space and a word; behind the name of a variable, mostly not.
    after = text[last + 1]
    follows = _SPACE[after] & ~is_sign[last + 2] | (after == _APOSTROPHE)
    rest = (text[first - 1] == _APOSTROPHE) & is_word[first - 2]
    small = np.where(first == last, _ARTICLE[text[first]] & follows, _FOLDED[code])
    return np.asarray(small | rest, np.bool_)
