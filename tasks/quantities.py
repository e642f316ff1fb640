r"""Numbers and units in a text, whatever the notation: `3\,\mathrm{kg}` is 3 kg is three kg."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

_NUMBER_WORDS = {
    **dict(zip(["zero", "one", "two", "three", "four", "five", "six"], "0123456", strict=True)),
    "seven": "7",
    "eight": "8",
    "nine": "9",
    "ten": "10",
    "eleven": "11",
    "twelve": "12",
    "hundred": "100",
    "thousand": "1000",
    "million": "1000000",
    "twice": "2",
    "half": "0.5",
    "second": "2",
    "third": "3",
    "fourth": "4",
    "fifth": "5",
    "double": "2",
    "triple": "3",
}
# Spellings of one unit, its symbol first; a word that is not here is no unit.
_SPELLINGS = """
m meter meters metre metres; km kilometer kilometers kilometre kilometres; cm centimeter
centimeters centimetre centimetres; mm millimeter millimeters millimetre millimetres; kg kilogram
kilograms kilos; g gm gram grams; mg milligram milligrams; s sec secs second seconds; min mins
minute minutes; h hr hrs hour hours; ms millisecond milliseconds; day days; week weeks; year years
yr yrs; N newton newtons; J joule joules; kJ kilojoule kilojoules; W watt watts; kW kilowatt
kilowatts; V volt volts; A amp amps ampere amperes; Ω ohm ohms; Hz hertz; Pa pascal pascals; kPa;
atm; K kelvin kelvins; L l liter liters litre litres; mL ml milliliter milliliters millilitres;
mol mole moles; ft foot feet; mi mile miles; inch inches; lb lbs pound pounds; oz ounce ounces;
m/s mps; km/h kph kmh kmph; mi/h mph; % percent; ° deg degree degrees; °C celsius; °F fahrenheit;
rad radian radians; eV; T tesla; $ dollar dollars; € euro euros
"""
_UNITS = {name: names.split()[0] for names in _SPELLINGS.split(";") for name in names.split()}

_VULGAR = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4", "⅕": "1/5", "⅛": "1/8"}
_RAISED = re.compile("[⁻]?[⁰¹²³⁴⁵⁶⁷⁸⁹]+")
_LOWERED = re.compile("[₀₁₂₃₄₅₆₇₈₉]+")
_TO_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹₀₁₂₃₄₅₆₇₈₉⁻", "01234567890123456789-")
_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|\\,|[\u2009\u202f])(?=\d{3}(?!\d))")
_FRACTION = re.compile(r"\\[dt]?frac\s*\{([^{}]*)\}\s*\{([^{}]*)\}")
_SHORT_FRACTION = re.compile(r"\\[dt]?frac\s*(\d)\s*(\d)")
_FONT = re.compile(r"\\(?:math(?:rm|bf|it|sf)|text(?:rm|bf|it)?|unit|si|rm|operatorname)\b")
_SPACE = re.compile(r"\\[,;:! ]|~|\\q?quad\b|&nbsp;|[\u00a0\u2009\u202f]")
_SIGNS = {
    r"\times": "*",
    r"\cdot": "*",
    "×": "*",
    "·": "*",
    r"\div": "/",
    "÷": "/",
    r"\%": "%",
    r"^\circ": "°",
    r"^{\circ}": "°",
    r"\circ": "°",
    r"\degree": "°",
    "−": "-",
    r"\Omega": "Ω",
    r"\ohm": "Ω",
    r"\mu": "μ",
    "µ": "μ",
}
_TIMES_X = re.compile(r"(?<=\d)\s*[xX]\s*(?=10\s*\^)")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)?|(?<![\w.])\.\d+")
_NUMBER_WORD = re.compile(rf"\b(?:{'|'.join(_NUMBER_WORDS)})\b", re.IGNORECASE)
_UNIT = re.compile(r"[\s{}$*-]{0,6}(%|°[\s{}]*[CF]?|[A-Za-zμΩ€]+(?:[\s{}]*/[\s{}]*[A-Za-z]+)?)")
_UNIT_LIKE = re.compile(r"[A-Za-zμΩ°%€]+(?:/[A-Za-z]+)?")
_ASKED_UNIT = re.compile(r"\bin ([A-Za-zμΩ°%]+(?:/[A-Za-z]+)?)(?![\w'-])")


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as it stands in a text, and the symbol of the unit behind it ("" for none)."""

    value: Decimal
    unit: str


def plain(text: str) -> str:
    """Return the text without LaTeX's spacing and font commands, fractions as (a)/(b)."""
    text = _THOUSANDS.sub("", text)
    for sign, fraction in _VULGAR.items():
        text = text.replace(sign, f" {fraction}")
    text = _RAISED.sub(lambda match: "^" + match[0].translate(_TO_DIGITS), text)
    text = _LOWERED.sub(lambda match: "_" + match[0].translate(_TO_DIGITS), text)
    text = _FONT.sub(" ", _SPACE.sub(" ", text))
    text = _SHORT_FRACTION.sub(r"\1/\2", _FRACTION.sub(r"(\1)/(\2)", text))
    for command, sign in _SIGNS.items():
        text = text.replace(command, sign)
    return _TIMES_X.sub("*", text)


def quantities(text: str) -> list[Quantity]:
    """Return the numbers that are written in digits, in order, each with its unit."""
    text = plain(text)
    return [
        Quantity(_decimal(match[0]), unit_after(text, match.end()))
        for match in _NUMBER.finditer(text)
    ]


def numbers(text: str) -> set[Decimal]:
    """Return all numbers of a text, in digits or in words (one to twelve, and round ones)."""
    words = {_decimal(_NUMBER_WORDS[word.lower()]) for word in _NUMBER_WORD.findall(text)}
    return {quantity.value for quantity in quantities(text)} | words


def asked_units(text: str) -> set[str]:
    """Return the units that a question wants its answer in ("in km/h")."""
    return _known(_ASKED_UNIT.findall(plain(text)))


def units(text: str) -> set[str]:
    """Return every unit that is named in a text, beside a number or not."""
    return _known(_UNIT_LIKE.findall(plain(text)))


def units_clash(one: str, other: str) -> bool:
    """Return whether two units cannot be notations of the same (m/s, m s^-1 and ms-1 can)."""
    return bool(one and other) and not _atoms(one) & _atoms(other)


def _known(names: Iterable[str]) -> set[str]:
    symbols = (_UNITS.get(name) or _UNITS.get(name.lower()) for name in names)
    return {symbol for symbol in symbols if symbol}


def _atoms(unit: str) -> set[str]:
    return {"m", "s", "ms"} if unit == "ms" else set(unit.split("/"))


def unit_after(text: str, position: int) -> str:
    """Return the symbol of the unit that stands behind a number in a plain text, or ""."""
    match = _UNIT.match(text, position)
    if match is None:
        return ""
    name = re.sub(r"[\s{}]", "", match[1])
    first = name.split("/")[0]
    return _UNITS.get(name) or _UNITS.get(name.lower()) or _UNITS.get(first, "")


def _decimal(text: str) -> Decimal:
    return Decimal(text.replace(",", ".")).normalize()
