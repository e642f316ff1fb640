"""Where the case of a letter says something: mW is not MW, and `x` is not `X`.

A capital says nothing where grammar or typography puts one on any word: on its first letter, or on
all of them among other words in capitals. So case counts in what looks like no word of prose: in a
letter alone (but not before a word, as in `A dog`), in two letters with no vowel (Mg), both the
same (Aa) or both capitals (CO), beside an operator (No + Co), and where capitals and small letters
or digits mix, but for names (GaAs and 5MW, not GitHub). It also counts in all of a formula, a code
fence and inline code.
"""

import re
from collections.abc import Iterator

import numpy as np

from gleanery.tasks.curation.normalise_signs import (
    DIGIT,
    LETTER,
    SIGN,
    SMALL,
    WORD,
    Bytes,
    Characters,
    Flags,
    Places,
    marked,
)

_CAPITAL = marked(bytes(range(ord("A"), ord("Z") + 1)))
_OPERATOR, _APOSTROPHE = marked(b"+-*=<>^"), ord("'")
_VOWEL = marked(b"aeiouy")
_SHORT = 2  # letters
_BRACKET = marked(b"([")
_MATHS = rb"\$\$[^$]{1,2000}\$\$|\$(?![\s$])[^$\n]{0,500}(?<!\s)\$(?!\d)"
_BRACKETED_MATHS = rb"\\\((?:(?!\\\().){1,2000}?\\\)|\\\[(?:(?!\\\[).){1,2000}?\\\]"
FENCE = rb"```.*?(?:```|\Z)"
_VERBATIM = re.compile(b"|".join([FENCE, rb"`[^`\n]+`", _MATHS, _BRACKETED_MATHS]), re.DOTALL)

Words = tuple[Places, Places]  # the first and the last byte of each word or sign


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


def keep_case(read: Characters, words: Words) -> None:
    """Restore in lowered texts the capitals of the words that keep them."""
    capitals = np.flatnonzero(read.lowered != read.text)
    for first, last in (_mixed(read.text, words, capitals), _short(read, words, capitals)):
        places = _within(first, last)
        read.lowered[places] = read.text[places]


def _within(first: Places, last: Places) -> Places:
    """Return all places of words."""
    lengths = last + 1 - first
    offsets = np.repeat(first - np.cumsum(lengths) + lengths, lengths)
    return np.asarray(np.arange(len(offsets)) + offsets)


def _mixed(text: Bytes, words: Words, capitals: Places) -> Words:
    """Return the words with capitals behind a small letter or beside a digit, like `GaAs` or `5MW`.

    Those with two small letters in a row are names: GitHub.
    """
    before, behind = text[capitals - 1], text[capitals + 1]
    inner = capitals[SMALL[before] | DIGIT[before] | DIGIT[behind]]
    numbers = np.searchsorted(words[0], inner, side="right") - 1
    numbers = numbers[np.diff(numbers, prepend=-1) > 0]  # each once
    first, last = words[0][numbers], words[1][numbers]
    places = _within(first, last)
    pairs = places[SMALL[text[places]] & SMALL[text[places + 1]]]
    owners = np.searchsorted(first, pairs, side="right") - 1
    formulas = np.bincount(owners, minlength=len(first)) == 0
    return first[formulas], last[formulas]


def _short(read: Characters, words: Words, capitals: Places) -> Words:
    """Return the words of one or two letters whose capitals count."""
    kind = read.kind
    left, right = kind[capitals - 1] == WORD, kind[capitals + 1] == WORD
    short = ~(left & right | left & (kind[capitals - 2] == WORD))
    short &= ~(right & (kind[capitals + 2] == WORD))
    first, last = (capitals - left)[short], (capitals + right)[short]
    counts = _is_beside_operator(read, first, last) | _is_symbol(read, first, last)
    counts &= ~_is_part(read, first, last)
    first, last = first[counts], last[counts]
    shouted = _may_be_word(read, first, last) & _CAPITAL[read.text[last]]
    shouted[shouted] = _is_shouted(read, words, first[shouted])
    return first[~shouted], last[~shouted]


def _is_beside_operator(read: Characters, first: Places, last: Places) -> Flags:
    sides = read.before(first), read.behind(last)
    one, other = (_OPERATOR[read.text[side]] & (read.kind[side] == SIGN) for side in sides)
    return np.asarray(one | other, np.bool_)


def _is_part(read: Characters, first: Places, last: Places) -> Flags:
    """Return which words an apostrophe ties to another: all that is left of DON'T and I'M."""
    text, kind = read.text, read.kind
    tied = (text[first - 1] == _APOSTROPHE) & (kind[first - 2] == WORD)
    tied |= (text[last + 1] == _APOSTROPHE) & (kind[last + 2] == WORD)
    return np.asarray(tied, np.bool_)


def _is_symbol(read: Characters, first: Places, last: Places) -> Flags:
    """Return which words of one or two letters do not look like words of prose."""
    twice = read.lowered[first] == read.lowered[last]  # a genotype, Aa, but no word
    pair = _CAPITAL[read.text[last]] | twice | ~_may_be_word(read, first, last)
    return np.where(first == last, read.are_variables(first), pair)


def _may_be_word(read: Characters, first: Places, last: Places) -> Flags:
    """Return which words have two letters, and a vowel: `of`, but not `Mg`."""
    return (first < last) & (_VOWEL[read.lowered[first]] | _VOWEL[read.lowered[last]])


def _is_shouted(read: Characters, words: Words, places: Places) -> Flags:
    """Return which words stand between longer ones in capitals, one or two words away."""
    first, last = words
    numbers = np.searchsorted(first, places)
    ends = np.flatnonzero(read.text == 0)
    own = np.searchsorted(ends, places)  # the number of the text
    found, capital = np.zeros(len(places), np.bool_), np.ones(len(places), np.bool_)
    for steps in ((-1, -2), (1, 2)):
        there = np.zeros(len(places), np.bool_)
        for step in steps:
            near = np.clip(numbers + step, 0, len(first) - 1)
            end = last[near]
            longer = (end - first[near] >= _SHORT) & LETTER[read.lowered[end]]
            longer &= ~there & (np.searchsorted(ends, end) == own)
            capital &= ~longer | _CAPITAL[read.text[end]] & _CAPITAL[read.text[end - 1]]
            there |= longer
        found |= there
    return found & capital
