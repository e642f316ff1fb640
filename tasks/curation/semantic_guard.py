"""Two texts with near vectors that are two questions all the same, and why."""

import difflib
from collections.abc import Mapping, Sequence

from gleanery.tasks.curation.semantic_facts import Facts, facts_of, prose_words
from gleanery.tasks.curation.semantic_words import FRAME

_FRAME_SHARE = 0.5  # words in the same places from which on the rest is taken for what is swapped
_SAME_STORY = 0.9  # words in the same places of what is told before the question
_ALIKE = 0.5  # of the longer of two forms of one word: the beginning that they share


def why_different(one: str, other: str) -> str | None:
    """Return by what two texts are different questions, or `None` if they may be one.

    "numbers", "counted" (3 red and 5 blue, 5 red and 3 blue), "formulas", "functions", "joined" (P
    AND Q, P|Q), "code", "negation", "direction" (rises, falls), "kind" (even, odd), "quantity"
    (area, perimeter), "name" (Spain, France), "asked" (another thing of the same story), "swapped"
    (one sentence with another word in it). Whatever is not certain is taken for different: a
    duplicate that stays costs less than a question that goes.
    """
    a, b = facts_of(one), facts_of(other)
    for reason, differs in (
        ("numbers", a.numbers != b.numbers),
        ("counted", _clash_in_shared(a.counted, b.counted)),
        ("formulas", bool(a.formulas and b.formulas) and a.formulas != b.formulas),
        ("formulas", _only_one_reckons(a, b) or _only_one_reckons(b, a)),
        ("formulas", bool(a.letters and b.letters) and a.letters != b.letters),
        ("functions", _both_have_own(a.functions, b.functions)),
        ("joined", a.joined != b.joined),
        ("code", a.code != b.code),
        ("negation", a.negated != b.negated),
        ("direction", _opposed(a, b)),
        ("kind", a.kinds != b.kinds),
        ("quantity", _both_have_own(a.quantities, b.quantities)),
        ("name", _other_names(a, b)),
        ("asked", _same_story(a, b) and _asks_other(a.asked, b.asked)),
    ):
        if differs:
            return reason
    return "swapped" if _swapped(a.prose, b.prose) else None


def _clash_in_shared(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> bool:
    return any(one[word] != other[word] for word in one.keys() & other.keys())


def _both_have_own(one: frozenset[str], other: frozenset[str]) -> bool:
    return bool(one - other and other - one)


def _only_one_reckons(one: Facts, other: Facts) -> bool:
    """Return whether a text has a formula with an operation, and the other no operation at all."""
    return bool(one.formulas) and one.operates and not other.operates


def _opposed(one: Facts, other: Facts) -> bool:
    return any(
        sides and other.directions[axis] and not sides & other.directions[axis]
        for axis, sides in one.directions.items()
    )


def _other_names(one: Facts, other: Facts) -> bool:
    return (
        _both_have_own(one.names, other.names)
        or _both_have_own(one.asked_names, other.asked_names)
        or bool(one.symbols and other.symbols and one.symbols != other.symbols)
    )


def _same_story(one: Facts, other: Facts) -> bool:
    """Return whether two questions tell the same before they ask."""
    if not (one.told and other.told):
        return False
    told = difflib.SequenceMatcher(None, one.told.split(), other.told.split(), autojunk=False)
    return told.ratio() >= _SAME_STORY


def _asks_other(one: str, other: str) -> bool:
    """Return whether each of two sentences has a word that is like none of the other's."""
    a, b = _content(one), _content(other)
    return all(
        any(not any(_alike(word, known) for known in theirs) for word in ours)
        for ours, theirs in ((a, b), (b, a))
    )


def _content(text: str) -> list[str]:
    return [word for word in prose_words(text) if word not in FRAME]


def _swapped(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether the texts are one sentence in which content words stand for each other."""
    a, b = ([word for word in words if word not in FRAME] for words in (one, other))
    matcher = difflib.SequenceMatcher(None, a, b, autojunk=False)
    whole = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if max(matcher.ratio(), whole.ratio()) < _FRAME_SHARE:
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
