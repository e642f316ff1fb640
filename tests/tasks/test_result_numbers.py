"""Numbers with their units: what is read of them, and when two are the same."""

from fractions import Fraction

import pytest

from gleanery.tasks.result_numbers import Number, number_in, same_number


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2.75 million", 2_750_000),
        ("three and a half million", 3_500_000),
        ("half a dozen eggs", 6),
        ("two hundred and five", 205),
        ("minus two thirds", Fraction(-2, 3)),
        ("twenty-five hundredths", Fraction(1, 4)),
        ("one second", 1),
        ("-4 \\frac{1}{2}", Fraction(-9, 2)),
        ("0.3\\overline{4}", Fraction(31, 90)),
        ("0x1F", 31),
        ("1F_{16}", 31),
        ("1 h 30 min", 90),
        ("5 ft and 3 in", 63),
        ("$1.5 million", 1_500_000),
    ],
)
def test_a_number_is_read_in_digits_and_words(text: str, value: int | Fraction) -> None:
    number = number_in(text)
    assert number is not None
    assert number.value == value


@pytest.mark.parametrize(
    "text",
    ["", "a", "2ab", "3 x", "3\\pi", "5!", "12 of 20", "1 in 5", "two and three", "a_2", "1/0"],
)
def test_what_is_more_than_a_number_is_none(text: str) -> None:
    assert number_in(text) is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("0.67", "0.667", True),
        ("0.66", "0.667", False),  # cut off, but the finer one is no exact value
        ("0.66", "2/3", True),
        ("0.6", "2/3", False),  # too few digits to tell
        ("26 apples", "26.25 apples", False),
        ("28 °C", "27.9 °C", True),
        ("3 kg", "3 m", False),
        ("5 pounds", "£5", True),
        ("5 pounds", "5 lb", True),
        ("50 cents", "€0.50", True),
        ("5 apples", "5 red apples", True),
        ("5 apples", "5 pears", None),
        ("60 km", "60 km/h", None),
        ("60 km", "50 km/h", False),
        ("1.5 km", "1500", None),
        ("1.5 km", "1400", False),
        ("5%", "5", None),
        ("5%", "0.05", True),
    ],
)
def test_numbers_are_compared_with_their_units(one: str, other: str, same: bool | None) -> None:
    first, second = number_in(one), number_in(other)
    assert isinstance(first, Number)
    assert isinstance(second, Number)
    assert same_number(first, second) is same_number(second, first) is same
