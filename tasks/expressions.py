r"""Equality of two expressions in LaTeX and their value, by computer algebra.

It runs in a worker's main thread. Parsing and comparison are math-verify's
(https://github.com/huggingface/Math-Verify), which sets an alarm for its time limit. Web pages hold
expressions that no alarm stops (`9^{9^{9}}` is one call into C): those are refused here, and what
is left is the worker's own limit to end.
"""

import math
import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any

from gleanery.tasks.result_rounding import stands_for

SECONDS = 3  # for each parse and each comparison
LONGEST = 300  # characters
_TOWER = re.compile(
    r"\d\s*\}?\s*\^\s*\{?\s*\d{1,20}\s*\}?\s*\^|\^\s*\{?\s*-?\d{4,}|\d{4,}\s*!|!\s*!|\d{40,}"
)
_DECIMAL = re.compile(r"-?\d*\.(\d+)|-?\d+")
_FUNCTION_OF_ANGLE = re.compile(r"\\(?:sin|cos|tan|cot|sec|csc)(?![a-z])")
_DEGREES = re.compile(r"(\d+(?:\.\d+)?)\s*(?:°|\^\s*\{?\\circ\}?)")


def same_expression(one: str, other: str) -> bool | None:
    """Return whether two expressions are equal; None where one cannot be read or takes too long.

    A decimal agrees with what it is rounded from. Raises `MemoryError` when there is too little.
    """
    return _same(one, other, _rounded)


def exactly_same_expression(one: str, other: str) -> bool | None:
    """Return what `same_expression` does, but a rounded decimal is no equal of the exact value."""
    return _same(one, other, lambda text, exact: False)


def value_in(text: str) -> float | None:
    """Return the value of an expression that is a real number; None where it is none.

    Raises `MemoryError` when there is too little.
    """
    if len(text) > LONGEST or _TOWER.search(text):
        return None
    from math_verify.errors import TimeoutException

    try:
        parsed = _parsed(text)
        value = complex(parsed.evalf(15)) if getattr(parsed, "is_number", False) else None
    except MemoryError:
        raise  # the process is not to be used again
    except (Exception, TimeoutException):
        return None
    return value.real if value and not value.imag and math.isfinite(value.real) else None


def _same(one: str, other: str, rounded: Callable[[str, Any], bool]) -> bool | None:
    if max(len(one), len(other)) > LONGEST or _TOWER.search(one) or _TOWER.search(other):
        return None
    from math_verify import verify
    from math_verify.errors import TimeoutException

    try:
        first, second = _parsed(one), _parsed(other)
        if first is None or second is None or _is_matrix(first) != _is_matrix(second):
            return None
        first, second = _alike(first), _alike(second)
        for gold, target in ((first, second), (second, first)):
            if verify(gold, target, timeout_seconds=SECONDS, raise_on_error=True):
                return True
        return rounded(one, second) or rounded(other, first)
    except MemoryError:
        raise  # the process is not to be used again
    except (Exception, TimeoutException):
        return None  # hostile or odd LaTeX breaks a parser in any way it likes


def _parsed(text: str) -> Any:
    """Return what an expression is in algebra, or None if it cannot be read."""
    from math_verify import (
        LatexExtractionConfig,
        LatexNormalizationConfig,
        parse,
    )

    # Units are off already: what is left of 2ab is a product.
    notation = LatexNormalizationConfig(
        basic_latex=True, units=False, malformed_operators=True, nits=True, boxed="none"
    )
    found = parse(
        f"${_in_radians(text)}$",
        extraction_config=[LatexExtractionConfig(normalization_config=notation)],
        fallback_mode="no_fallback",
        parsing_timeout=SECONDS,
        raise_on_error=True,
    )
    return found[0] if found and not isinstance(found[0], str) else None


def _in_radians(text: str) -> str:
    """Return a text in which functions take radians: the parser drops the sign of degrees."""
    if not _FUNCTION_OF_ANGLE.search(text):
        return text
    return _DEGREES.sub(r"(\1 \\cdot \\frac{\\pi}{180})", text)


def _is_matrix(value: Any) -> bool:
    return hasattr(value, "tolist")


def _alike(value: Any) -> Any:
    """Return an expression with real variables, and `i` as the imaginary unit.

    The parser decides for each text whether its variables are real: x is not always the same x.
    """
    from sympy import I, Symbol

    return value.subs(
        {
            symbol: I if symbol.name == "i" else Symbol(symbol.name, real=True)
            for symbol in value.free_symbols
        }
    )


def _rounded(text: str, exact: Any) -> bool:
    """Return whether a plain decimal is what an exact number comes to, rounded to its digits."""
    decimal = _DECIMAL.fullmatch(text.strip())
    if decimal is None or not decimal[1] or not getattr(exact, "is_number", False):
        return False
    value = complex(exact.evalf(15))
    if value.imag or not math.isfinite(value.real):
        return False
    digit = Fraction(1, 10 ** len(decimal[1]))
    return stands_for(Fraction(text.strip()), digit, Fraction(value.real), is_exact=True)
