"""What an answer arrives at: an option letter, a verdict or a number, however it is written."""

import re
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

from gleanery.tasks.quantities import Quantity, plain, unit_after, units_clash
from gleanery.tasks.result_rounding import stands_for

_BOXED = re.compile(r"\\boxed\s*\{((?:[^{}]|\{[^{}]*\})*)\}")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_SHORT = 60  # characters: such an answer is nothing but its result

_ANNOUNCED = re.compile(
    r"\b(?:answer|ans|result)s?\b\s*(?:is|are|was|would be|:|=)+(?: thus| therefore)?",
    re.IGNORECASE,
)
_CHOSEN = re.compile(
    r"\b(?:answer|ans)\b\s*(?:is|:|=)+\s*(?:option|choice)?"
    r"|\b(?:correct|right|best) (?:option|choice) is\s*(?:option|choice)?"
    r"|\b(?:choose|select|pick)\s+(?:option|choice)?|\\boxed\s*\{(?:\\text\w*\s*\{)?",
    re.IGNORECASE,
)
# "A" is an article too, unless a reason follows; "E = …" and "C + 1" are formulas.
_LETTER = r"(?:[B-E](?![\w'’])|A(?![\w'’]| (?!because|since|as )[a-z]))(?!\s*[=+*/^_-])"
_LETTER_NEXT = re.compile(rf"[\s({{\[*_$]*({_LETTER})")
_RIGHT_LETTER = re.compile(rf"\b(?:option|choice)\s+\(?({_LETTER})\)? is (?:correct|right|true)\b")
_LETTER_ALONE = re.compile(r"^\W*([A-E])\s*[.):\]]|^\W*([A-Ea-e])[\W_]*$")
_ENUMERATOR = re.compile(r"(?:^|[\s(])([A-Ea-e])[.):\]]")

_VERDICT = re.compile(r"^\W*(yes|no|true|false)\b", re.IGNORECASE)
_LAST_VERDICT = re.compile(
    r"\b(?:statement|claim|answer) is (?:therefore |thus )?(true|false|yes|no)\b"
)

_DECIMAL = r"\d+(?:\.\d+)?|\.\d+"
_VALUE = re.compile(
    r"(?P<sign>(?<=[=(,:])\s*-\s?|^-\s?|(?<![\w)\]}$])(?<![\d)\]}$] )-)?(?:"
    rf"(?P<mantissa>{_DECIMAL})\s*(?:\*\s*10\s*\^|[eE])\s*\{{?\s*(?P<power>-?\d{{1,3}})\s*\}}?"
    rf"|\(?(?P<top>{_DECIMAL})\)?\s*/\s*\(?(?P<bottom>{_DECIMAL})\)?"
    rf"|(?P<number>{_DECIMAL}))"
)
_NOT_A_VALUE = re.compile(r"(?:[^\W\d]|[\^_][{ -]*)$")  # before it: x1, H2, m^2, x_{1}
_SEVERAL = re.compile(r"\b(?:or|and)\b|[,;±\nⓐ-ⓩ]|\\pm|≈.*≈")
_SYMBOLIC = re.compile(r"\\?\b(?:pi|sqrt|ln|log|sin|cos|tan|infty)|[π√∞]|/\([^)]*[A-Za-z]")
_QUOTIENT = -15  # nobody writes as many decimals: a fraction was divided out
_PER_CENT = re.compile(r"%|\b(?:percent|percentage|per cent)\b", re.IGNORECASE)


def option_letter(answer: str) -> str | None:
    """Return the letter of the option that an answer chooses, if it says so plainly."""
    chosen = [
        (place.end(), letter[1])
        for place in _CHOSEN.finditer(answer)
        if (letter := _LETTER_NEXT.match(answer, place.end()))
    ]
    chosen += [(match.end(), match[1]) for match in _RIGHT_LETTER.finditer(answer)]
    if chosen:
        return max(chosen)[1]
    alone = _LETTER_ALONE.match(answer)
    if alone is None or len({letter.upper() for letter in _ENUMERATOR.findall(answer)}) > 1:
        return None
    return (alone[1] or alone[2]).upper()


def final_number(answer: str) -> Quantity | None:
    """Return the one number that an answer consists of or ends with, if there is no doubt."""
    announced = announced_number(answer)
    if announced or _BOXED.search(answer):
        return announced
    if len(answer.strip()) <= _SHORT:
        return _only_value(answer)
    last = [part for part in _SENTENCE_END.split(answer.strip()) if part.strip()][-1]
    return _only_value(last.rpartition("=")[2]) if "=" in last else None


def announced_number(answer: str) -> Quantity | None:
    r"""Return the one number in the last `\boxed{…}`, or behind the last "the answer is"."""
    boxed = _BOXED.findall(answer)
    if boxed:
        return _only_value(boxed[-1])
    places = list(_ANNOUNCED.finditer(answer))
    if not places:
        return None
    return _only_value(_SENTENCE_END.split(answer[places[-1].end() :].strip())[0])


