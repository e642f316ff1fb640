"""TheoremQA: answers of five kinds, compared as the benchmark's authors do, kind by kind.

Numbers that are no integers agree within 4 %, integers exactly, lists element by element
(https://github.com/TIGER-AI-Lab/TheoremQA; Chen et al., arXiv 2305.12524).
"""

import ast
import re
from collections.abc import Sequence
from fractions import Fraction

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.evaluation.amount_lists import amounts_in
from gleanery.tasks.evaluation.choices import score_choice
from gleanery.tasks.evaluation.named_words import YES_OR_NO, score_word
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.score_expressions import readings_of
from gleanery.tasks.evaluation.score_numbers import shown, stated_amount, unstated
from gleanery.tasks.evaluation.stated_answers import stated
from gleanery.tasks.evaluation.verdicts import Unclear, UnusableItem, Verdict
from gleanery.tasks.result_notation import bare, value_of
from gleanery.tasks.result_numbers import Number

TOLERANCE = Fraction(4, 100)  # relative; zero is exact
_OPTION = re.compile(r"\(\s*([a-eA-E])\s*\)")


def score_theorem(item: BenchmarkItem, answer: str, cut_off: bool, comparer: Comparer) -> Verdict:
    """Return whether an answer is right; raises `UnusableItem` for an unknown kind of answer."""
    match item.answer_type:
        case "bool":
            return score_word(YES_OR_NO, item.answer, answer, cut_off)
        case "option":
            letter = item.answer.strip("() ").upper()
            return score_choice(options_in(item.question), letter, answer, cut_off)
        case "integer" | "float":
            (expected,) = _expected(item, f"[{item.answer}]")
            is_exact = item.answer_type == "integer"
            return _score_number(expected, is_exact, answer, cut_off, comparer)
        case "list of integer" | "list of float":
            is_exact = item.answer_type == "list of integer"
            values = _expected(item, item.answer)
            return _score_list(values, is_exact, answer, cut_off, comparer)
    raise UnusableItem(
        f"TheoremQA has no answers of type {item.answer_type!r}: check the benchmark"
    )


def _expected(item: BenchmarkItem, listed: str) -> list[Fraction]:
    try:
        return [Fraction(str(value)) for value in ast.literal_eval(listed)]
    except (ValueError, SyntaxError, TypeError, ZeroDivisionError):
        raise UnusableItem(
            f"item {item.id}: the expected answer {item.answer!r} is not of type "
            f"{item.answer_type!r}: check the benchmark"
        ) from None


def agrees(number: Number, expected: Fraction, is_exact: bool) -> bool:
    """Return whether a number is what is expected; a percentage may be meant as its share."""
    values = [number.value] + ([number.value / 100] if number.unit == "%" else [])
    within = Fraction(0) if is_exact else TOLERANCE * abs(expected)
    return any(abs(value - expected) <= within for value in values)


def options_in(question: str) -> list[str]:
    """Return empty texts for the options that a question letters, at least four."""
    letters = {letter.upper() for letter in _OPTION.findall(question)}
    return [""] * max(4, *(ord(letter) - ord("A") + 1 for letter in letters or {"D"}))


def _score_number(
    expected: Fraction, is_exact: bool, answer: str, cut_off: bool, comparer: Comparer
) -> Verdict:
    try:
        number = stated_amount(answer, cut_off)
        problem = "it states no number"
    except Unclear as unclear:
        number, problem = None, str(unclear)
    if number is None:
        return _score_formula(expected, is_exact, answer, cut_off, comparer, problem)
    return Verdict(agrees(number, expected, is_exact), shown(number))


def _score_formula(
    expected: Fraction,
    is_exact: bool,
    answer: str,
    cut_off: bool,
    comparer: Comparer,
    problem: str,
) -> Verdict:
    r"""Return whether the formula that an answer states has the expected value: `\frac{\pi}{3}`."""
    statement = next(stated(answer, cut_off), None) or unstated(answer, cut_off)
    for reading in readings_of(statement) if statement else ():
        value = comparer.value(value_of(bare(reading)))
        if value is not None:
            number = Number(Fraction(value).limit_denominator(10**12), Fraction(0))
            return Verdict(agrees(number, expected, is_exact), reading)
    return Verdict(False, detail=problem)


def _score_list(
    expected: Sequence[Fraction], is_exact: bool, answer: str, cut_off: bool, comparer: Comparer
) -> Verdict:
    statement = next(stated(answer, cut_off), None) or unstated(answer, cut_off)
    if not statement:
        return Verdict(False, detail="it states no list")
    try:
        numbers = amounts_in(statement)
    except Unclear as unclear:
        return Verdict(False, detail=str(unclear))
    if not numbers:
        return Verdict(False, detail="it states no list")
    pairs = list(zip(numbers, expected, strict=False))
    same = len(numbers) == len(expected) and all(agrees(n, e, is_exact) for n, e in pairs)
    return Verdict(same, f"[{', '.join(map(shown, numbers))}]")
