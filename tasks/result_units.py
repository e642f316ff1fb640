"""What a unit measures, however it is spelled: `m s^{-2}`, "metres per second squared", `N/kg`.

Every unit is a multiple of powers of base units. What several are called ("pounds", "cents") has
a reading for each; words that name no unit are what is counted ("apples").
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from gleanery.tasks.unit_readings import Reading, product_of, units_by_name

_MONEY = frozenset("$€£¥")
_SIGNS = {"\\mu ": "μ", "\\mu": "μ", "µ": "μ", "\\Omega": "Ω", "\\ohm": "Ω"}

_NOISE = re.compile(
    r"[()]|\\cdot(?![A-Za-z])|\\times(?![A-Za-z])|[*·]|(?<=[A-Za-z])[-.](?=[A-Za-z])"
)
_TEMPERATURE = re.compile(
    r"(?:°|\bdeg(?:rees?)?(?![A-Za-z]))\s*(?:([CF])(?![A-Za-z])|(c)elsius|(c)entigrade|(f)ahrenheit)"
    r"|\b(?:(c)elsius|(f)ahrenheit)",
    re.IGNORECASE,
)
_PER_CENT = re.compile(r"\bper\s+cent\b", re.IGNORECASE)
_TOKEN = re.compile(
    r"\s*(?:(?P<below>/|\bper\b)"
    r"|(?P<name>°[CF]|[^\W\d_]+|[°%$€£¥¢])(?:\s*\^\s*(?P<power>-?\d)|(?P<digit>\d))?)"
)
_POWER_BEFORE = {"square": 2, "sq": 2, "cubic": 3, "cu": 3}
_POWER_BEHIND = {"squared": 2, "cubed": 3}
_SILENT = frozenset(["a", "an", "the", "of", "in", "on", "at", "by", "for", "each", "total", "all"])
_NO_UNIT = frozenset(["and", "or", "to", "if", "where", "when", "is", "are", "not"])
_FUNCTIONS = frozenset(
    ["sin", "cos", "tan", "cot", "sec", "csc", "log", "exp", "sqrt", "lim", "mod"]
)
_OFTEN_FACTORS = frozenset("BHM")  # 2M is twice a mass rather than two molar
_SHORTEST_WORD = 3  # letters: 2ab is a product


@dataclass(frozen=True, slots=True)
class Unit:
    """What a unit may measure, and the words beside it that name what is counted."""

    readings: tuple[Reading, ...]
    counted: frozenset[str]

    @property
    def is_count(self) -> bool:
        """Return whether it is of things or money, of which there is no rounding to whole ones."""
        bases = {base for reading in self.readings for base, _ in reading.powers}
        return bases <= _MONEY and not self.is_share

    @property
    def is_share(self) -> bool:
        """Return whether it is a share of one: per cent."""
        return any(not reading.powers and reading.factor != 1 for reading in self.readings)


NO_UNIT = Unit(product_of([]), frozenset())


def unit_text(text: str) -> str | None:
    """Return what stands behind a number, in plain signs, if it can be a unit; else None.

    Nothing is a unit too: "". Single letters and short names that are no known unit are factors,
    and what holds operators or several amounts is an expression.
    """
    plain = _NOISE.sub(" ", text.replace("{", "").replace("}", ""))
    for sign, symbol in _SIGNS.items():
        plain = plain.replace(sign, symbol)
    plain = " ".join(_TEMPERATURE.sub(_scale, _PER_CENT.sub("%", plain)).split())
    if not plain:
        return ""
    unit = unit_of(plain)
    if unit is None or unit == NO_UNIT:
        return None
    is_attached = text[:1].isalpha()
    if is_attached and (unit.counted or plain in _OFTEN_FACTORS):
        return None  # 2abc is a product
    return _symbol(plain)


@lru_cache(maxsize=4096)
def unit_of(text: str) -> Unit | None:
    """Return what a unit in plain signs measures, or None for what is no unit."""
    if not text:
        return NO_UNIT
    parts: list[tuple[tuple[Reading, ...], int]] = []
    counted: set[str] = set()
    position, side, next_power = 0, 1, 1
    while position < len(text.rstrip()):
        token = _TOKEN.match(text, position)
        if token is None:
            return None
        position, name = token.end(), token["name"]
        if token["below"]:
            side = -1  # and all that follows: J/mol K is J/(mol K)
        elif name.lower() in _POWER_BEFORE:
            next_power = _POWER_BEFORE[name.lower()]
        elif name.lower() in _POWER_BEHIND and parts:
            parts[-1] = parts[-1][0], parts[-1][1] * _POWER_BEHIND[name.lower()]
        elif (known := _known(name)) and (name != "in" or text in ("in", token[0].strip())):
            parts.append((known, side * next_power * _power(token)))
            next_power = 1
        elif name.lower() not in _SILENT:
            if not _is_word(name) or _power(token) != 1:
                return None
            counted.add(name.lower().removesuffix("s"))
    return Unit(product_of(parts), frozenset(counted))


def units_like(unit: Unit) -> Iterator[Reading]:
    """Yield the readings of all units that have one name and measure the same."""
    kinds = {reading.powers for reading in unit.readings if reading.powers}
    for readings in units_by_name().values():
        yield from (reading for reading in readings if reading.powers in kinds)


def _power(token: re.Match[str]) -> int:
    return int(token["power"] or token["digit"] or 1)


def _scale(match: re.Match[str]) -> str:
    initial: str = next(filter(None, match.groups()))
    return f"°{initial.upper()}"


def _symbol(plain: str) -> str:
    """Return the symbol of a unit that has one name, else its text."""
    return next((sign for sign in "%$€£¥¢°" if unit_of(sign) == unit_of(plain)), plain)


def _is_word(name: str) -> bool:
    lower = name.lower()
    return len(name) >= _SHORTEST_WORD and lower not in _FUNCTIONS and lower not in _NO_UNIT


def _known(name: str) -> tuple[Reading, ...] | None:
    units, lower = units_by_name(), name.lower()
    spellings = [name, lower if len(name) > 1 else name]
    spellings += [spelling.removesuffix("s") for spelling in spellings if len(spelling) > 2]
    return next((units[spelling] for spelling in spellings if spelling in units), None)
