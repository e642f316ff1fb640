"""Does the rewritten question still ask what the original asked?"""

import re
from collections import Counter
from decimal import Decimal

from gleanery.tasks.quantities import (
    asked_units,
    numbers,
    plain,
    quantities,
    units,
    units_clash,
)

# What a page puts around a question and a rewrite rightly drops: its number in an exercise, its
# marks, its origin, references to figures and pages.
_FURNITURE = re.compile(
    r"^[^\w\n]{0,8}(?:(?:q(?:uestion)?|problem|exercise|example|ex|no|task)\b\W{0,3})?\d+(?:\.\d+)*[a-z]?[.):]\s"
    r"|^[^\w\n]{0,8}(?:q(?:uestion)?|problem|exercise|example|ex|task)\W{0,3}\d+(?:\.\d+)*\b"
    r"|[(\[][^()\[\]]{0,12}\d+\s*(?:marks?|points?|pts?|pt|credits?)\W{0,2}[)\]]"
    r"|\b\d+\s*(?:marks?|points?|pts)\W{0,5}$"
    r"|[(\[][^()\[\]=]{0,40}\b(?:19|20)\d\d\b[^()\[\]=]{0,20}[)\]]"
    r"|\b(?:fig(?:ure)?|table|page|p|chapter|section|exercise|problem|question|step|part)s?\.?"
    r"\s*\(?\d+(?:\.\d+)*\)?"
    r"|^[ \t]{0,8}\(?[1-9]\d?[.)]\s",
    re.IGNORECASE | re.MULTILINE,
)
_COMMA = re.compile(r"(?<=\d)(?:,|\{,\})(?=\d)")
_WORD = re.compile(r"[^\W\d_]+")
_WIDE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_FILLER_WORDS = """
about after again also anyone anybody appreciated because been before being best both calculate
check come compute could describe determine doing does done each else even ever evaluate every exam
example explain find finding following from give given good guys have hello help here hint homework
hour hours into just kind know lets like look looking made make many might more most much must need
needed only other please pretty problem question quite really same shall should show solution solve
some someone somebody still struggling stuck such sure thank thanks that their them then there these
they thing think this those trying understand until using very want well were what when where
whether which while will with work working would write your yours
"""
_FILLER = frozenset(_FILLER_WORDS.split())
_STORY = 300  # characters: a longer question tells one
_STEM = 4  # letters that survive spelling repairs and other endings

_NEGATIVE = re.compile(
    r"\b(?:not|never|cannot|except|incorrect|false|untrue|neither|nor)\b|n['’]t\b", re.IGNORECASE
)
_TROUBLE = re.compile(
    r"\b(?:i|we|my|it|code|program)\b[^.?!;:\n]{0,40}?(?:\bnot\b|n['’]t\b|\bcannot\b|\bnever\b)"
    r"|(?:\bnot|n['’]t|\bcannot)\s+(?:sure|work\w*|run\w*|compil\w+|understand|know|see|get|find"
    r"|figure|remember|forget|worry)\b|\bwhy not\b|\bor not\b",
    re.IGNORECASE,
)
_OPPOSITES = (
    ("maximum", "minimum"), ("max", "min"), ("maximize", "minimize"), ("largest", "smallest"),
    ("greatest", "least"), ("most", "least"), ("more", "fewer"), ("greater", "less"),
    ("increase", "decrease"), ("increases", "decreases"), ("increasing", "decreasing"),
    ("increased", "decreased"), ("lowest", "highest"),
    ("true", "false"), ("correct", "incorrect"), ("before", "after"), ("above", "below"),
    ("always", "never"), ("even", "odd"), ("sum", "product"),
    ("longest", "shortest"), ("first", "last"), ("necessary", "sufficient"), ("with", "without"),
)  # fmt: skip


def changed_question(original: str, rewritten: str, source: str, min_overlap: float) -> str | None:
    """Return how the question changed, or None if nothing says that it did.

    Compares numbers, units, negations, opposites and content words; `source` is the page's text,
    which may lend numbers to the rewrite ("" skips that check). Repairs of spelling and notation,
    dropped greetings, exercise numbers and marks are no changes.
    """
    asked = _FURNITURE.sub(" ", original)
    return (
        _lost_number(asked, rewritten)
        or (_added_number(original, rewritten, source) if source else None)
        or _other_unit(asked, rewritten)
        or _other_sense(asked, rewritten)
        or _other_subject(asked, rewritten, min_overlap)
    )


