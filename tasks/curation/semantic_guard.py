"""Two texts with near vectors that are two questions all the same, and why."""

import difflib
from collections.abc import Mapping, Sequence

from gleanery.tasks.curation.semantic_facts import Facts, facts_of, prose_words
from gleanery.tasks.curation.semantic_words import DOING, FRAME, SIDES

_FRAME_SHARE = 0.5  # words in the same places from which on the rest is taken for what is swapped
_SAME_STORY = 0.9  # words in the same places of what is told before the question
_ALIKE = 0.5  # of the longer of two forms of one word: the beginning that they share

_LISTING = frozenset(("and", "or", "with", "nor", "the", "an"))
_REACH = 2  # words on either side of one that parts them
_EQUAL_FOR_ONE = 4  # words of a text, for each one that is replaced
_ENDINGS = frozenset(
    ("", "s", "es", "d", "ed", "e", "ing", "er", "ers", "y", "ies", "ied", "ly", "'s", "n", "en")
)


def why_different(one: str, other: str, embedded: bool = False) -> str | None:
    """Return by what two texts are different questions, or `None` if they may be one.

    "numbers", "counted" (3 red and 5 blue, 5 red and 3 blue), "formulas", "functions", "joined" (P
    AND Q, P|Q), "code", "negation", "direction" (rises, falls), "kind" (even, odd), "quantity"
    (area, perimeter), "name" (Spain, France), "asked" (another thing of the same story), "order"
    (miles to kilometres, kilometres to miles), "replaced" (a file that is created or deleted),
    "swapped" (one sentence with another word in it). Whatever is not certain is taken for
    different: a duplicate that stays costs less than a question that goes. `embedded` says that an
    embedding model found the texts near: it knows words for one thing, so that one of them in the
    other's place is no difference by itself.
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
        ("order", _other_order(a.prose, b.prose)),
        ("replaced", not embedded and _replaced(a.prose, b.prose)),
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


def _other_order(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether two words have changed places over one that parts them.

    Either they stand near one of `SIDES` in both texts, or nothing but the two has changed places.
    """
    ours, theirs = _sides(one), _sides(other)
    if any(
        (right, left) in theirs and (right, left) not in ours and (left, right) not in theirs
        for left, right in ours
    ):
        return True
    if len(one) != len(other):
        return False
    moved = [place for place in range(len(one)) if one[place] != other[place]]
    if len(moved) != 2:
        return False
    first, last = moved
    between = set(one[first + 1 : last])
    exchanged = one[first] == other[last] and one[last] == other[first]
    return exchanged and bool(between - _LISTING)


def _sides(words: Sequence[str]) -> frozenset[tuple[str, str]]:
    """Return the pairs of content words that stand next before and next behind a parting word."""
    found: set[tuple[str, str]] = set()
    for place, word in enumerate(words):
        if word in SIDES:
            left = [known for known in words[max(place - _REACH, 0) : place] if known not in FRAME]
            right = [known for known in words[place + 1 : place + 1 + _REACH] if known not in FRAME]
            found.update((a, b) for a in left for b in right if a != b)
    return frozenset(found)


def _replaced(one: Sequence[str], other: Sequence[str]) -> bool:
    """Return whether texts of equal words but for one or two have others in the same places."""
    if len(one) != len(other):
        return False
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    if len(pairs) > max(1, len(one) // _EQUAL_FOR_ONE):
        return False
    return any(
        (a not in FRAME or a in DOING) and (b not in FRAME or b in DOING) and not _forms(a, b)
        for a, b in pairs
    )


def _forms(one: str, other: str) -> bool:
    """Return whether two words are forms of one: what they do not share are endings."""
    shared = 0
    while shared < min(len(one), len(other)) and one[shared] == other[shared]:
        shared += 1
    return shared >= _ALIKE * max(len(one), len(other)) and all(
        ending in _ENDINGS for ending in (one[shared:], other[shared:])
    )


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
