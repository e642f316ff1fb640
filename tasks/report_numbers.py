"""Numbers as the report shows them: separators, shares, and no more digits than say something."""

from math import floor, log10


def count(number: int) -> str:
    """Return a whole number with thousand separators."""
    return f"{number:,}"


def counted(number: int, one: str, many: str = "") -> str:
    """Return a number with its noun: "1 row", "2 rows"."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def share(part: float, whole: float) -> str:
    """Return a share in per cent; small ones keep a digit that says something, "–" of nothing."""
    if not whole:
        return "–"
    percent = 100 * part / whole
    if part and percent < 0.01:
        return "< 0.01 %"
    if part < whole and percent > 99.99:
        return "> 99.99 %"
    digits = 0 if percent in (0, 100) else 2 if percent < 1 or percent > 99 else 1
    return f"{percent:,.{digits}f} %"


def decimal(number: float | None) -> str:
    """Return a number with three figures that say something; "–" for none."""
    if number is None or number != number:  # NaN
        return "–"
    if number == 0:
        return "0"
    size = abs(number)
    if size >= 1000:
        return f"{number:,.0f}"
    if size >= 0.001:
        digits = 1 if size >= 100 else 2 if size >= 10 else 3
        written = f"{number:.{digits}f}"
        return written.rstrip("0").rstrip(".")
    return f"{number:.2g}"


def fixed(number: float, digits: int) -> str:
    """Return a number with so many decimals, for a column of its like; "–" for none."""
    return f"{number:,.{digits}f}" if number == number else "–"


def decimals(amount: float) -> int:
    """Return how many decimals an amount needs: two, and below 1 as many as give two figures."""
    return 2 if amount <= 0 or amount >= 1 else max(2, 1 - floor(log10(amount)))


def money(amount: float, unit: str = "") -> str:
    """Return an amount with its unit."""
    return f"{'0' if amount == 0 else fixed(amount, decimals(amount))} {unit}".rstrip()
