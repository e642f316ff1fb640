"""Results that are numbers: digits or words, fractions, powers of ten, per cent, units."""

import re
from dataclasses import dataclass
from fractions import Fraction

_UNITS_TEN = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]
_TEENS = ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen"]
_TEENS += ["seventeen", "eighteen", "nineteen"]
_TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
_WORDS = {
    "zero": 0,
    "a": 1,
    **{word: number for number, word in enumerate([*_UNITS_TEN, *_TEENS], 1)},
    **{word: 10 * number for number, word in enumerate(_TENS, 2)},
    "dozen": 12,
}
_POWERS = {"hundred": 100, "thousand": 1000, "million": 10**6, "billion": 10**9}

_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|'| )(?=\d{3}(?!\d))")
_DIGITS = r"\d+(?:\.\d+)?|\.\d+"
_NUMBER = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:"
    rf"(?P<whole>\d+)\s*(?:\\frac\{{(?P<mtop>\d+)\}}\{{(?P<mbottom>\d+)\}}"
    rf"|\s(?P<stop>\d+)/(?P<sbottom>\d+))"
    rf"|(?P<mantissa>{_DIGITS})\s*(?:(?:\\times|\\cdot|\*|x)\s*10\s*(?:\^|\*\*)\s*"
    rf"[{{(]?(?P<power>[+-]?\d{{1,3}})[)}}]?|[eE](?P<exponent>[+-]?\d{{1,3}}))"
    rf"|10\^\{{?(?P<ten>-?\d{{1,3}})\}}?"
    rf"|\\frac\{{(?P<ltop>-?(?:{_DIGITS}))\}}\{{(?P<lbottom>-?(?:{_DIGITS}))\}}"
    rf"|\(?(?P<top>-?(?:{_DIGITS}))\)?\s*/\s*\(?(?P<bottom>{_DIGITS})\)?"
    rf"|(?P<number>{_DIGITS}))"
)
_REPEATING = re.compile(r"^(-?)(\d*)\.(\d*)\\(?:overline|bar|dot)\s*\{(\d+)\}$")
_CURRENCY = re.compile(r"^([+-]?)\s*([$€£¥])\s*")
_BASE = re.compile(r"^([0-9A-Fa-f]+)_\{?(\d{1,2})\}?$")

# What a unit measures, and how much of the measure's own unit it is.
_MEASURES: dict[str, dict[str, int | str]] = {
    "length": {"m": 1, "km": 1000, "cm": "1/100", "mm": "1/1000", "nm": "1/1000000000"},
    "mass": {"kg": 1, "g": "1/1000", "mg": "1/1000000"},
    "time": {"s": 1, "ms": "1/1000", "min": 60, "h": 3600, "day": 86400, "week": 604800},
    "volume": {"L": 1, "mL": "1/1000"},
    "energy": {"J": 1, "kJ": 1000, "MJ": 1000000},
    "power": {"W": 1, "kW": 1000},
    "speed": {"m/s": 1, "km/h": "5/18"},
}
_NAMES = """
m meter meters metre metres; km kilometer kilometers kilometre kilometres; cm centimeter
centimeters centimetre centimetres; mm millimeter millimeters millimetre millimetres; kg kilogram
kilograms; g gram grams; mg milligram milligrams; s sec second seconds; min minute minutes; h hr hrs
hour hours; day days; week weeks; L l liter liters litre litres; mL ml milliliter milliliters
millilitre millilitres; J joule joules; kJ kilojoule kilojoules; W watt watts; N newton newtons;
% percent pct; ° degree degrees deg; m/s; km/h kph; $ dollar dollars; K kelvin; V volt volts; A amp
amps ampere amperes; Pa pascal pascals; Hz hertz; mol mole moles; Ω ohm ohms; T tesla; C; F
"""
_UNIT_NAMES = {name: names.split()[0] for names in _NAMES.split(";") for name in names.split()}
_CONVERSIONS = {
    unit: (measure, Fraction(factor))
    for measure, units in _MEASURES.items()
    for unit, factor in units.items()
}
_UNIT = re.compile(r"[\s{}()]*((?:[A-Za-zμΩ°%€£]|per )[A-Za-zμΩ°%/^0-9*·{} .-]*)?[\s{}()]*$")
_NO_UNIT_INSIDE = re.compile(r"\\(?!mu|Omega|ohm)[A-Za-z]|\b(?:and|or|to|if|where)\b|,")
_ROUNDING = Fraction(11, 1000)  # relative: more than this is no rounding
_PER = re.compile(r" ([A-Za-z]+)\^-(\d)$")  # m s^-2 is m/s^2
_POWER_WORD = re.compile(r"^(square|sq\.?|cubic|cu\.?) (\w+)$", re.IGNORECASE)
_POWERS_OF = {"square": 2, "sq": 2, "sq.": 2, "cubic": 3, "cu": 3, "cu.": 3}
_COUNTED = ("", "$")
_NOT_A_UNIT = re.compile(r"^(?:pi|e|i|x|y|z|n|k|sqrt|ln|log|sin|cos|tan)(?![A-Za-z])|[\^]\{?[a-z]")


