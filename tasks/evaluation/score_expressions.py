r"""MATH: is the expression that an answer states equal to the expected one?"""

import re
from collections.abc import Iterator

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.evaluation.score_numbers import unstated
from gleanery.tasks.evaluation.stated_answers import plainly, stated
from gleanery.tasks.evaluation.verdicts import Verdict
from gleanery.tasks.final_result import formulas_of
from gleanery.tasks.result_boxes import boxed
from gleanery.tasks.result_shapes import LONGEST

_FORMULA_FIRST = re.compile(r"^\W{0,3}(?:\$\$?(.+?)\$\$?|\\\((.+?)\\\)|\\\[(.+?)\\\])", re.DOTALL)
_REASON = re.compile(
    r"[,;.\s]\s+(?:because|since|as (?:we|it|this|the)|for (?:this|the)|which|so that|given)\b.*$"
    r"|\s+\((?:because|since|as|by|where)\b.*$",
    re.DOTALL | re.IGNORECASE,
)
_PRAISE = re.compile(r"\W*(?:correct|right|wrong|incorrect|reasonable|complete)\W*$", re.IGNORECASE)
_OR = re.compile(r"\$?,?\s+or\s+\$?")
_INFINITY = re.compile(r"(\b(?:negative|minus)\s+|-)?\b(?:positive\s+)?infinity\b", re.IGNORECASE)
_COUNTED = re.compile(r"\s*\\(?:text|mathrm)\s*\{\s*units?\s*\}\s*\^\s*\{?[23]\}?")  # square units
_NO_RESULT = re.compile(
    r"^\W*(?:not|unknown|unclear|obvious|clear|as follows|below|above)\b", re.IGNORECASE
)


def score_expression(expected: str, answer: str, cut_off: bool, comparer: Comparer) -> Verdict:
    """Return whether the result that an answer states is the expected one, by algebra.

    A rounded decimal is no exact value. Of several boxes the last one counts, or all of them
    where the expected answer is a list. Equality that cannot be shown is none.
    """
    candidates = list(_candidates(answer, cut_off))
    if not candidates:
        return Verdict(False, detail="it states no result")
    for candidate in candidates:
        # One value may be written twice: "3/8, or 0.375".
        values = _OR.split(candidate)
        if comparer.same(expected, candidate) is True or (
            len(values) > 1 and all(comparer.same(expected, value) is True for value in values)
        ):
            return Verdict(True, candidate)
    return Verdict(False, candidates[0])


def _candidates(answer: str, cut_off: bool) -> Iterator[str]:
    """Yield the readings of an answer's last statement, best first."""
    for statement in stated(answer, cut_off):
        if _PRAISE.match(statement):
            continue  # "so our answer is correct"
        if _NO_RESULT.match(statement):
            return
        yield from readings_of(statement)
        boxes = boxed(answer)
        if len(boxes) > 1 and statement in boxes:
            yield ", ".join(boxes)
        return
    closing = unstated(answer, cut_off)
    if closing:
        yield closing


def readings_of(statement: str) -> Iterator[str]:
    """Yield what a statement may be read as, best first: its formula, or it without its reason."""
    statement = plainly(_COUNTED.sub("", statement.rstrip(" .")))
    statement = _INFINITY.sub(lambda named: "-\\infty" if named[1] else "\\infty", statement)
    readings = [formulas_of(statement)]
    if first := _FORMULA_FIRST.match(statement):
        readings.append(next(filter(None, first.groups())))
    readings += [_REASON.sub("", statement), statement]
    for reading in dict.fromkeys(readings):
        if reading and len(reading) <= LONGEST:
            yield reading
