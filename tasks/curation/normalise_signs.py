"""Which characters of a text belong to words, which are signs, and which part words.

What prose is punctuated with and Markdown marks it up with parts words; signs of mathematics and
code count. Where a character is used for both, what stands beside it decides.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Bytes = npt.NDArray[np.uint8]
Flags = npt.NDArray[np.bool_]
Places = npt.NDArray[np.int64]

PARTS, WORD, SIGN = 0, 1, 2
MARGIN = 3  # bytes of zero at both ends of what is read: no rule looks beyond

_OPEN = 3
_SIGNS = b"/<>^%|()[]{}&"
_DIGITS, _ASCII = b"0123456789", bytes(range(ord("a"), ord("z") + 1))
_NESTED = 8  # marks that one line may start with


def marked(characters: bytes) -> Flags:
    """Return a table that says of each byte whether it is one of these."""
    table = np.zeros(256, np.bool_)
    table[list(characters)] = True
    return table


DIGIT, SMALL, SPACE = marked(_DIGITS), marked(_ASCII), marked(b" \t\n\v\f\r")
LETTER = SMALL | marked(bytes(range(0x80, 0x100)))
IS_WORD = DIGIT | LETTER
_DIGIT_OR_BRACKET, _EQUALS, _LINE_END = marked(_DIGITS + b")"), marked(b"="), ord("\n")
_MAY_START = SPACE | marked(b"-*+>#")
_PARTS_WORDS = ~(IS_WORD | marked(b"'"))
_LINE_MARK, _QUOTE, _STOP = marked(b"-*+>#"), marked(b">#"), marked(b".,;:!?")
_KIND = np.where(IS_WORD, WORD, np.where(marked(_SIGNS), SIGN, PARTS)).astype(np.uint8)
_KIND[list(b".-*+=~'#!")] = _OPEN
_KINDS = _KIND.tobytes()  # translating bytes is far faster than indexing by them
LOWER = bytes(code + 32 if ord("A") <= code <= ord("Z") else code for code in range(256))
_SEEN = bytes(not blank for blank in SPACE.tolist())


@dataclass(frozen=True, slots=True, eq=False)
class Characters:
    """The bytes of texts, as they are and in lower case, and what each is.

    Between each two texts stands a 0, and `MARGIN` of them at both ends. `seen` are the places of
    all that is no white space; a 0 counts as seen.
    """

    text: Bytes
    lowered: Bytes
    kind: Bytes
    seen: Places

    def before(self, places: Places) -> Places:
        """Return where the last byte before each of the places stands, white space left out."""
        return self.seen[np.searchsorted(self.seen, places) - 1]

    def behind(self, places: Places) -> Places:
        """Return where the next byte behind each of the places stands, white space left out.

        The places are seen themselves.
        """
        return self.seen[np.searchsorted(self.seen, places) + 1]

    def are_variables(self, places: Places) -> Flags:
        """Return where a letter stands for itself: alone, and not before prose as in `a dog`."""
        lowered, ahead = self.lowered, self.behind(places)
        is_word = DIGIT[lowered[ahead]] | SMALL[lowered[ahead]] & LETTER[lowered[ahead + 1]]
        is_mark = (self.kind[ahead] == PARTS) & (lowered[ahead] != 0)  # `a **dog**`
        is_prose = SPACE[lowered[places + 1]] & (is_word | is_mark)
        alone = LETTER[lowered[places]] & ~IS_WORD[lowered[places + 1]]
        return np.asarray(alone & ~is_prose, np.bool_)


def read_characters(texts: bytes, verbatim: Places) -> Characters:
    """Return the characters of texts in their plain form, with zeros around each.

    `verbatim` says where formulas and code begin and end by turns: no line of theirs is an item of
    a list.
    """
    text, lowered = np.frombuffer(texts, np.uint8), bytearray(texts.translate(LOWER))
    kind = np.frombuffer(bytearray(lowered.translate(_KINDS)), np.uint8)
    seen = np.flatnonzero(np.frombuffer(lowered.translate(_SEEN), np.bool_))
    read = Characters(text, np.frombuffer(lowered, np.uint8), kind, seen)
    places = np.flatnonzero(kind == _OPEN)
    own_characters = text[places]
    for character, (verdict, rule) in _RULES.items():
        code = ord(character)
        own = places[own_characters == code]
        if len(own):
            kind[own] = np.where(rule(_Beside(read, own, code)), verdict, PARTS)
    marks = _line_marks(read)
    kind[marks[np.searchsorted(verbatim, marks, side="right") % 2 == 0]] = PARTS
    return read


class _Beside:
    """What stands around the places where a character is."""

    def __init__(self, read: Characters, places: Places, character: int) -> None:
        self._read, self._places, self._character = read, places, character
        self._text = read.lowered

    def is_in(self, table: Flags, *steps: int) -> Flags:
        """Return for each place whether all characters so many steps away are in a table."""
        verdicts = [table[self._text[self._places + step]] for step in steps]
        return np.asarray(np.all(verdicts, axis=0), np.bool_)

    def repeats(self, *steps: int) -> Flags:
        """Return for each place whether the same character stands so many steps away, each time."""
        verdicts = [self._text[self._places + step] == self._character for step in steps]
        return np.asarray(np.all(verdicts, axis=0), np.bool_)

    def is_dash(self) -> Flags:
        """Return for each place whether words stand around it, behind white space."""
        before, between = self._before_words()
        between[between] = LETTER[self._text[before]] & LETTER[self._text[before - 1]]
        return between

    def is_item(self) -> Flags:
        """Return for each place whether it marks an item: after a stop, nothing is subtracted."""
        before, between = self._before_words()
        between[between] = _STOP[self._text[before]]
        return between

    def _before_words(self) -> tuple[Places, Flags]:
        """Return which places have white space around and a word behind, and what is before."""
        spaced = self.is_in(SPACE, -1, 1)
        places = self._places[spaced]
        behind = self._read.behind(places)
        words = LETTER[self._text[behind]] & LETTER[self._text[behind + 1]]
        spaced[spaced] = words
        return self._read.before(places[words]), spaced


def _no_hyphen(beside: _Beside) -> Flags:
    return _no_mark(beside) & ~(beside.is_in(LETTER, -2, -1, 1, 2) | beside.is_dash())


def _no_mark(beside: _Beside) -> Flags:
    return ~(beside.repeats(1) | beside.repeats(-1) | beside.is_item())


def _no_rule(beside: _Beside) -> Flags:
    return ~(beside.repeats(-1, 1) | beside.repeats(1, 2) | beside.repeats(-2, -1))


def _is_prime(beside: _Beside) -> Flags:
    return _behind_one_letter(beside) & ~beside.is_in(IS_WORD, 1)


def _is_factorial(beside: _Beside) -> Flags:
    unequal = beside.is_in(_EQUALS, 1)
    return unequal | beside.is_in(_DIGIT_OR_BRACKET, -1) | _behind_one_letter(beside)


def _behind_one_letter(beside: _Beside) -> Flags:
    return beside.is_in(LETTER, -1) & beside.is_in(_PARTS_WORDS, -2)


# What an open character is where its rule holds; where it does not, it parts words.
_RULES: dict[str, tuple[int, Callable[[_Beside], Flags]]] = {
    ".": (WORD, lambda beside: beside.is_in(DIGIT, 1)),
    "#": (WORD, lambda beside: beside.is_in(LETTER, -1)),
    "-": (SIGN, _no_hyphen),
    "*": (SIGN, _no_mark),
    "~": (SIGN, _no_mark),
    "+": (SIGN, lambda beside: ~beside.is_item()),
    "=": (SIGN, _no_rule),
    "'": (SIGN, _is_prime),
    "!": (SIGN, _is_factorial),
}


def _line_marks(read: Characters) -> Places:
    """Return where marks of lists, quotes and headings stand that lines start with.

    `- 5` may be an item of a list or the last line of a sum, and `- x` too: before a number or a
    variable the sign counts, for what is lost otherwise is a problem. The numbers of a list are
    words like any other.
    """
    text, seen = read.text, read.seen
    lines = np.flatnonzero((text == _LINE_END) | (text == 0))[:-MARGIN] + 1
    lines = lines[_MAY_START[text[lines]]]
    at = np.searchsorted(seen, lines)
    found = [at[:0]]
    for _ in range(_NESTED):
        at = at[_LINE_MARK[text[seen[at]]]]
        if not len(at):
            break
        place, behind = seen[at], seen[at + 1]
        counts = DIGIT[text[behind]] | read.are_variables(behind)
        item = SPACE[text[place + 1]] & ~counts
        quote = _QUOTE[text[place]] & ~_EQUALS[text[place + 1]]
        at = at[item | quote]
        found.append(seen[at])
        at = at + 1
    return np.concatenate(found)
