"""The result that an answer arrives at, as it was written there."""

import re
from dataclasses import dataclass
from itertools import pairwise

from gleanery.tasks.final_answers import (
    closing_verdict,
    opening_verdict,
    option_letter,
    same_quantity,
    values_in,
)
from gleanery.tasks.quantities import Quantity, plain, units_clash
from gleanery.tasks.result_boxes import OPENS_BOX, boxed
from gleanery.tasks.result_clauses import without_asides
from gleanery.tasks.result_notation import bare, value_of
from gleanery.tasks.result_numbers import number_in
from gleanery.tasks.result_numerals import numeral_at_start
from gleanery.tasks.result_units import NO_UNIT, unit_of

_LAST = 8000  # characters of an answer that are looked at
_SHORT = 60  # characters: such an answer is nothing but its result
_FEW_SENTENCES = 2  # of an answer whose first words may be its result
_MARKED = re.compile(r"^\s*####\s*(.+)$", re.MULTILINE)
_ANNOUNCED = re.compile(
    r"\b(?:final )?(?:answer|result)s?\b(?: is| are|[*_ ]*[:=])+(?: thus| therefore| simply)?"
    r"[:\s*_]*",
    re.IGNORECASE,
)
_TAGGED = re.compile(r"<answer>(.*?)</answer>", re.DOTALL | re.IGNORECASE)
_WRONG = r"(?:wrong|incorrect|not (?:right|correct))\b"
_TAKEN_BACK = re.compile(
    rf"(?<!if )(?<!why )\b(?:that|this|it|which)(?:['’]s| is| was) {_WRONG}"
    rf"|\}}[\s$]*(?:is|was) {_WRONG}|\bI (?:have )?made an? (?:\w+ )?(?:mistake|error)\b",
    re.IGNORECASE,
)
_LETTER_FIRST = re.compile(r"^([A-E]) (?=[A-Z][a-z])")
_DISPLAY = re.compile(r"\$\$.{1,3000}?\$\$|\\\[.{1,3000}?\\\]", re.DOTALL)
_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z*#(\\$]|$)|(?<=[.!?]\$\$)\s+|(?<=\.\\\])\s+|\n+")
_FORMULA = re.compile(
    r"\$\$(.{1,3000}?)\$\$|\\\[(.{1,3000}?)\\\]|\\\((.{1,3000}?)\\\)"
    # An inline formula has no space at its ends, and no digit behind it: $5 and $6 are prices.
    r"|(?<![\\$])\$(?!\s)([^$]{1,1000}?)(?<![\\\s])\$(?![\d$])",
    re.DOTALL,
)
_STOP_INSIDE = re.compile(r"(?<=\w)([.!?])\s+")  # 3! \times 5! is one sentence
_NAME_ALONE = re.compile(r"\\?[A-Za-z]")
_JOINING = re.compile(r"[\s,;]*(?:(?:and|or|und|oder|y|et|ou)\b)?[\s,;]*")
_RELATION = re.compile(r"[<>≤≥≠]|\\(?:[lg]e|[lg]eq|neq?|[lg]t)(?![A-Za-z])")
_EQUATION = re.compile(r"^\s*\\?[A-Za-z][^=]{0,40}=|^[\d\s.,()+*/^{}\\a-z-]*=")
_NOUGHT_IS = re.compile(r"^\s*0\s*=")
_WORD = re.compile(r"[^\W\d_]{2,}")
_LIST_OR_FORMULA = re.compile(r"[$\\=<>(\[{;^]|\d\s*,\s+\d|\b(?:or|and)\b")
_COMPUTED = re.compile(r"\d\s*=\s*\S*\d")
_REASON = re.compile(r",? (?:because|since)\b")
_UNIT_TEXT = re.compile(
    r"[\s{}$]*(((?:square |cubic )?[A-Za-zμΩ°%¢][A-Za-zμΩ°%/·^0-9]*)(?: per [A-Za-z]+)?)"
)
_WORDS_BEHIND = 2  # a formula that ends a sentence: square metres
_QUANTITY = re.compile(
    r"(?<![\w.,^_{])[-+]?(?:\d+(?:,\d{3})+|\d+)(?:\.\d+)?(?:\s*/\s*\d+)?(?![\w^]|[.,]\d)"
)


