"""What an answer to an item of IFEval is worth: which of its instructions it follows.

An item is right if all of them are followed, strictly. Loosely they are, where they are after
what often stands around an answer is taken away: emphasis, a first line, a last line.
Zhou et al., arXiv 2311.07911, section 2.2.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from gleanery.tasks.evaluation.instruction_checks import CHECKS, RELATIONS, Arguments
from gleanery.tasks.evaluation.records import BenchmarkItem
from gleanery.tasks.evaluation.stated_answers import without_thoughts
from gleanery.tasks.evaluation.verdicts import Verdict

_ID = "id"


def instruction_lines(names: Sequence[str], arguments: Sequence[Mapping[str, Any]]) -> list[str]:
    """Return the instructions of a published row, each as JSON.

    Raises `ValueError` for one that nobody can check: an unknown one, or one that lacks what it
    is about.
    """
    if not names or len(names) != len(arguments):
        raise ValueError(f"{len(names)} instructions have {len(arguments)} sets of arguments")
    lines = []
    for name, given in zip(names, arguments, strict=True):
        check = CHECKS.get(name)
        if check is None:
            raise ValueError(f"there is no instruction {name!r}: known are {', '.join(CHECKS)}")
        told = {key: given[key] for key in check.arguments if given.get(key) is not None}
        if lacking := [key for key in check.arguments if key not in told]:
            raise ValueError(f"the instruction {name} lacks {', '.join(lacking)} in its kwargs")
        wrong = [told[key] for key in told if key.endswith("relation")]
        if wrong and wrong[0] not in RELATIONS:
            raise ValueError(f"{name} asks for {wrong[0]!r}: known are {', '.join(RELATIONS)}")
        lines.append(json.dumps({_ID: name} | told, ensure_ascii=False))
    return lines


def score_instructions(item: BenchmarkItem, answer: str) -> Verdict:
    """Return which instructions an answer follows; there is nothing in it that cannot be read."""
    text = without_thoughts(answer)
    told = [json.loads(line) for line in item.instructions]
    strict = tuple(_follows(text, each) for each in told)
    loosely = tuple(any(_follows(form, each) for form in loose_forms(text)) for each in told)
    missed = [each[_ID] for each, followed in zip(told, strict, strict=True) if not followed]
    return Verdict(
        all(strict),
        f"{sum(strict)} of {len(strict)} followed",
        f"not followed: {', '.join(missed)}" if missed else "",
        strict,
        loosely,
    )


def loose_forms(answer: str) -> list[str]:
    """Return an answer with and without its asterisks, its first line and its last one."""
    lines = answer.split("\n")
    cut = [lines, lines[1:], lines[:-1], lines[1:-1]]
    forms = [answer, *("\n".join(each).strip() for each in cut[1:])]
    return list(dict.fromkeys([*forms, *(form.replace("*", "") for form in forms)]))


def _follows(answer: str, told: Arguments) -> bool:
    return bool(answer.strip()) and CHECKS[str(told[_ID])].follows(answer, told)
