"""What the names of units stand for: multiples of powers of base units."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from itertools import product

Powers = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """How much of which base units one of a unit is, and where its zero lies (temperatures)."""

    factor: Fraction
    powers: Powers
    zero: Fraction = Fraction(0)


# Names; what one of it is, all readings separated by "or" (nothing: a base unit); its prefixes.
_TABLE = """
m meter metre;; k c d m μ n
g gram gramme gm;; k m μ
s sec second;; m μ n
A amp ampere;; k m μ
K kelvin;;
mol mole;; k m
bit;; k M G
° deg degree;;
$ dollar USD;;
€ euro EUR;;
£ GBP;;
¥ yen JPY;;
¢ cent; 1/100 $ or 1/100 €;
penny pence pennies; 1/100 £ or 1/100 $;
% percent pct; 1/100;
ppm; 1/1000000;
min minute; 60 s;
h hr hour; 3600 s;
day; 86400 s;
week wk; 604800 s;
year yr; 365 day or 365.25 day;
month; 1/12 year;
mps; 1 m/s;
kph kmh kmph; 1 km/h;
in inch inches; 0.0254 m;
ft foot feet; 0.3048 m;
yd yard; 0.9144 m;
mi mile; 1609.344 m;
mph; 1 mi/h;
L l liter litre; 0.001 m^3; m c d μ
gal gallon; 3.785411784 L or 4.54609 L;
acre; 4046.8564224 m^2;
ha hectare; 10000 m^2;
lb; 453.59237 g;
pound; 1 lb or 1 £;
oz ounce; 28.349523125 g;
ton tonne; 1000 kg or 2000 lb;
Hz hertz; 1 s^-1; k M G
N newton; 1 kg m/s^2; k m
J joule; 1 N m; k M m
W watt; 1 J/s; k M G m
Wh; 3600 J; k M
cal calorie; 4.184 J; k
C coulomb; 1 A s or 1 °C; m μ n
V volt; 1 W/A; k m
eV electronvolt; 1.602176634e-19 J; k M G
Ω ohm; 1 V/A; k M
F farad; 1 A s/V or 1 °F; m μ n p
T tesla; 1 kg/A s^2; m
Wb weber; 1 V s;
H henry; 1 Wb/A; m μ
Pa pascal; 1 N/m^2; k M h
bar; 100000 Pa; m
atm atmosphere; 101325 Pa;
M molar; 1 mol/L; m
B byte; 8 bit; k M G T
rad radian; 57.29577951308232 °;
rev revolution; 360 °;
rpm; 6 °/s;
"""
# Their zero is not that of kelvin: value times factor and then the zero's own temperature.
_SCALES = {
    "°C": (Fraction(1), Fraction("273.15")),
    "°F": (Fraction(5, 9), Fraction("273.15") - 32 * Fraction(5, 9)),
}
_PREFIXES = {
    "T": ("tera", Fraction(10**12)),
    "G": ("giga", Fraction(10**9)),
    "M": ("mega", Fraction(10**6)),
    "k": ("kilo", Fraction(1000)),
    "h": ("hecto", Fraction(100)),
    "d": ("deci", Fraction(1, 10)),
    "c": ("centi", Fraction(1, 100)),
    "m": ("milli", Fraction(1, 1000)),
    "μ": ("micro", Fraction(1, 10**6)),
    "n": ("nano", Fraction(1, 10**9)),
    "p": ("pico", Fraction(1, 10**12)),
}
_LONGEST_SYMBOL = 3  # letters: kmol and kilomole, but no kjoule


@cache
def units_by_name() -> dict[str, tuple[Reading, ...]]:
    """Return the readings of every name in the table, with and without prefixes."""
    units: dict[str, tuple[Reading, ...]] = {
        name: (Reading(factor, (("K", 1),), zero),) for name, (factor, zero) in _SCALES.items()
    }
    for line in _TABLE.strip().splitlines():
        names, definition, prefixes = (part.split() for part in line.split(";"))
        base = (Reading(Fraction(1), ((names[0], 1),)),)
        readings = tuple(_defined(" ".join(definition), units)) or base
        units |= dict.fromkeys(names, readings)
        for prefix in prefixes:
            spelled, by = _PREFIXES[prefix]
            scaled = tuple(Reading(by * reading.factor, reading.powers) for reading in readings)
            units |= {prefix + name: scaled for name in names if len(name) <= _LONGEST_SYMBOL}
            units |= {spelled + name: scaled for name in names if len(name) >= _LONGEST_SYMBOL}
    return units


def product_of(parts: Sequence[tuple[Sequence[Reading], int]]) -> tuple[Reading, ...]:
    """Return the readings of a product of units, each with the power that it is raised to."""
    choices = product(*(readings for readings, _ in parts))
    exponents = [power for _, power in parts]
    return tuple(dict.fromkeys(_product(choice, exponents) for choice in choices))


def _product(readings: Sequence[Reading], exponents: Sequence[int]) -> Reading:
    factor, powers = Fraction(1), dict[str, int]()
    for reading, exponent in zip(readings, exponents, strict=True):
        factor *= reading.factor**exponent
        for base, power in reading.powers:
            powers[base] = powers.get(base, 0) + power * exponent
    # A degree in W/m^2 °C is a difference, which has no zero.
    zero = readings[0].zero if list(exponents) == [1] else Fraction(0)
    return Reading(factor, tuple(sorted((b, n) for b, n in powers.items() if n)), zero)


def _defined(definition: str, units: dict[str, tuple[Reading, ...]]) -> Iterator[Reading]:
    for reading in filter(None, definition.split(" or ")):
        amount, _, unit = reading.partition(" ")
        above, _, below = unit.partition("/")
        parts = []
        for side, names in ((1, above), (-1, below)):
            for name, _, power in (factor.partition("^") for factor in names.split()):
                parts.append((units[name], side * int(power or 1)))
        for whole in product_of(parts):
            yield Reading(Fraction(amount) * whole.factor, whole.powers, whole.zero)
