"""Nodes that stand twice in a taxonomy: by name, by words, or but for a letter.

Repeats are not errors: calculus is taught to engineers and to economists, and in GLAN such
repeats weigh a subject by its importance. Removed nodes are not looked at.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from gleanery.tasks.taxonomy.review_findings import Finding, FindingKind
from gleanery.tasks.taxonomy.review_names import bag_of_words, node_key
from gleanery.tasks.taxonomy.tree import Place, Status, Taxonomy

_IN_BRACKETS = re.compile(r"\(([^()]*)\)")
_SAYS_NOTHING = frozenset({"study", "introduction", "discipline", "field"})
# Names of learning are built from few pieces: ethology is not ethnology, and a macroeconomist no
# microeconomist. Only long words are compared, and only beyond where they begin.
_LONG_WORD = 9
_SAME_BEGINNING = 3


def find_duplicates(taxonomy: Taxonomy) -> list[Finding]:
    """Return the groups of nodes that may be the same thing, the surest first.

    Of the first three kinds the names are the same beyond doubt; whether the things are, only a
    reader can tell. Of 24 groups called nearly the same in CIP 2020 and Wikipedia's outline, 21
    were.
    """
    named: dict[str, list[Place]] = defaultdict(list)
    for place in taxonomy.places:
        if place.status is not Status.REMOVED:
            named[node_key(place.node.name)].append(place)
    findings = [_same_name(places) for places in named.values() if len(places) > 1]
    findings += _same_words(named)
    findings += _nearly_same(named)
    order = list(FindingKind)
    return sorted(findings, key=lambda finding: order.index(finding.kind))


def _same_name(places: Sequence[Place]) -> Finding:
    for place in places:
        above = {id(ancestor) for ancestor in place.ancestors}
        if over := next((other for other in places if id(other) in above), None):
            others = tuple(other for other in places if other is not over and other is not place)
            return Finding(FindingKind.BELOW_ITSELF, (place, over, *others))
    leaves = [place for place in places if place.is_leaf]
    if leaves and len(leaves) < len(places):
        fields = [place for place in places if not place.is_leaf]
        return Finding(FindingKind.FIELD_ELSEWHERE, (*leaves, *fields))
    return Finding(FindingKind.SAME_NAME, tuple(places))


def _same_words(named: Mapping[str, Sequence[Place]]) -> Iterator[Finding]:
    bags: dict[str, list[str]] = defaultdict(list)
    for key, (first, *_) in named.items():
        bags[bag_of_words(first.node.name)].append(key)
    for keys in bags.values():
        # The philosophy of history is another thing than the history of philosophy.
        with_of = sum(" of " in named[key][0].node.name.casefold() for key in keys)
        if len(keys) > 1 and with_of < 2:
            yield Finding(FindingKind.SAME_WORDS, _all_places(keys, named))


def _nearly_same(named: Mapping[str, Sequence[Place]]) -> Iterator[Finding]:
    said: set[frozenset[str]] = set()
    for one, other, detail in (*_same_alternative(named), *_same_but(named), *_one_letter(named)):
        pair = frozenset({one, other})
        places = _all_places((one, other), named)
        if pair not in said and not _are_related(named[one], named[other]):
            said.add(pair)
            yield Finding(FindingKind.NEARLY_SAME, places, detail)


def _same_alternative(named: Mapping[str, Sequence[Place]]) -> Iterator[tuple[str, str, str]]:
    """Yield names of which one is given as another name of something: "A (B)", "A/B"."""
    for key, (first, *_) in named.items():
        for alternative in _alternatives(first.node.name):
            other = node_key(alternative)
            if other in named and other != key:
                yield key, other, f"{alternative!r} is another name in it"


def _alternatives(name: str) -> list[str]:
    """Return what a name offers as other names for itself.

    A slash often joins words and not names ("Agricultural Communication/Journalism"), so only the
    parts with the most words count.
    """
    bracketed = _IN_BRACKETS.findall(name)
    outside = _IN_BRACKETS.sub(" ", name).strip()
    found = [*bracketed, *([outside] if bracketed else [])]
    parts = [part.strip() for part in outside.split("/")]
    if len(parts) > 1:
        most = max(len(part.split()) for part in parts)
        found += [part for part in parts if len(part.split()) == most]
    return found


def _same_but(named: Mapping[str, Sequence[Place]]) -> Iterator[tuple[str, str, str]]:
    """Yield names that are the same but for a word that says nothing: "Film", "Film studies"."""
    cores: dict[str, str] = {}
    for key in named:
        core = " ".join(word for word in key.split() if word not in _SAYS_NOTHING)
        if core and (other := cores.setdefault(core, key)) != key:
            yield other, key, "the same but for a word that says nothing"


def _one_letter(named: Mapping[str, Sequence[Place]]) -> Iterator[tuple[str, str, str]]:
    """Yield names that differ in one letter of a long word: a slip, or another spelling."""
    shortened: dict[str, list[str]] = defaultdict(list)
    for key in named:
        for form in _with_a_letter_less(key):
            shortened[form].append(key)
    for keys in shortened.values():
        for number, one in enumerate(keys):
            for other in keys[:number]:
                if one != other and _differ_late(one, other):
                    yield other, one, "one letter apart"


def _with_a_letter_less(key: str) -> set[str]:
    forms = set()
    for word in key.split():
        if len(word) >= _LONG_WORD:
            forms |= {
                key,
                *(key.replace(word, word[:n] + word[n + 1 :]) for n in range(1, len(word))),
            }
    return forms


def _differ_late(one: str, other: str) -> bool:
    """Return whether two keys differ by a letter more, or by another letter well inside a word."""
    if len(one) != len(other):
        return True
    first = next(n for n, (a, b) in enumerate(zip(one, other, strict=True)) if a != b)
    return first - (one.rfind(" ", 0, first) + 1) >= _SAME_BEGINNING


def _all_places(keys: Iterable[str], named: Mapping[str, Sequence[Place]]) -> tuple[Place, ...]:
    return tuple(place for key in keys for place in named[key])


def _are_related(ones: Sequence[Place], others: Sequence[Place]) -> bool:
    """Return whether all that these names have in common is that one stands above the other."""
    return all(
        one.steps[: len(other.steps)] == other.steps or other.steps[: len(one.steps)] == one.steps
        for one in ones
        for other in others
    )
