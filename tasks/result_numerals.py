"""Numerals: digits, fractions, powers of ten, other bases and words, as exact values."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

_TO_TEN = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_TEENS = ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"]
_TEENS += ["seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {
    "zero": 0,
    **{word: number for number, word in enumerate([*_TO_TEN, *_TEENS], 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
}
_MULTIPLIERS = {"dozen": 12, "hundred": 100, "thousand": 1000}
_MULTIPLIERS |= {"million": 10**6, "billion": 10**9, "trillion": 10**12}
# Not "second", which is a unit. An ordinal is one part of so many only behind a number.
_PARTS = {"half": 2, "halves": 2, "third": 3, "quarter": 4, "fourth": 4, "fifth": 5, "sixth": 6}
_PARTS |= {"seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10, "hundredth": 100}
_PARTS |= {"thousandth": 1000}
_ARTICLES = ("a", "an")

_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
_IN_BASE = re.compile(
    r"0x(?P<hex>[0-9A-Fa-f]+)|0b(?P<binary>[01]+)|(?P<digits>[0-9A-Fa-f]+)_\{?(?P<base>\d{1,2})\}?"
)
_LEAST_BASE, _HEXADECIMAL = 2, 16
_REPEATING = re.compile(r"(\d*)\.(\d*)\\(?:overline|bar|dot)\s*\{(\d+)\}")
_FRACTION = re.compile(
    rf"\\frac\{{(-?(?:{_DIGITS}))\}}\{{(-?(?:{_DIGITS}))\}}"
    rf"|\(?(-?(?:{_DIGITS}))\)?\s*/\s*\(?({_DIGITS})\)?"
)
_MIXED = re.compile(r"(\d+)\s*(?:\\frac\{(\d+)\}\{(\d+)\}|\s(\d+)/(\d+))")
_POWER_OF_TEN = re.compile(r"10\^\{?(-?\d{1,3})\}?")
_SCIENTIFIC = re.compile(
    rf"({_DIGITS})\s*(?:(?:\\times|\\cdot|\*|x)\s*10\s*(?:\^|\*\*)\s*[{{(]?([+-]?\d{{1,3}})[)}}]?"
    r"|[eE]([+-]?\d{1,3}))"
)
_PLAIN = re.compile(_DIGITS)
_SIGN = re.compile(r"([+-])\s*|(?:minus|negative)\s+", re.IGNORECASE)
_WORD = re.compile(r"[\s-]*([A-Za-z]+)")
_MULTIPLIER = re.compile(rf"[\s-]*({'|'.join(_MULTIPLIERS)})s?(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Numeral:
    """A number, the size of its last digit (0 where it is exact: a fraction), and where it ends."""

    value: Fraction
    digit: Fraction
    end: int


def numeral_at_start(text: str) -> Numeral | None:
    """Return the number that a text without thousands separators begins with, or None."""
    sign = _SIGN.match(text)
    start = sign.end() if sign else 0
    rest = text[start:]
    found = _in_base(rest) or _in_digits(rest) or _in_words(rest)
    if found is None:
        return None
    found = _multiplied(found, rest)
    negative = sign and sign[1] != "+"
    return Numeral(-found.value if negative else found.value, found.digit, start + found.end)


def digits_in_base(text: str) -> str | None:
    """Return the digits of a numeral with its base below it, `204_5`, or None for anything else."""
    match = _IN_BASE.fullmatch(text)
    return match["digits"].lower() if match and match["digits"] and _in_base(text) else None


def _in_base(text: str) -> Numeral | None:
    match = _IN_BASE.match(text)
    if match is None:
        return None
    digits = match["hex"] or match["binary"] or match["digits"]
    base = _HEXADECIMAL if match["hex"] else 2 if match["binary"] else int(match["base"])
    if base < _LEAST_BASE or (not digits[0].isdigit() and base != _HEXADECIMAL):
        return None  # a_2 is an element
    try:
        return Numeral(Fraction(int(digits, base)), Fraction(1), match.end())
    except ValueError:
        return None


def _in_digits(text: str) -> Numeral | None:
    if match := _REPEATING.match(text):
        return Numeral(_repeating(*match.groups()), Fraction(0), match.end())
    if match := _MIXED.match(text):
        whole, *parts = filter(None, match.groups())
        return _exact(Fraction(whole), parts, match.end())
    if match := _SCIENTIFIC.match(text):
        scale = Fraction(10) ** int(match[2] or match[3])
        return Numeral(Fraction(match[1]) * scale, _last_digit(match[1]) * scale, match.end())
    if match := _POWER_OF_TEN.match(text):
        return Numeral(Fraction(10) ** int(match[1]), Fraction(0), match.end())
    if match := _FRACTION.match(text):
        return _exact(Fraction(0), list(filter(None, match.groups())), match.end())
    if match := _PLAIN.match(text):
        return Numeral(Fraction(match[0]), _last_digit(match[0]), match.end())
    return None


def _exact(whole: Fraction, parts: Sequence[str], end: int) -> Numeral | None:
    top, bottom = map(Fraction, parts)
    return Numeral(whole + top / bottom, Fraction(0), end) if bottom else None


def _last_digit(digits: str) -> Fraction:
    return Fraction(1, 10 ** len(digits.partition(".")[2]))


def _repeating(whole: str, first: str, period: str) -> Fraction:
    scale = 10 ** len(first)
    value = Fraction(int(whole + first or "0"), scale)
    return value + Fraction(int(period), scale * (10 ** len(period) - 1))


def _in_words(text: str) -> Numeral | None:
    """Return a number that is written out: "twenty-five", "two thirds", "one and a half"."""
    words, ends = [], [0]
    while match := _WORD.match(text, ends[-1]):
        words.append(match[1].lower())
        ends.append(match.end())
    whole, taken = _cardinal(words)
    if part := _part(words[taken:], whole if taken else None):
        return Numeral(part[0], Fraction(0), ends[taken + part[1]])
    if taken and words[taken : taken + 1] == ["and"] and (part := _part(words[taken + 1 :], None)):
        return Numeral(whole + part[0], Fraction(0), ends[taken + 1 + part[1]])
    return Numeral(Fraction(whole), Fraction(1), ends[taken]) if taken else None


def _cardinal(words: Sequence[str]) -> tuple[int, int]:
    """Return a whole number and how many words it takes, none for no number."""
    total, part, taken, end = 0, 0, 0, 0
    for taken, word in enumerate(words, 1):
        if word in _WORDS:
            part, end = part + _WORDS[word], taken
        elif word in _MULTIPLIERS and (part or words[: taken - 1] in (["a"], [])):
            part, end = (part or 1) * _MULTIPLIERS[word], taken
            if word != "hundred":
                total, part = total + part, 0
        elif not (word == "and" and words[taken - 2] in _MULTIPLIERS) and words[:taken] != ["a"]:
            break
    return total + part, end


def _part(words: Sequence[str], number: int | None) -> tuple[Fraction, int] | None:
    """Return the fraction that words begin with, and how many it takes: "quarters" behind three."""
    if number is None:
        if words[:1] == ["half"]:  # half a dozen
            return Fraction(1, 2), 2 if words[1:2] and words[1] in _ARTICLES else 1
        if not words or words[0] not in (*_ARTICLES, *_WORDS):
            return None
        found = _part(words[1:], _WORDS.get(words[0], 1))
        return found and (found[0], found[1] + 1)
    below = _PARTS.get(words[0]) or _PARTS.get(words[0].removesuffix("s")) if words else None
    return (Fraction(number, below), 1) if below else None


def _multiplied(numeral: Numeral, text: str) -> Numeral:
    """Return a numeral with the multipliers behind it: 1.5 million, three dozen.

    Who writes a decimal of a million rounds to it; three million are a whole number.
    """
    while match := _MULTIPLIER.match(text, numeral.end):
        by = _MULTIPLIERS[match[1].lower()]
        digit = numeral.digit if numeral.digit == 1 else numeral.digit * by
        numeral = Numeral(numeral.value * by, digit, match.end())
    return numeral