@dataclass(frozen=True, slots=True)
class Number:
    """A number, the size of its last digit (0 where it is exact: a fraction), and its unit."""

    value: Fraction
    digit: Fraction
    unit: str = ""


def number_in(text: str) -> Number | None:
    """Return the number that a bare result consists of, with its unit, or None."""
    text = _THOUSANDS.sub("", text).replace("{,}", ".").strip()
    if repeating := _REPEATING.match(text):
        return Number(_repeating(repeating), Fraction(0))
    currency = _CURRENCY.match(text)
    if currency:
        text = currency[1] + text[currency.end() :]
    match = _NUMBER.match(text)
    if match is None:
        return _in_words(text)
    unit = _unit(text[match.end() :])
    if unit is None:
        return None
    value, digit = _amount(match)
    return None if value is None else Number(value, digit, unit)


def same_number(one: Number, other: Number) -> bool | None:
    """Return whether two numbers are the same; None where their units cannot be compared.

    A rounded one agrees with what it is rounded from, to its last digit and within 1.1 %; a missing
    unit is no difference. 5 % is 0.05; a bare 5 may be the percentage that was asked for, or five
    of something: that cannot be told.
    """
    if one.unit and other.unit and one.unit != other.unit:
        if "%" in (one.unit, other.unit):
            return None
        first, second = _CONVERSIONS.get(one.unit), _CONVERSIONS.get(other.unit)
        if first is None or second is None:
            return None
        if first[0] != second[0]:
            return False
        return _near(_scaled(one, first[1]), _scaled(other, second[1]))
    if (one.unit == "%") != (other.unit == "%"):
        of_hundred, bare = (one, other) if one.unit == "%" else (other, one)
        if _near(_scaled(of_hundred, Fraction(1, 100)), bare):
            return True
        return None if _near(of_hundred, bare) else False
    return _near(one, other)


def same_in_base(one: str, other: str) -> bool | None:
    """Return whether two numerals are the same where one of them names its base, else None."""
    first, second = _BASE.match(one.replace(" ", "")), _BASE.match(other.replace(" ", ""))
    if first and second:
        return _value(first) == _value(second) and _value(first) is not None
    named, bare = (first, other) if first else (second, one)
    if named and bare.strip().isalnum():
        return named[1].lower() == bare.strip().lower()
    return None


def _value(match: re.Match[str]) -> int | None:
    try:
        return int(match[1], int(match[2]))
    except ValueError:
        return None


