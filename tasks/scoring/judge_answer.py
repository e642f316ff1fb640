"""A judge's answer as grades: whole numbers within their range, each with its reason."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gleanery.tasks.json_answers import read_json_answers
from gleanery.tasks.scoring.judge_prompt import CRITERIA, HIGHEST, LOWEST, REASONS

_LONGEST = 1500  # characters of a reason that is kept: not every server holds a model to a bound
_SPAN = HIGHEST - LOWEST


@dataclass(frozen=True, slots=True)
class Grade:
    """A grade as a share of the scale, 0 to 1, and the words that stood before it."""

    value: float
    reason: str


def read_grades(answer: str) -> dict[str, Grade]:
    """Return the grade of each criterion. Raises `ValueError` for one that is not there or is none.

    A fraction, a number out of range or a check left blank is no grade: it is asked for again.
    Of several sets of grades the last counts, unless it has one that is higher than in a set
    before: either may be quoted from the example, and nothing in there may raise its grades.
    """
    values = read_json_answers(answer)
    graded = [value for value in values if _has_grade(value)]
    *drafts, grades = [_grades(value) for value in graded or values[-1:]]
    for draft in drafts:
        raised = [name for name in CRITERIA if grades[name].value > draft[name].value]
        if raised:
            raise ValueError(f"it grades twice, and {' and '.join(raised)} higher the second time")
    return grades


def _has_grade(value: object) -> bool:
    if isinstance(value, dict):
        return any(name in CRITERIA or _has_grade(item) for name, item in value.items())
    return isinstance(value, list) and any(map(_has_grade, value))


def _grades(value: object) -> dict[str, Grade]:
    if not isinstance(value, dict):
        raise ValueError(f"not an object: {str(value)[:100]}")
    grades = {name: Grade(_share(value, name), _reason(value, name)) for name in CRITERIA}
    if not grades["correct"].reason:
        raise ValueError(f"no {REASONS['correct']} was made before the grade for correct")
    return grades


def _share(value: Mapping[str, Any], name: str) -> float:
    if name not in value:
        raise ValueError(f"no grade for {name}")
    given = value[name]
    if isinstance(given, str) and given.strip().isdecimal():
        given = int(given)
    if isinstance(given, float) and given.is_integer():
        given = int(given)
    if isinstance(given, bool) or not isinstance(given, int) or not LOWEST <= given <= HIGHEST:
        raise ValueError(f"{name}: {str(given)[:50]!r} is no grade from {LOWEST} to {HIGHEST}")
    return (given - LOWEST) / _SPAN


def _reason(value: Mapping[str, Any], name: str) -> str:
    reason = value.get(REASONS[name], "")
    if not isinstance(reason, str):
        raise ValueError(f"{REASONS[name]} is no text: {str(reason)[:50]!r}")
    return " ".join(reason.split())[:_LONGEST]