@dataclass(frozen=True, slots=True)
class FinalResult:
    """A result; `announced` says that the answer declares it, or is nothing else.

    `parts` are the results of its boxes, where it has several.
    """

    text: str
    announced: bool
    parts: tuple[str, ...] = ()


def final_result(answer: str) -> FinalResult | None:
    r"""Return the result that an answer arrives at, or None where none can be made out.

    Announced: what is in `\boxed{…}` (in all of them, separated by commas), what stands behind
    `####`, a chosen option's letter, what "the answer is" leads to, the whole of a short answer.
    Else the one formula (or row of formulas) or number of its last sentence, the one number that it
    opens with before its reason ("It is 4, because …"), or a verdict that it opens or closes with.
    What it takes back ("that is wrong") is none of these, nor is what stands outside `<answer>`.
    """
    text = _standing(answer.strip()[-_LAST:])
    if boxes := boxed(text):
        return FinalResult(", ".join(boxes), True, boxes if len(boxes) > 1 else ())
    if announced := _marked(text) or _letter(text) or _led_to(text) or _short(text):
        return FinalResult(announced, True)
    found = _closing(text) or _opening(text) or opening_verdict(text) or closing_verdict(text)
    return FinalResult(found, False) if found else None


def mentions(answer: str, result: str) -> bool:
    """Return whether an answer holds a result's number anywhere."""
    wanted = values_in(plain(value_of(bare(result))))
    if len(wanted) != 1:
        return " ".join(result.split()) in " ".join(answer.split())
    return any(same_quantity(wanted[0], value) for value in values_in(plain(answer)))


def closes_with(answer: str, result: str) -> bool:
    """Return whether the last sentence of an answer holds a result, which is a number."""
    sentences = sentences_of(answer[-_LAST:])
    value = value_of(bare(result))
    if not sentences or number_in(value) is None:
        return False
    closing, wanted = without_asides(sentences[-1]), values_in(plain(value))
    if len(wanted) != 1:
        return mentions(closing, result)
    return any(
        same_quantity(wanted[0], found) and not _doubtful_units(wanted[0], found)
        for found in values_in(plain(closing))
    )


def _doubtful_units(one: Quantity, other: Quantity) -> bool:
    """Return whether units leave open that values are the same: 3 km and 7 m, 5 and 5 %."""
    if "%" in (one.unit, other.unit) and one.unit != other.unit:
        bare_value = other.value if one.unit == "%" else one.value
        return abs(bare_value) > 1
    return units_clash(one.unit, other.unit)


def _standing(text: str) -> str:
    """Return the part of an answer that counts: nothing if it took all its results back."""
    if tagged := _TAGGED.findall(text):
        text = tagged[-1].strip()
    taken_back = list(_TAKEN_BACK.finditer(text))
    if taken_back and _announces(text[: taken_back[-1].end()]):
        after = text[taken_back[-1].end() :].lstrip(" .,;:$")
        return after if _announces(after) else ""
    return text


def _announces(text: str) -> bool:
    return any(pattern.search(text) for pattern in (OPENS_BOX, _MARKED, _ANNOUNCED))


def _marked(text: str) -> str | None:
    marked = _MARKED.findall(text)
    return marked[-1].strip() if marked else None


def _letter(text: str) -> str | None:
    if letter := option_letter(text):
        return letter
    first = _LETTER_FIRST.match(text)
    return first[1] if first else None


def _led_to(text: str) -> str | None:
    places = list(_ANNOUNCED.finditer(text))
    if not places:
        return None
    sentence = sentences_of(text[places[-1].end() :])[:1]
    if not sentence:
        return None
    leading = without_asides(sentence[0])
    return formulas_of(leading) or (leading if len(leading) <= _SHORT else None)


