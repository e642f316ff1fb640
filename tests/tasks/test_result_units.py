"""What units measure, and what is no unit."""

from fractions import Fraction

import pytest

from gleanery.tasks.result_units import unit_of, unit_text


@pytest.mark.parametrize(
    "spellings",
    [
        ["m/s^2", "m s^{-2}", "m\\cdot s^{-2}", "metres per second squared", "N/kg"],
        ["kg m^2/s^2", "J", "joules", "N·m", "W s"],
        ["J/(mol K)", "J mol^{-1} K^{-1}", "joules per mole per kelvin", "J/mol/K"],
        ["cm^2", "cm2", "square centimeters", "sq cm", "square centimetres"],
        ["km/h", "kph", "kilometers per hour", "KM per hour"],
        ["°C", "° C", "degrees Celsius", "celsius"],
        ["%", "percent", "per cent", "pct"],
        ["μm", "\\mu m", "micrometers"],
        ["apples", "of the apples", "apple"],
    ],
)
def test_spellings_of_a_unit_measure_the_same(spellings: list[str]) -> None:
    texts = [unit_text(f" {spelling}") for spelling in spellings]
    assert None not in texts
    assert len({unit_of(text or "") for text in texts}) == 1


@pytest.mark.parametrize(
    "text", ["x", "M", "ab", " n", "abc", " m + 2", " m, 3 s", " or 5", "\\pi", " ln x"]
)
def test_factors_and_operations_are_no_unit(text: str) -> None:
    assert unit_text(text) is None


def test_what_several_units_are_called_has_a_reading_for_each() -> None:
    pound = unit_of("pounds")
    assert pound is not None
    assert {reading.powers for reading in pound.readings} == {(("g", 1),), (("£", 1),)}


def test_definitions_are_in_base_units() -> None:
    expected = {
        "J": 1000,
        "kWh": 3_600_000_000,
        "L": Fraction(1, 1000),
        "mi/h": Fraction(1397, 3125),
    }
    for text, factor in expected.items():
        unit = unit_of(text)
        assert unit is not None
        assert [reading.factor for reading in unit.readings] == [factor]