def _lost_number(asked: str, rewritten: str) -> str | None:
    """Return a number that is lost, whether a comma between digits is a point or a separator."""
    if _missing(_COMMA.sub(" ", plain(asked)), _COMMA.sub(" ", plain(rewritten))):
        return _missing(asked, rewritten)
    return None


def _missing(asked: str, rewritten: str) -> str | None:
    """Return a number that is gone, or that stands there less often while another came instead."""
    bare = _FURNITURE.sub(" ", rewritten)
    before, after = _digits(asked), _digits(rewritten)
    kept = numbers(rewritten) | set(_digits(bare))
    lost = [value for value in before if not _holds(value, kept)]
    if not lost and _digits(bare) - before - Counter(numbers(asked)):
        lost = list(before - after)
    return f"lost the number {_show(lost[0])}" if lost else None


def _digits(text: str) -> Counter[Decimal]:
    return Counter(quantity.value for quantity in quantities(text))


def _added_number(original: str, rewritten: str, source: str) -> str | None:
    known = numbers(original) | numbers(source)
    enumerated = {Decimal(value) for value in range(13)}  # list items, exponents, indices
    added = sorted({quantity.value for quantity in quantities(rewritten)} - known - enumerated)
    return f"added the number {_show(added[0])}" if added else None


def _holds(value: Decimal, kept: set[Decimal]) -> bool:
    """Return whether the number is kept, be it as two numbers (the pair 3,5 is not 3.5)."""
    whole, point, rest = format(value, "f").partition(".")
    return value in kept or (bool(point) and {Decimal(whole), Decimal(rest)} <= kept)


def _other_unit(asked: str, rewritten: str) -> str | None:
    found: dict[Decimal, set[str]] = {}
    for quantity in quantities(rewritten):
        found.setdefault(quantity.value, set()).add(quantity.unit)
    for quantity in quantities(asked):
        others = found.get(quantity.value, set())
        if quantity.unit and others and all(units_clash(quantity.unit, unit) for unit in others):
            return f"{_show(quantity.value)} {quantity.unit} became {', '.join(sorted(others))}"
    wanted, offered = asked_units(asked), units(rewritten)
    missing = {unit for unit in wanted if all(units_clash(unit, other) for other in offered)}
    return f"no longer asks for {', '.join(sorted(missing))}" if missing and offered else None


def _other_sense(asked: str, rewritten: str) -> str | None:
    if _negations(asked) > len(_NEGATIVE.findall(rewritten)):
        return "lost a negation"
    if _negations(rewritten) > len(_NEGATIVE.findall(asked)):
        return "gained a negation"
    old, new = Counter(_words(asked)), Counter(_words(rewritten))
    for pair in _OPPOSITES:
        for one, other in (pair, pair[::-1]):
            if old[one] > new[one] and new[other] > old[other]:
                return f'"{one}" became "{other}"'
    return None


def _negations(question: str) -> int:
    """Return how many negations belong to what is asked, not to the asker's trouble with it.

    Of a long text only whether there is one: a rewrite drops much of a story.
    """
    found = len(_NEGATIVE.findall(_TROUBLE.sub(" ", question)))
    return found if len(question) <= _STORY else min(found, 1)


def _other_subject(asked: str, rewritten: str, min_overlap: float) -> str | None:
    wanted, offered = _content(asked), _content(rewritten)
    if len(wanted) < 3 or not offered:
        return None
    share = len(wanted & offered) / min(len(wanted), 2 * len(offered))
    return f"shares {share:.0%} of its content words" if share < min_overlap else None


def _content(text: str) -> set[str]:
    """Return the stems of the words that say what a text is about; wide characters one by one."""
    words = {word[:_STEM] for word in _words(text) if len(word) >= _STEM and word not in _FILLER}
    return words | set(_WIDE.findall(text))


def _words(text: str) -> list[str]:
    return _WORD.findall(_WIDE.sub(" ", plain(text)).lower())


def _show(value: Decimal) -> str:
    return format(value, "f")
