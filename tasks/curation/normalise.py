"""What a text says, for telling duplicates: its words and signs, without typography.

Case counts where it says something (`normalise_case`), and so does the indentation of code
(`normalise_depth`). Signs of mathematics and code count with the word behind them, for
`2 * (3 + 4)` is not `2 * 3 + 4`, and C# is not C. What prose is punctuated with, and what Markdown
and LaTeX mark it up with, does not count.
"""

from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.normalise_case import keep_case, verbatim_spans
from gleanery.tasks.curation.normalise_depth import indented_lines
from gleanery.tasks.curation.normalise_signs import with_signs
from gleanery.tasks.curation.normalise_unicode import encode_plain
from gleanery.tasks.ngram_hashes import WordHashes, chunks, hash_words, joined_words

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

_PARTS, _WORD, _SIGN, _OPEN = 0, 1, 2, 3  # what a byte does; open: what is beside it decides
_SIGNS = b"+/<>^%|()[]{}&"
_LOWER = bytes(code + 32 if ord("A") <= code <= ord("Z") else code for code in range(256))


_DIGITS, _LETTERS = b"0123456789", bytes([*range(ord("a"), ord("z") + 1), *range(0x80, 0x100)])


def _marked(characters: bytes) -> Flags:
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


_DIGIT, _LETTER = _marked(_DIGITS), _marked(_LETTERS)
_IS_WORD, _GAP = _DIGIT | _LETTER, _marked(b" \n")
_DIGIT_OR_BRACKET, _EQUALS = _marked(_DIGITS + b")"), _marked(b"=")
_PARTS_WORDS = ~(_IS_WORD | _marked(b"'"))
_KIND = np.where(_IS_WORD, _WORD, np.where(_marked(_SIGNS), _SIGN, _PARTS)).astype(np.uint8)
_KIND[list(b".-*=~'#!")] = _OPEN
_KINDS = _KIND.tobytes()  # translating bytes is far faster than indexing by them
_MARGIN = 3  # bytes that a rule looks at on either side
_DEPTH, _ALL_BITS = 0xA24BAED4963EE407, (1 << 64) - 1


def words_and_signs(texts: Sequence[str]) -> WordHashes:
    """Return the words of texts, hashed with the signs before them.

    Places are those in the encoded texts.

    Letters are in their compatible form (NFKC) and, where case says nothing, case-folded, in any
    script. A hyphen between two words, a point after one, and apostrophes are no signs; a minus, a
    decimal point and the prime of a derivative are. The first word of an indented line of code is
    another one at each depth.
    """
    encoded = [encode_plain(text) for text in texts]
    return joined_words(map(_hashed, chunks(encoded)))


def spelt_out(text: str) -> str:
    """Return the words and signs of one text with single spaces between them, to look at."""
    data, starts, ends, _ = _found([encode_plain(text)])
    words = (data[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True))
    return b" ".join(words).decode()


def _hashed(encoded: Sequence[bytes]) -> WordHashes:
    data, starts, ends, signs = _found(encoded)
    words = hash_words(data, starts, ends, [len(text) for text in encoded])
    for place, depth in indented_lines(data):
        word = int(np.searchsorted(starts, place))
        if word < len(starts):
            words.hashes[word] = int(words.hashes[word]) + depth * _DEPTH & _ALL_BITS
    return with_signs(words, signs)


def _found(encoded: Sequence[bytes]) -> tuple[bytes, Places, Places, Flags]:
    """Return the texts as one, where each word or sign starts and ends in it, which are signs."""
    # With bytes around each that are neither word nor space, no rule looks beyond its ends.
    framed = bytes(_MARGIN) + bytes(1).join(encoded) + bytes(_MARGIN)
    lowered = framed.translate(_LOWER)
    kind = np.frombuffer(bytearray(lowered.translate(_KINDS)), np.uint8)
    _decide_open(np.frombuffer(lowered, np.uint8), kind)
    word, sign = kind == _WORD, kind == _SIGN
    starts, ends = sign.copy(), sign.copy()
    starts[1:] |= word[1:] & ~word[:-1]
    ends[:-1] |= word[:-1] & ~word[1:]
    first, last = np.flatnonzero(starts), np.flatnonzero(ends)
    signs = kind[first] == _SIGN
    data = bytearray(lowered)
    keep_case(data, framed, word, sign, first, last + 1)
    for start, end in verbatim_spans(framed):
        data[start:end] = framed[start:end]
    return bytes(data[_MARGIN:]), first - _MARGIN, last + (1 - _MARGIN), signs


class _Beside:
    """What stands around the places where a character is."""

    def __init__(self, text: Bytes, places: npt.NDArray[np.int64], character: int) -> None:
        self._text, self._places, self._character = text, places, character

    def is_in(self, table: Flags, *steps: int) -> Flags:
        """Return for each place whether all characters so many steps away are in a table."""
        verdicts = [table[self._text[self._places + step]] for step in steps]
        return np.asarray(np.all(verdicts, axis=0), np.bool_)

    def repeats(self, *steps: int) -> Flags:
        """Return for each place whether the same character stands so many steps away, each time."""
        verdicts = [self._text[self._places + step] == self._character for step in steps]
        return np.asarray(np.all(verdicts, axis=0), np.bool_)


def _no_hyphen(beside: _Beside) -> Flags:
    joins = beside.is_in(_LETTER, -2, -1, 1, 2)
    dash = beside.is_in(_GAP, -1, 1) & beside.is_in(_LETTER, -3, -2, 2, 3)
    return ~(joins | dash | beside.repeats(1) | beside.repeats(-1))


def _no_mark(beside: _Beside) -> Flags:
    return ~(beside.repeats(1) | beside.repeats(-1))


def _no_rule(beside: _Beside) -> Flags:
    return ~(beside.repeats(-1, 1) | beside.repeats(1, 2) | beside.repeats(-2, -1))


def _is_prime(beside: _Beside) -> Flags:
    return _behind_one_letter(beside) & ~beside.is_in(_IS_WORD, 1)


def _is_factorial(beside: _Beside) -> Flags:
    unequal = beside.is_in(_EQUALS, 1)
    return unequal | beside.is_in(_DIGIT_OR_BRACKET, -1) | _behind_one_letter(beside)


def _behind_one_letter(beside: _Beside) -> Flags:
    return beside.is_in(_LETTER, -1) & beside.is_in(_PARTS_WORDS, -2)


# What an open character is where its rule holds; where it does not, it parts words.
_RULES: dict[str, tuple[int, Callable[[_Beside], Flags]]] = {
    ".": (_WORD, lambda beside: beside.is_in(_DIGIT, 1)),
    "#": (_WORD, lambda beside: beside.is_in(_LETTER, -1)),
    "-": (_SIGN, _no_hyphen),
    "*": (_SIGN, _no_mark),
    "~": (_SIGN, _no_mark),
    "=": (_SIGN, _no_rule),
    "'": (_SIGN, _is_prime),
    "!": (_SIGN, _is_factorial),
}


def _decide_open(text: Bytes, kind: Bytes) -> None:
    """Set the kind of the characters that are words or signs only beside certain others."""
    places = np.flatnonzero(kind == _OPEN)
    characters = text[places]
    for character, (verdict, rule) in _RULES.items():
        code = ord(character)
        own = places[characters == code]
        if len(own):
            kind[own] = np.where(rule(_Beside(text, own, code)), verdict, _PARTS)
