r"""Lists of numbers in a stated answer: `[0, 5]`, "0 and 5", `x = 0, y = 5`, a column vector."""

import re

from gleanery.tasks.evaluation.amounts import amount_in
from gleanery.tasks.evaluation.stated_answers import plainly
from gleanery.tasks.evaluation.verdicts import Unclear
from gleanery.tasks.result_notation import bare
from gleanery.tasks.result_numbers import Number

_MATRIX = re.compile(r"\\begin\{\w*matrix\}(.*?)\\end\{\w*matrix\}", re.DOTALL)
_BRACKETED = re.compile(r"[\[(⦃<]([^\[\]()⦃⦄]*)[\])⦄>]")
_THOUSANDS = re.compile(r"\d,\d{3}(?!\d)")
_SPLIT = re.compile(r"\s*(?:[;,]\s*(?:and\b)?|\band\b|&|\\\\)\s*")
_POINT = re.compile(r"^[(\[][^()\[\]=]{1,40}[)\]]\s*=\s*(?=[(\[⦃])")  # (x, y) = (1, 2)
_NAME = re.compile(r"^\\?[A-Za-zλμ]\w{0,7}(?:_\{?\w+\}?)?\s*(?:=|:|\bis\b)\s*")


def amounts_in(text: str) -> list[Number] | None:
    """Return the numbers that a statement lists, in order; None where there are none.

    Raises `Unclear` where an element is no number, or several lists stand there.
    """
    if matrix := _MATRIX.search(text):
        inside = matrix[1]
    else:
        plain = _POINT.sub("", bare(plainly(text)))
        lists = list(_BRACKETED.finditer(plain))
        several = [found for found in lists if re.search(r"[,;]", found[1])]
        if len({found[1] for found in several}) > 1:
            raise Unclear("it names several lists")
        inside = (several or lists)[0][1] if several or _is_one(plain, lists) else plain
    parts = [_NAME.sub("", part.strip()) for part in _SPLIT.split(inside)]
    parts = [part for part in parts if part]
    numbers = []
    for part in parts:
        number = amount_in(part)
        if number is None:
            if len(parts) == 1:
                return None
            raise Unclear(f"{part!r} in its list is no number")
        numbers.append(number)
    return numbers or None


def _is_one(plain: str, lists: list[re.Match[str]]) -> bool:
    """Return whether a text is a list of one element, such as [3]."""
    return len(lists) == 1 and lists[0][0] == plain