def opening_verdict(answer: str) -> str | None:
    """Return the "yes", "no", "true" or "false" that an answer begins with."""
    match = _VERDICT.match(answer)
    return match[1].lower() if match else None


def closing_verdict(answer: str) -> str | None:
    """Return the verdict that an answer ends with ("the statement is therefore false")."""
    closing = _LAST_VERDICT.findall(answer.lower())
    return closing[-1] if closing else None


def final_answer(answer: str) -> str | Quantity | None:
    """Return the letter, number or verdict that an answer arrives at, if it can be compared."""
    return (
        option_letter(answer)
        or final_number(answer)
        or opening_verdict(answer)
        or closing_verdict(answer)
    )


def majority(answers: Sequence[str], question: str = "") -> tuple[int, float] | None:
    """Return the first of the answers that most agree with, and the share that agree with it.

    Answers that arrive at nothing comparable agree with none; 5 % and a bare 5 agree only where the
    question asks for per cent, 5 % and 0.05 always. `None` if no more than half of the answers are
    comparable: the question is not one whose answer can be checked. (Self-consistency, arXiv
    2203.11171.)
    """
    per_cent = _PER_CENT.search(question) is not None
    finals = [final_answer(answer) for answer in answers]
    if 2 * sum(final is not None for final in finals) <= len(answers):
        return None
    votes = [sum(_agree(final, other, per_cent) for other in finals) for final in finals]
    first = votes.index(max(votes))
    return first, votes[first] / len(answers)


def same_quantity(one: Quantity, other: Quantity) -> bool:
    """Return whether two values may be the same: nothing says for certain that they differ.

    Other units may be a conversion, which is not judged. A bare 5 may be the 5 % that was asked
    for; one up to 1 that meets a percentage is taken for a share.
    """
    if units_clash(one.unit, other.unit):
        return True
    return _near(_share(one, other), _share(other, one))


def values_in(text: str) -> list[Quantity]:
    """Return the values in a plain text: fractions and powers of ten as what they amount to."""
    found = []
    for match in _VALUE.finditer(text):
        start = match.start() + len(match["sign"] or "")
        if not _NOT_A_VALUE.search(text[max(start - 4, 0) : start]):
            found.append(Quantity(_amount(match), unit_after(text, match.end())))
    return found


def _agree(
    one: str | Quantity | None, other: str | Quantity | None, per_cent: bool = False
) -> bool:
    if isinstance(one, Quantity) and isinstance(other, Quantity):
        if units_clash(one.unit, other.unit) or not same_quantity(one, other):
            return False
        return per_cent or not _differ_by_hundred(one, other)
    return one is not None and one == other


def _differ_by_hundred(one: Quantity, other: Quantity) -> bool:
    """Return whether one is a percentage and the other a bare number that is no share: 5 %, 5."""
    units = {one.unit, other.unit}
    return units == {"", "%"} and abs((other if one.unit else one).value) > 1


def _only_value(text: str) -> Quantity | None:
    """Return the value of a text that holds exactly one, and no symbols that change it."""
    text = plain(text).strip()
    values = values_in(text.rpartition("≈")[2].rpartition("=")[2])
    doubtful = len(values) != 1 or _SYMBOLIC.search(text) or _SEVERAL.search(text)
    return None if doubtful else values[0]


def _amount(match: re.Match[str]) -> Decimal:
    if match["mantissa"]:
        value = Decimal(match["mantissa"]).scaleb(int(match["power"]))
    elif match["top"]:
        top, bottom = Decimal(match["top"]), Decimal(match["bottom"])
        value = top / bottom if bottom else top
    else:
        value = Decimal(match["number"])
    return -value if match["sign"] else value


def _share(quantity: Quantity, other: Quantity) -> Decimal:
    """Return the value; a percentage that meets a bare number as the share it stands for."""
    of_hundred = quantity.unit == "%" and not other.unit
    # "50" may be meant as per cent too, so only what cannot be one is taken for a share.
    return quantity.value / 100 if of_hundred and abs(other.value) <= 1 else quantity.value


def _near(one: Decimal, other: Decimal) -> bool:
    """Return whether one value may be the other, rounded: the coarser one says which digit."""
    coarse, fine = sorted((one, other), key=_exponent, reverse=True)
    digit = Fraction(10) ** _exponent(coarse)
    if _exponent(coarse) == _exponent(fine):
        return coarse == fine
    is_quotient = _exponent(fine) <= _QUOTIENT
    return stands_for(Fraction(coarse), digit, Fraction(fine), is_exact=is_quotient)


def _exponent(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return exponent if isinstance(exponent, int) else 0