def _near(one: Number, other: Number) -> bool:
    difference = abs(one.value - other.value)
    if not difference:
        return True
    digit = max(one.digit, other.digit)
    if digit == 1 and one.unit in _COUNTED and other.unit in _COUNTED:
        return False  # 26 is not 26.25, but 28 °C may be 27.9 °C
    within = digit if digit < 1 else digit / 2
    return difference <= min(within, _ROUNDING * max(abs(one.value), abs(other.value)))


def _scaled(number: Number, factor: Fraction) -> Number:
    return Number(number.value * factor, number.digit * factor)


def _amount(match: re.Match[str]) -> tuple[Fraction | None, Fraction]:
    sign = -1 if match["sign"] == "-" else 1
    for top, bottom in (("mtop", "mbottom"), ("stop", "sbottom")):
        if match[top]:
            part = _ratio(match[top], match[bottom])
            return (None if part is None else sign * (int(match["whole"]) + part)), Fraction(0)
    for top, bottom in (("ltop", "lbottom"), ("top", "bottom")):
        if match[top]:
            part = _ratio(match[top], match[bottom])
            return (None if part is None else sign * part), Fraction(0)
    if match["ten"]:
        return sign * Fraction(10) ** int(match["ten"]), Fraction(0)
    digits = match["mantissa"] or match["number"]
    scale = Fraction(10) ** int(match["power"] or match["exponent"] or 0)
    places = len(digits.partition(".")[2])
    return sign * Fraction(digits) * scale, Fraction(1, 10**places) * scale


def _repeating(match: re.Match[str]) -> Fraction:
    sign, whole, first, period = match.groups()
    scale = 10 ** len(first)
    value = Fraction(int(whole + first or "0"), scale)
    value += Fraction(int(period), scale * (10 ** len(period) - 1))
    return -value if sign else value


def _ratio(top: str, bottom: str) -> Fraction | None:
    return Fraction(top) / Fraction(bottom) if Fraction(bottom) else None


def _unit(rest: str) -> str | None:
    """Return the unit behind a number: "" for none, None where what follows is no unit."""
    is_attached = rest[:1].isalpha()
    if _NO_UNIT_INSIDE.search(rest):
        return None
    rest = rest.replace("\\", " ").strip()
    if not rest:
        return ""
    match = _UNIT.fullmatch(rest)
    if match is None or not match[1] or _NOT_A_UNIT.match(match[1]):
        return None
    words = re.sub(r"[{}]", "", match[1]).strip(" .").replace("° ", "°")
    words = _POWER_WORD.sub(lambda power: f"{power[2]}^{_POWERS_OF[power[1].lower()]}", words)
    base, sign, power = words.partition("^")
    words = f"{_UNIT_NAMES.get(base.strip(), base.strip())}{sign}{power}"
    words = _PER.sub(lambda per: f"/{per[1]}" + (f"^{per[2]}" if per[2] != "1" else ""), words)
    known = _UNIT_NAMES.get(words) or _UNIT_NAMES.get(words.lower())
    # 2ab is a product and 3 x one too; "12 apples" and "3 m^2" are quantities.
    if known is None and ((is_attached and words.isalpha()) or len(words) == 1):
        return None
    return known or words


def _in_words(text: str) -> Number | None:
    """Return a number that is written out ("twenty-five", "one hundred and two"), or None."""
    words = re.split(r"[\s-]+", text.lower().removeprefix("minus "))
    total, part, seen, taken = 0, 0, False, 0
    for word in words:
        if word in _WORDS and not (word == "a" and seen):
            part = part * 12 if word == "dozen" and seen else part + _WORDS[word]
            seen = seen or word != "a"
        elif word in _POWERS and part:
            part, seen = part * _POWERS[word], True
            if word != "hundred":
                total, part = total + part, 0
        elif not (word == "and" and seen):
            break
        taken += 1
    if not seen:
        return None
    rest = _unit(" " + " ".join(words[taken:]))
    sign = -1 if text.lower().startswith("minus ") else 1
    return None if rest is None else Number(Fraction(sign * (total + part)), Fraction(1), rest)
