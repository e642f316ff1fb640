"""GSM8K: is the number that an answer states the expected one?"""

import re
from collections.abc import Callable
from fractions import Fraction

from gleanery.tasks.evaluation.amounts import amount_in, is_amount
from gleanery.tasks.evaluation.stated_answers import is_placeholder, stated
from gleanery.tasks.evaluation.verdicts import Unclear, UnusableItem, Verdict
from gleanery.tasks.final_result import final_result, sentences_of
from gleanery.tasks.result_notation import bare, value_of
from gleanery.tasks.result_numbers import Number, number_in

_PREFIX = re.compile(r"^\s*A:\s+")  # as in "Q: … A: 18": no option
_EMPHASISED = re.compile(r"\*\*([^*\n:]*\d[^*\n:]*)\*\*(?!:)")
# What is paid, earned or left; not "with her $120 she buys 12".
_MONEY = re.compile(
    r"\b(?:pa(?:ys?|id)|costs?|ma(?:kes?|de)|earn(?:s|ed)?|spen(?:ds?|t)|save[sd]?|ow(?:es?|ed)|gets?|got"
    r"|has|have|had|needs?|raise[sd]?|is|was|be|of)\s+([$€£]\s?\d[\d,]*(?:\.\d+)?(?![\d$]|[^$€£]*\$))"
)
_UNSURE = re.compile(r"\b(?:isn't|cannot|can't|unsure|maybe|perhaps|not equal)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(?:not|isn't|cannot|can't|neither|unsure|maybe|perhaps)\b", re.IGNORECASE)


def score_number(expected: str, answer: str, cut_off: bool) -> Verdict:
    """Return whether the number that an answer states is the expected one, exactly.

    Units, currency and thousands separators are no difference; any rounding is.
    """
    right = number_in(value_of(bare(expected)))
    if right is None:
        raise UnusableItem(f"the expected answer {expected!r} is no number: check the benchmark")
    return score_amount(answer, cut_off, lambda number: is_amount(number, right.value))


def score_amount(answer: str, cut_off: bool, is_right: Callable[[Number], bool]) -> Verdict:
    """Return whether the number that an answer states, or else ends with, is right."""
    try:
        number = stated_amount(answer, cut_off)
    except Unclear as unclear:
        return Verdict(False, detail=str(unclear))
    if number is None:
        return Verdict(False, detail="it states no number")
    return Verdict(is_right(number), shown(number))


def stated_amount(answer: str, cut_off: bool) -> Number | None:
    """Return the number of an answer's last statement that has one, or that it ends with."""
    for statement in stated(answer, cut_off):
        if (number := amount_in(statement)) is not None:
            return number
    if closing := unstated(answer, cut_off):
        return amount_in(closing)
    return None if cut_off else _computed(answer)


def _computed(answer: str) -> Number | None:
    """Return what a calculation in the last sentence comes to: "so 9 * 2 = 18 eggs for 3 cakes"."""
    last = sentences_of(answer)[-1:]
    _, equals, result = last[0].rpartition("=") if last else ("", "", "")
    return amount_in(result) if equals and not _UNSURE.search(last[0]) else None


def unstated(answer: str, cut_off: bool) -> str | None:
    """Return the result of an answer that states none: what it ends with, or is nothing but."""
    answer = _PREFIX.sub("", answer)
    last = sentences_of(answer)[-1:]
    if cut_off or not last or _DENIED.search(last[0]):
        return None
    found = final_result(answer)
    text = found.text if found else _standing_out(last[0])
    return text if text and not is_placeholder(text) else None


def _standing_out(sentence: str) -> str | None:
    """Return the one of several numbers that a sentence emphasises, or that is money, or None."""
    if sentence.rstrip().endswith("?"):
        return None
    for form in (_EMPHASISED, _MONEY):
        if len(found := set(form.findall(sentence))) == 1:
            return str(found.pop())
    return None


def shown(number: Number) -> str:
    """Return a number as a person would write it."""
    value: Fraction = number.value
    text = str(value) if value.denominator == 1 else f"{float(value):.12g}"
    return f"{text}%" if number.unit == "%" else text
