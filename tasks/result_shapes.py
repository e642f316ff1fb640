r"""The shape of a result: a letter, a verdict, words, a number, several values, an expression."""

import re
from dataclasses import dataclass

from gleanery.tasks.result_notation import assigned, bare, value_of
from gleanery.tasks.result_numbers import Number, number_in
from gleanery.tasks.result_units import unit_text

LONGEST = 400  # characters of a result: a longer one is a text, and no pattern need bear it


@dataclass(frozen=True, slots=True)
class Letter:
    """An option's letter, and the option's own text where it stands beside it."""

    letter: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes or true, no or false."""

    holds: bool


@dataclass(frozen=True, slots=True)
class Words:
    """A result in words, folded for comparison."""

    text: str


@dataclass(frozen=True, slots=True)
class Expression:
    """Anything else in symbols; `whole` is the equation whose right side it is, where it is one."""

    text: str
    whole: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Several:
    r"""Several values: `kind` is "set", "union", "tuple" (ordered) or "list" (no brackets).

    `brackets` are those of a tuple, which may be an interval; `names` those that the values are
    assigned to, empty where they are not.
    """

    kind: str
    items: tuple["Shape", ...]
    brackets: str = ""
    names: tuple[str, ...] = ()


Shape = Letter | Verdict | Words | Number | Expression | Several

_LETTER = re.compile(r"^(?:option|choice|answer)?\s*\(?([A-Ja-j])\)?\s*[.):]?$", re.IGNORECASE)
_LETTER_WITH_TEXT = re.compile(
    r"^(?:(?:option|choice)\s+)?(?:\(([A-Ja-j])\)|([A-J])[.):])[:\s]*(\S.*)$", re.IGNORECASE
)
_BRACKETED = re.compile(r"^\(([A-Ja-j])\)$")
_VERDICT = re.compile(
    r"^(?:(?:the|this) (?:statement|claim) is )?(yes|no|true|false|correct|incorrect)\b"
    r"(?=[,.:;! ]|$)",
    re.IGNORECASE,
)
_HOLDS = {"yes", "true", "correct"}
_NO_SOLUTION = re.compile(
    r"^(?:there (?:is|are) )?(?:no|none)(?: real| such)?(?: solutions?| numbers?| values?)?"
    r"(?: exists?)?$"
    r"|^\\emptyset$|^⦃\s*⦄$|^(?:the )?empty set$",
    re.IGNORECASE,
)
_ALL_REAL = re.compile(r"^(?:all (?:the )?real(?: numbers?)?s?|\\R|R|\\Re|\\reals)$", re.IGNORECASE)
_MEMBER = re.compile(r"^\\?[A-Za-z](?:_\w)?\s*\\in(?![A-Za-z])\s*")
_SET_OF_ALL = re.compile(r"^⦃\s*(\\?[A-Za-z]+)\s*(?:\\in\s*\\R\s*)?[|:]\s*(.+)⦄$")
_TIME = re.compile(r"^\d{1,2}(?::\d\d)?\s*[ap]\.?\s?m\.?$", re.IGNORECASE)
_RELATION = re.compile(r"\s*(\\le(?![A-Za-z])|\\ge(?![A-Za-z])|<=|>=|<|>)\s*")
_SEPARATOR = re.compile(r"\s*(?:[,;]\s*(?:and|or)?|\b(?:and|or)\b)\s+|\s*[,;]\s*")
_COMMAND = re.compile(r"\\(?:begin|end)\{\w+\*?\}|\\[A-Za-z]+")
_WORD = re.compile(r"[^\W\d_]{3,}")
_FUNCTIONS = frozenset(
    [
        "sin",
        "cos",
        "tan",
        "cot",
        "sec",
        "csc",
        "log",
        "exp",
        "sqrt",
        "arcsin",
        "arccos",
        "arctan",
        "lim",
        "mod",
    ]
)
_OPENING, _CLOSING = "([⦃", ")]⦄"
_UNIT_BEHIND = re.compile(r"(?:(?<=[\d})])|(?<=\\pi))\s+(?=[A-Za-zμ°])")
_PLUS_MINUS = re.compile(r"\\pm(?![A-Za-z])")


def shape_of(text: str, depth: int = 3) -> Shape | None:
    """Return the shape of a result as it was written; None for an empty or a very long one."""
    text = bare(text) if len(text) <= LONGEST else ""
    if not text:
        return None
    return _letter(text) or _verdict(text) or _set_in_words(text) or _shape(text, depth)


def _shape(text: str, depth: int) -> Shape:
    if _TIME.match(text):
        return Words(re.sub(r":00|[\s.]", "", text.lower()))
    if letter := _BRACKETED.match(text):
        return Letter(letter[1].upper())
    if number := number_in(value_of(text)):
        return number
    text = _MEMBER.sub("", text)
    several = _several(text, depth) if depth else None
    if several:
        return several
    value = value_of(text)
    if value != text and depth and (several := _several(value, depth)):
        return several
    if number := number_in(value):
        return number
    factor, unit = _without_unit(value)
    return _words(factor) or Expression(factor, text if value != text else "", unit)


def _without_unit(text: str) -> tuple[str, str]:
    r"""Return an expression and the unit behind it: `2\sqrt{3} cm`; a letter may be a factor."""
    for space in _UNIT_BEHIND.finditer(text):
        unit = unit_text(text[space.start() :])
        if unit and len(unit) > 1:
            return text[: space.start()], unit
    return text, ""


def _letter(text: str) -> Letter | None:
    if match := _LETTER.match(text):
        return Letter(match[1].upper())
    match = _LETTER_WITH_TEXT.match(text)
    if match and _SEPARATOR.match(f"{match[3]} "):
        return None  # several letters
    return Letter((match[1] or match[2]).upper(), match[3]) if match else None


def _verdict(text: str) -> Verdict | None:
    match = _VERDICT.match(text)
    if match is None or (_NO_SOLUTION.match(text) and text.lower() != "no"):
        return None
    return Verdict(match[1].lower() in _HOLDS)


def _set_in_words(text: str) -> Several | None:
    if _NO_SOLUTION.match(text):
        return Several("set", ())
    if _ALL_REAL.match(_MEMBER.sub("", text)):
        return Several("tuple", (Expression("-\\infty"), Expression("\\infty")), "()")
    return None


def _words(text: str) -> Words | None:
    """Return a text that has words other than the names of functions and commands, or None."""
    found = [word for word in _WORD.findall(_COMMAND.sub(" ", text)) if word.isalpha()]
    if not any(word.lower() not in _FUNCTIONS for word in found):
        return None
    folded = re.sub(r"[\s{}]+", " ", text.casefold()).strip(" .,;:!")
    return Words(re.sub(r"^(?:the|an?) ", "", folded))


def _several(text: str, depth: int) -> Several | None:
    if "\\begin" in text:
        return None  # matrices are left to the algebra
    union = _split(text, re.compile(r"\s*\\cup(?![A-Za-z])\s*|(?<=[)\]⦄])\s*U\s*(?=[(\[⦃])"))
    if len(union) > 1:
        return Several("union", tuple(_shape(part, depth - 1) for part in union))
    all_such = _SET_OF_ALL.match(text)
    if interval := _interval(all_such[2].strip() if all_such else text):
        return interval
    inside = _inside_brackets(text)
    if inside is not None:
        parts = _split(inside, _SEPARATOR)
        if text[0] == "⦃":
            return Several("set", tuple(_shape(part, depth - 1) for part in parts if part))
        if len(parts) > 1:
            items = tuple(_shape(part, depth - 1) for part in parts)
            return Several("tuple", items, text[0] + text[-1])
        return None
    parts = [part for part in _split(text, _SEPARATOR) if part]
    if len(parts) > 1:
        return _listed(parts, depth)
    if _PLUS_MINUS.search(text) and text.count("\\pm") == 1 and text.count("=") < 2:
        text = value_of(text)
        both = [_PLUS_MINUS.sub(sign, text).strip().removeprefix("+") for sign in "+-"]
        return Several("list", tuple(_shape(part.strip(), depth - 1) for part in both))
    return None


def _listed(parts: list[str], depth: int) -> Several | None:
    if any(_words(part) and not number_in(part) for part in parts):
        return None  # a sentence, not a list of values
    named = [assigned(part) for part in parts]
    names = tuple(name[0] for name in named if name)
    items = tuple(_shape(part, depth - 1) for part in parts)
    is_named = len(names) == len(parts) and len(set(names)) == len(names)
    return Several("list", items, "", names if is_named else ())


def _interval(text: str) -> Several | None:
    r"""Return the interval that an inequality in one variable describes: `x > 3` is (3, ∞)."""
    parts = _RELATION.split(text)
    if len(parts) not in (3, 5) or not all(parts):
        return None
    signs = [sign.replace("<=", "\\le").replace(">=", "\\ge") for sign in parts[1::2]]
    variable = re.compile(r"\\?[A-Za-z]+")
    if len(parts) == 5:
        low, middle, high = parts[::2]
        rising = all(sign in ("<", "\\le") for sign in signs)
        falling = all(sign in (">", "\\ge") for sign in signs)
        if not variable.fullmatch(middle) or not (rising or falling):
            return None
        if falling:
            low, high, signs = high, low, signs[::-1]
        brackets = ("[" if "\\" in signs[0] else "(") + ("]" if "\\" in signs[1] else ")")
        return Several("tuple", (_shape(low, 0), _shape(high, 0)), brackets)
    left, right = parts[0], parts[2]
    sign = signs[0]
    if not variable.fullmatch(left):
        left, right = right, left
        sign = {"<": ">", ">": "<", "\\le": "\\ge", "\\ge": "\\le"}[sign]
    if not variable.fullmatch(left):
        return None
    bound = _shape(right, 0)
    if sign in (">", "\\ge"):
        return Several("tuple", (bound, Expression("\\infty")), "[)" if "\\" in sign else "()")
    return Several("tuple", (Expression("-\\infty"), bound), "(]" if "\\" in sign else "()")


def _inside_brackets(text: str) -> str | None:
    """Return what one pair of brackets around the whole of a text encloses, or None."""
    if len(text) < 2 or text[0] not in _OPENING or text[-1] not in _CLOSING:
        return None
    depth = 0
    for position, sign in enumerate(text):
        depth += (sign in _OPENING) - (sign in _CLOSING)
        if not depth:
            return text[1:-1].strip() if position == len(text) - 1 else None
    return None


def _split(text: str, separator: re.Pattern[str]) -> list[str]:
    """Return the parts of a text at its separators that stand in no brackets."""
    depths, depth = [], 0
    for sign in text:
        depths.append(depth)
        depth += (sign in "([{⦃") - (sign in ")]}⦄")
    parts, start = [], 0
    for match in separator.finditer(text):
        if not depths[match.start()] - (text[match.start()] in ")]}⦄"):
            parts.append(text[start : match.start()].strip())
            start = match.end()
    return [*parts, text[start:].strip()]
