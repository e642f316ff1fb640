"""Numbers in a stated answer: "$1,234.50 a day", "2 * 9 = 18 eggs", "about 1.2 million"."""

import re
from fractions import Fraction

from gleanery.tasks.evaluation.stated_answers import plainly
from gleanery.tasks.evaluation.verdicts import Unclear
from gleanery.tasks.final_result import formulas_of
from gleanery.tasks.quantities import plain
from gleanery.tasks.result_notation import bare, value_of
from gleanery.tasks.result_numbers import Number, number_in
from gleanery.tasks.result_units import Unit, unit_of

_SCALES = {"hundred": 100, "thousand": 10**3, "million": 10**6, "billion": 10**9}
_SCALE = re.compile(rf"^({'|'.join(_SCALES)})s?\b\s*")
# 70k is 70,000. The other letters scale money alone: 5 M may be a concentration.
_SHORT = re.compile(r"(?<![\w.])([$€£¥]?)\s?(\d[\d,]*(?:\.\d+)?)(\s?)(k|K|M|B|bn)(?!\w)")
_SHORT_SCALES = {"k": "thousand", "m": "million", "b": "billion", "bn": "billion"}
# What makes the number behind it a part of a formula: ln(2), \\sqrt{2}, e^2, π/3, 12x.
_IN_FORMULA = re.compile(
    r"(?:[\^_/*+<>×·÷√{π|]|\\(?!approx|sim|cong|quad)\w+|[a-zA-Z_]\w*\(|\b[a-z]\s*-|\b(?:ln|log|exp|sqrt|sin|cos|tan))\s*$"
)
# 12x, and 4! that is followed by its own full stop.
_FORMULA = re.compile(r"\d!\s*[.$]|\d\s?(?:[xyznpqπ](?!\w)(?!\s*\d)|\\pi)")
_MINUS = re.compile(r"\b(?:minus|negative)\s+(?=[$€£]?\d)", re.IGNORECASE)
_INDIAN = re.compile(r"(?<![\d,.])\d{1,2}(?:,\d{2})+,\d{3}(?![\d,])")  # 12,34,567
_ENDLESS = re.compile(r"\d{200}")  # a model that repeats itself; Python reads no such numbers
_DIGIT = re.compile(r"\d")
_FIRST = re.compile(
    r"^[^\w\d.+-]*(?P<number>[-+−]?\s*[$€£¥]?\s*[-+−]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d+)?"
    r"(?:[eE][-+]?\d+|\s*(?:\\times|×|\*|x)\s*10\s*\^\s*\{?\(?[-+−]?\d+\)?\}?|\s*/\s*\d+)?)(?P<rest>.*)$",
    re.DOTALL,
)
_NUMBER = re.compile(r"(?<![\w.])(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?!\w*\d)")
# Behind a first number: another result beside it, or an operation on it.
_GOES_ON = re.compile(
    r"^[\s?!\"')\]]*(?:[$€£°%]|[a-zA-Z]+\s+){0,4}?(?:\bor\b|\band\b|\bto\b|[,;/–—-]|±|\\pm|&)\s*"
    r"(?:also\s+|maybe\s+|perhaps\s+|possibly\s+)?[-+]?[$€£]?\s*\d",
)
_OPERATION = re.compile(
    r"^(?:\s*[*+^=<>×÷·√{]|[(\[]|\s*-\s*\d|\\(?:times|cdot|div|frac|sqrt|pi|pm)|/|x\s*\d)"
)
_NEGATED = re.compile(
    r"\b(?:not|isn't|neither|nor|between|either|un(?:known|clear|determined))\b", re.IGNORECASE
)


def amount_in(text: str) -> Number | None:
    """Return the number that a statement names, with its unit; None where there is none.

    Raises `Unclear` where it names several, a range, or says what the number is not.
    """
    if _ENDLESS.search(text):
        raise Unclear("its number has no end")
    text = _SHORT.sub(_in_full, _MINUS.sub("-", plainly(text.strip())))
    text = _INDIAN.sub(lambda number: number[0].replace(",", ""), text)
    if _NEGATED.search(_DIGIT.split(text, maxsplit=1)[0]):
        raise Unclear("it says what the answer is not, or gives a range")
    if _FORMULA.search(text):
        raise Unclear("it names a formula")
    if number := _whole(text):
        return number
    formula = formulas_of(text)
    if formula and (number := _whole(formula)):
        return number
    words = plain(bare(text))
    if not _DIGIT.search(words):
        return None
    after = words.rpartition("=")[2].strip()
    if after != words and (number := _whole(after) or _first(after)):
        return number
    if number := _first(words):
        return number
    found = list(_NUMBER.finditer(words))
    if len(found) == 1 and not formula and not _IN_FORMULA.search(words[: found[0].start()]):
        return _whole(found[0][0])
    raise Unclear("it names several numbers, or a formula")


def _in_full(short: re.Match[str]) -> str:
    money, number, space, letter = short.groups()
    if not money and (space or letter not in ("k", "bn")):
        return short[0]
    return f"{money}{number} {_SHORT_SCALES[letter.lower()]}"


def _whole(text: str) -> Number | None:
    """Return the number that a text consists of, or None."""
    number = number_in(value_of(bare(text)))
    if number is None:
        return None
    scale = _SCALE.match(number.unit)
    if not scale:
        return number
    return Number(number.value * _SCALES[scale[1]], number.digit, number.unit[scale.end() :])


def _first(text: str) -> Number | None:
    """Return the number that a text begins with, if what follows only explains it.

    Raises `Unclear` where a second one stands beside it.
    """
    match = _FIRST.match(text)
    if match is None or not _DIGIT.search(match["number"]):
        return None
    if _GOES_ON.match(match["rest"]):
        raise Unclear("it names several numbers")
    if _OPERATION.match(match["rest"]):
        return None
    rest = match["rest"].strip()
    scaled = _SCALE.match(rest.lower())
    number = _whole(match["number"])
    if number and scaled:
        return Number(number.value * _SCALES[scaled[1]], number.digit)
    if number and rest.startswith("%"):
        return Number(number.value, number.digit, "%")
    return number


def is_amount(number: Number, expected: Fraction) -> bool:
    """Return whether a number is the expected one, exactly; "20%" may be 20 or 0.2."""
    of_hundred = number.unit == "%" and number.value / 100 == expected
    return number.value == expected or of_hundred


def exactly_same_number(one: Number, other: Number) -> bool | None:
    """Return whether two numbers are the same without any rounding.

    A missing unit is no difference; two units are the same in any spelling ("feet" and "ft").
    None where equal values have units that may or may not be the same.
    """
    units = {one.unit, other.unit}
    if units == {"%", ""}:
        share, bare_one = (one, other) if one.unit else (other, one)
        return is_amount(share, bare_one.value)
    first, second = _measured(one.unit), _measured(other.unit)
    if first == second or "" in (first, second):
        return one.value == other.value
    return None if one.value == other.value else False


def _measured(text: str) -> Unit | str:
    """Return what a unit measures, however it is spelled; "" for none."""
    text = text.rstrip(" .")
    return (unit_of(text) or text.casefold().removesuffix("s")) if text else ""
