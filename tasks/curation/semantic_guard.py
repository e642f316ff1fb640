"""Two texts with near vectors that are two questions all the same, and why."""

import difflib
import re
from collections.abc import Mapping

from gleanery.tasks.curation.semantic_facts import Facts, facts_of
from gleanery.tasks.curation.semantic_words import FRAME

_WORD = re.compile(r"[^\W_]+")
_FRAME_SHARE = 0.5  # words in the same places from which on the rest is taken for what is swapped
_ALIKE = 0.5  # of the longer of two forms of one word: the beginning that they share


def why_different(one: str, other: str) -> str | None:
    """Return by what two texts are different questions, or `None` if they may be one.

    "numbers", "counted" (3 red and 5 blue, 5 red and 3 blue), "formulas", "functions", "code",
    "negation", "direction" (rises, falls), "quantity" (area, perimeter), "name" (Spain, France),
    "swapped" (the same sentence with another word in its place). Whatever is not certain is taken
    for different: a duplicate that stays costs less than a question that goes.
    """
    a, b = facts_of(one), facts_of(other)
    for reason, differs in (
        ("numbers", a.numbers != b.numbers),
        ("counted", _clash_in_shared(a.counted, b.counted)),
        ("formulas", bool(a.formulas and b.formulas) and a.formulas != b.formulas),
        ("functions", _both_have_own(a.functions, b.functions)),
        ("code", a.code != b.code),
        ("negation", a.negated != b.negated),
        ("direction", _opposed(a, b)),
        ("quantity", _both_have_own(a.quantities, b.quantities)),
        ("name", _other_names(a, b)),
    ):
        if differs:
            return reason
    return "swapped" if _swapped(one, other) else None


def _clash_in_shared(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> bool:
    return any(one[word] != other[word] for word in one.keys() & other.keys())


def _both_have_own(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one - other and other - one)


def _opposed(one: Facts, other: Facts) -> bool:
    return any(
        sides and other.directions[axis] and not sides & other.directions[axis]
        for axis, sides in one.directions.items()
    )


def _other_names(one: Facts, other: Facts) -> bool:
    return _both_have_own(one.names, other.names) or _both_have_own(
        one.asked_names, other.asked_names
    )


def _swapped(one: str, other: str) -> bool:
    """Return whether the texts are one sentence in which content words stand for each other."""
    a, b = (
        [word for word in _WORD.findall(text.lower()) if word not in FRAME] for text in (one, other)
    )
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    if matcher.ratio() < _FRAME_SHARE:
        return False
    return any(
        tag == "replace" and not _alike(" ".join(a[i:j]), " ".join(b[k:m]))
        for tag, i, j, k, m in matcher.get_opcodes()
    )


def _alike(one: str, other: str) -> bool:
    """Return whether two texts begin alike, as the forms of one word do."""
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return shared >= _ALIKE * max(len(one), len(other))
