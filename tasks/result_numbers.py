"""Results that are numbers, with their units."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from gleanery.tasks.result_numerals import numeral_at_start
from gleanery.tasks.result_rounding import stands_for
from gleanery.tasks.result_units import NO_UNIT, Unit, unit_of, unit_text, units_like
from gleanery.tasks.unit_readings import Reading

_THOUSANDS = re.compile(r"(?<=\d)(?:,|\{,\}|'| )(?=\d{3}(?!\d))")
_MIXED_UNITS = re.compile(r"(?<=[A-Za-z]),?\s+(?:and\s+)?(?=\d)")
_MOST_UNITS = 3
_CURRENCY = re.compile(r"^([+-]?)\s*(?:US)?([$€£¥])\s*")


@dataclass(frozen=True, slots=True)
class Number:
    """A number, the size of its last digit (0 where it is exact: a fraction), and its unit."""

    value: Fraction
    digit: Fraction
    unit: str = ""


def number_in(text: str) -> Number | None:
    """Return the number that a bare result consists of, with its unit, or None."""
    text = _THOUSANDS.sub("", text).replace("{,}", ".").strip()
    currency = _CURRENCY.match(text)
    if currency:
        text = currency[1] + text[currency.end() :]
    numeral = numeral_at_start(text)
    unit = unit_text(text[numeral.end :]) if numeral else None
    if numeral is None or unit is None:
        return _of_mixed_units(text)
    if currency and not _names_money(unit):
        unit = f"{currency[2]} {unit}".strip()
    return Number(numeral.value, numeral.digit, unit)


def _of_mixed_units(text: str) -> Number | None:
    """Return an amount in several units, largest first, in the last: 1 h 30 min, 5 ft and 3 in."""
    parts = _MIXED_UNITS.split(text)
    numbers = [number_in(part) for part in parts] if 1 < len(parts) <= _MOST_UNITS else []
    amounts = []
    for number in numbers:
        unit = unit_of(number.unit) if number else None
        if number is None or unit is None or unit.counted or not unit.readings[0].powers:
            return None
        amounts.append((number, unit.readings[0]))
    readings = [reading for _, reading in amounts]
    falls = all(one.factor > other.factor for one, other in pairwise(readings))
    if not falls or len({reading.powers for reading in readings}) != 1:
        return None
    last = amounts[-1]
    value = sum((number.value * reading.factor for number, reading in amounts), Fraction(0))
    return Number(value / last[1].factor, last[0].digit, last[0].unit)


def same_number(one: Number, other: Number) -> bool | None:
    """Return whether two numbers are the same; None where their units cannot be compared.

    A rounded one agrees with what it is rounded from; a missing unit is no difference, unless the
    number is right in another unit of that kind: then it cannot be told, as for 5 % and 5, which
    may be the percentage that was asked for. Nor can 5 apples and 5 oranges, 60 km and 60 km/h.
    """
    if one.unit == other.unit:
        return _agree(one, other)
    first, second = unit_of(one.unit), unit_of(other.unit)
    if first is None or second is None:
        return None
    if NO_UNIT in (first, second):
        (measured, unit), bare = (
            ((other, second), one) if first == NO_UNIT else ((one, first), other)
        )
        return _same_without_unit(measured, unit, bare)
    if not (first.counted <= second.counted or second.counted <= first.counted):
        return None  # words may mean the same
    verdicts = set(_in_common_readings(one, first, other, second))
    if verdicts:
        return True in verdicts
    if first.counted or second.counted or first.is_share or second.is_share:
        return None
    if _is_rate_of(first, second) or _is_rate_of(second, first):
        return None if _agree(one, other) else False
    return False


def _same_without_unit(measured: Number, unit: Unit, bare: Number) -> bool | None:
    if unit.is_share:
        shares = [_scaled(measured, reading) for reading in unit.readings]
        if any(_agree(share, bare) for share in shares):
            return True
        return None if _agree(measured, bare) else False
    if _agree(measured, bare):
        return True
    others = {like.factor for like in units_like(unit)}
    values = {_scaled(measured, reading).value for reading in unit.readings}
    return None if any(bare.value * factor in values for factor in others) else False


def _in_common_readings(one: Number, first: Unit, other: Number, second: Unit) -> Iterator[bool]:
    """Yield whether two numbers agree, for each way to read both units as measures of one kind."""
    for reading in first.readings:
        for alike in second.readings:
            if reading.powers == alike.powers:
                yield _agree(_scaled(one, reading), _scaled(other, alike))


def _is_rate_of(rate: Unit, unit: Unit) -> bool:
    """Return whether a unit is another one per something: $ per day, km/h."""
    above = {tuple(part for part in r.powers if part[1] > 0) for r in rate.readings if r.powers}
    return any(reading.powers in above for reading in unit.readings)


def _agree(one: Number, other: Number) -> bool:
    """Return whether two numbers of one unit are the same, or one is the other rounded."""
    if one.value == other.value or one.digit == other.digit:
        return one.value == other.value
    finer, coarser = (one, other) if one.digit < other.digit else (other, one)
    if coarser.digit == 1 and _is_count(one) and _is_count(other):
        return False  # 26 is not 26.25, but 28 °C may be 27.9 °C
    return stands_for(coarser.value, coarser.digit, finer.value, is_exact=not finer.digit)


def _is_count(number: Number) -> bool:
    unit = unit_of(number.unit)
    return unit is not None and unit.is_count


def _scaled(number: Number, reading: Reading) -> Number:
    value = number.value * reading.factor + reading.zero
    return Number(value, number.digit * reading.factor, "" if not reading.powers else number.unit)


def _names_money(unit: str) -> bool:
    found = unit_of(unit)
    return found is not None and any(
        base in "$€£¥" for reading in found.readings for base, _ in reading.powers
    )