def _short(text: str) -> str | None:
    if not 0 < len(text) <= _SHORT or len(sentences_of(text)) > 1:
        return None
    text = without_asides(text)
    formulas = list(_FORMULA.finditer(text))
    if formulas and len(_WORD.findall(text[formulas[-1].end() :])) <= _WORDS_BEHIND:
        return formulas_of(text) or text
    words = plain(text)
    numbers = list(_QUANTITY.finditer(words))
    is_formula = _LIST_OR_FORMULA.search(text if text.count("$") != 1 else text.replace("$", ""))
    is_sentence = len(_WORD.findall(words)) > 2
    if (len(numbers) > 1 and not is_formula) or (is_sentence and _COMPUTED.search(words)):
        return None  # "70 times 70 ml are 4900 ml, that is 4.9 l"; "She has 5 + 3 = 8 apples."
    if numbers and is_sentence and not is_formula and number_in(bare(text)) is None:
        return _amount(words, numbers[0])
    return text


def _closing(text: str) -> str | None:
    sentences = sentences_of(text)
    if not sentences:
        return None
    last = without_asides(sentences[-1])
    if _FORMULA.search(last):
        return formulas_of(last)  # of several, no one knows which is the result
    last = plain(last)
    numbers = list(_QUANTITY.finditer(last))
    computed = last.rfind("=")
    if computed >= 0:  # "48/6 = 8 pieces": what comes out
        numbers = [number for number in numbers if number.start() > computed]
    if len(numbers) != 1:
        return None
    return _amount(last, numbers[0])


def _opening(text: str) -> str | None:
    """Return the one number of a first clause that is followed by its reason."""
    clause = _REASON.split(text[:200], maxsplit=1)
    is_brief = len(sentences_of(text)) <= _FEW_SENTENCES
    if len(clause) < 2 or not is_brief or _FORMULA.search(clause[0]):
        return None
    opening = plain(without_asides(clause[0]))
    numbers = list(_QUANTITY.finditer(opening))
    if len(numbers) != 1:
        return None
    return _amount(opening, numbers[0])


def sentences_of(text: str) -> list[str]:
    """Return the sentences and lines of a text; what stands in a formula ends none."""
    text = _DISPLAY.sub(lambda match: " ".join(match[0].split()), text)
    text = _FORMULA.sub(lambda match: _STOP_INSIDE.sub(r"\1\\,", match[0]), text)
    return [part.strip() for part in _SENTENCE_END.split(text) if part and part.strip()]


def formulas_of(sentence: str) -> str | None:
    """Return a sentence's one formula with the unit behind it, or its formulas in a row."""
    found = list(_FORMULA.finditer(sentence))
    if not found:
        return None
    gaps = (
        _JOINING.fullmatch(sentence, one.end(), other.start()) for one, other in pairwise(found)
    )
    if not all(gaps):
        return None
    formulas = [next(filter(None, match.groups())).strip(" .,;\n") for match in found]
    if len(formulas) > 1:
        return ", ".join(formulas)
    formula = formulas[0]
    if _NAME_ALONE.fullmatch(formula):
        return None
    if "=" in formula and (
        _RELATION.search(formula) or _NOUGHT_IS.match(formula) or not _EQUATION.match(formula)
    ):
        return None  # a step or a check rather than a result
    return _with_unit(formula, sentence, found[0].end())


def _amount(sentence: str, number: re.Match[str]) -> str:
    """Return a number with its unit; a `$` that stands alone before it is one."""
    start = number.start()
    is_price = sentence[start - 1 : start] == "$" and sentence.count("$") % 2 == 1
    numeral = numeral_at_start(
        sentence[start : start + _SHORT]
    )  # "3 dozen", which is more than its digits
    end = max(number.end(), start + numeral.end) if numeral else number.end()
    return ("$" if is_price else "") + _with_unit(sentence[start:end], sentence, end)


def _with_unit(result: str, sentence: str, end: int) -> str:
    unit = _UNIT_TEXT.match(sentence, end)
    known = [text for text in unit.groups() if _is_measured(text)] if unit else []
    return f"{result} {known[0]}" if known else result


def _is_measured(text: str) -> bool:
    unit = unit_of(text) if text != "in" else None  # which is seldom an inch
    return unit is not None and unit != NO_UNIT and not unit.counted
