"""When a decimal stands for a finer or an exact value."""

from fractions import Fraction

_LARGEST = Fraction(11, 1000)  # relative: 0.38 for 3/8 has too few digits to tell


def stands_for(decimal: Fraction, digit: Fraction, value: Fraction, is_exact: bool) -> bool:
    """Return whether a decimal, with a last digit of this size, is a value rounded to its digits.

    An exact value may be cut off instead, as 0.66 for 2/3 is. A finer decimal may not: its own
    last digit is rounded already, and 0.66 for 0.667 is a slip rather than a habit.
    """
    difference = abs(decimal - value)
    if difference > _LARGEST * max(abs(decimal), abs(value)):
        return False
    is_cut_off = is_exact and difference < digit and abs(decimal) < abs(value)
    return difference <= digit / 2 or is_cut_off
