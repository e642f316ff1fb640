"""Do two answers arrive at the same result, however it is written?"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gleanery.tasks.result_notation import assigned, bare, value_of
from gleanery.tasks.result_numbers import Number, number_in, same_number
from gleanery.tasks.result_numerals import digits_in_base
from gleanery.tasks.result_shapes import (
    Expression,
    Letter,
    Several,
    Shape,
    Verdict,
    Words,
    shape_of,
)
from gleanery.tasks.result_units import unit_of

_DECIMAL_COMMA = re.compile(
    r"-?\d+,(?:\d{1,2}|\d{4,})(?![\d,])"
)  # or a list: only equality is certain
_INDEX = re.compile(r"(?<=[A-Za-z])_(?:\{(\w+)\}|(\w))")

SameExpression = Callable[[str, str], bool | None]
"""Whether two expressions in LaTeX are equal; None where that cannot be told."""
SameNumber = Callable[[Number, Number], bool | None]


@dataclass(frozen=True, slots=True)
class _Rules:
    """When two expressions and two numbers are the same."""

    expression: SameExpression
    number: SameNumber


def same_result(
    one: str,
    other: str,
    same_expression: SameExpression,
    same_number: SameNumber = same_number,
) -> bool | None:
    """Return whether two results are the same, and None where they cannot be compared.

    Compared here: option letters, verdicts, numbers with their units, per cent and rounding, sets,
    tuples, intervals and inequalities, element by element. Words that differ may mean the same, so
    they are not comparable; nor is 5% with 5, which may be the percentage asked for (0.05 is the
    same), or x = 2 with y = 2. The rest is put to `same_expression`. Numbers are the same when
    `same_number` says so; rounded ones are, unless another rule is given.
    """
    rules = _Rules(same_expression, same_number)
    texts = bare(one), bare(other)
    if texts[0] and _compact(texts[0]) == _compact(texts[1]):
        return True
    first, second = shape_of(one), shape_of(other)
    if first is None or second is None:
        return None
    for text, number in ((texts[0], second), (texts[1], first)):
        if isinstance(number, Number) and _DECIMAL_COMMA.match(text):
            decimal = number_in(text.replace(",", "."))
            return (decimal is not None and same_number(decimal, number)) or None
    verdict = _same(first, second, rules)
    based = [digits_in_base(text) for text in texts]
    if based.count(None) == 1 and verdict is not None:
        return _same_beside_base(based, texts, verdict)
    names = {_folded(named) for text in texts if (named := assigned(text))}
    if len(names) == 2 and not isinstance(first, Several) and not isinstance(second, Several):
        return _same_beside_names(texts, verdict, rules)
    return verdict


def _compact(text: str) -> str:
    """Return a bare result without spaces and indices: H_2O is H2O, but 52_8 is not 528."""
    return _INDEX.sub(r"\1\2", re.sub(r"\s+", "", text))


def _same_beside_base(
    based: Sequence[str | None], texts: Sequence[str], verdict: bool
) -> bool | None:
    """Return whether numerals are the same of which one names its base: 204_5 and 204 or 54.

    The other is of that base too, if a question asked for it, or else decimal.
    """
    digits, plain = (based[0], texts[1]) if based[0] else (based[1], texts[0])
    return plain.lower() == digits or (None if verdict and plain.isdigit() else verdict)


def _same_beside_names(texts: Sequence[str], verdict: bool | None, rules: _Rules) -> bool | None:
    """Return whether equations for other names are the same: y = x and x = y are.

    x = 2 and y = 2 may be: a name is the asker's or the answerer's own.
    """
    if verdict is None or any(number_in(value_of(text)) for text in texts):
        return None if verdict else verdict
    as_latex = [_latex(Expression(text)) for text in texts]
    return rules.expression(*as_latex) or (None if verdict else False)


def _folded(named: tuple[str, str]) -> str:
    return re.sub(r"[{}\\]", "", named[0]).casefold()


def _same(one: Shape, other: Shape, rules: _Rules) -> bool | None:
    if one == other:
        return True
    if isinstance(one, Letter) or isinstance(other, Letter):
        return _same_letter(one, other, rules)
    if isinstance(one, Verdict) or isinstance(other, Verdict):
        both = isinstance(one, Verdict) and isinstance(other, Verdict)
        return False if both else None
    if isinstance(one, Words) or isinstance(other, Words):
        return None
    if isinstance(one, Several) or isinstance(other, Several):
        return _same_several(one, other, rules)
    if isinstance(one, Number) and isinstance(other, Number):
        return rules.number(one, other)
    return _same_by_algebra(one, other, rules)


def _same_by_algebra(one: Shape, other: Shape, rules: _Rules) -> bool | None:
    units = [shape.unit for shape in (one, other) if isinstance(shape, (Number, Expression))]
    if all(units) and unit_of(units[0]) != unit_of(units[-1]):
        return None  # a conversion is not judged here
    percent = next((item for item in (one, other) if _is_percent(item)), None)
    if isinstance(percent, Number):
        share = Number(percent.value / 100, percent.digit / 100)
        expression = other if percent is one else one
        if (equal := rules.expression(*_as_latex(share, expression))) is not False:
            return equal
        # As with a bare number, the expression may be the percentage that was asked for.
        return None if rules.expression(*_as_latex(percent, expression)) is not False else False
    return rules.expression(*_as_latex(one, other))


def _is_percent(shape: Shape) -> bool:
    return isinstance(shape, Number) and shape.unit == "%"


def _same_letter(one: Shape, other: Shape, rules: _Rules) -> bool | None:
    if isinstance(one, Letter) and isinstance(other, Letter):
        return one.letter == other.letter
    letter, value = (one, other) if isinstance(one, Letter) else (other, one)
    assert isinstance(letter, Letter)
    if letter.text and (text := shape_of(letter.text)):
        return _same(text, value, rules)
    if isinstance(value, Expression):  # C may be a constant: then it is no option
        return rules.expression(letter.letter, value.text)
    return None


def _same_several(one: Shape, other: Shape, rules: _Rules) -> bool | None:
    if not isinstance(one, Several) or not isinstance(other, Several):
        several, single = (one, other) if isinstance(one, Several) else (other, one)
        assert isinstance(several, Several)
        if several.kind in ("set", "list") and len(several.items) == 1:
            return _same(several.items[0], single, rules)
        return False if isinstance(single, Number) else None
    if len(one.items) != len(other.items):
        return None if "union" in (one.kind, other.kind) else False
    if one.names and other.names:
        return _same_named(one, other, rules)
    kinds = {one.kind, other.kind}
    if kinds == {"tuple"}:
        if len(one.items) == 2 and _is_half_open(one, other):
            return False
        return _all_same(one.items, other.items, rules)
    if "tuple" in kinds:  # "2 and 3" may be meant as the point (2, 3): only equality is certain
        return _all_same(one.items, other.items, rules) or None
    return _same_in_any_order(one.items, other.items, rules)


def _is_half_open(one: Several, other: Several) -> bool:
    """Return whether brackets tell two intervals apart; `[1, 2]` for the point (1, 2) does too."""
    return one.brackets != other.brackets


def _same_named(one: Several, other: Several, rules: _Rules) -> bool | None:
    values = dict(zip(other.names, other.items, strict=True))
    if set(one.names) != set(values):
        return None
    return _all_same(one.items, [values[name] for name in one.names], rules)


def _all_same(ones: Sequence[Shape], others: Sequence[Shape], rules: _Rules) -> bool | None:
    results = [_same(one, other, rules) for one, other in zip(ones, others, strict=True)]
    if False in results:
        return False
    return None if None in results else True


def _same_in_any_order(
    ones: Sequence[Shape], others: Sequence[Shape], rules: _Rules
) -> bool | None:
    left, unsure = list(others), False
    for one in ones:
        for position, other in enumerate(left):
            same = _same(one, other, rules)
            unsure = unsure or same is None
            if same:
                del left[position]
                break
        else:
            return None if unsure else False
    return True


def _as_latex(one: Shape, other: Shape) -> tuple[str, str]:
    """Return both as LaTeX, degrees beside a π as radians.

    Where only one is an equation, the other's left side comes back.
    """
    left, right = _latex(one), _latex(other)
    if isinstance(one, Number) and one.unit == "°" and "\\pi" in right:
        return f"\\frac{{{left} \\pi}}{{180}}", right
    if isinstance(other, Number) and other.unit == "°" and "\\pi" in left:
        return left, f"\\frac{{{right} \\pi}}{{180}}"
    if "=" in right and "=" not in left and isinstance(one, Expression) and one.whole:
        return _latex(Expression(one.whole)), right
    if "=" in left and "=" not in right and isinstance(other, Expression) and other.whole:
        return left, _latex(Expression(other.whole))
    return left, right


def _latex(shape: Shape) -> str:
    if isinstance(shape, Number):
        value = shape.value
        if value.denominator == 1:
            return str(value.numerator)
        if shape.digit:
            return format(float(value), ".15g")
        return f"\\frac{{{value.numerator}}}{{{value.denominator}}}"
    assert isinstance(shape, Expression)
    return shape.text.replace("⦃", "\\{").replace("⦄", "\\}").replace("$", "")
