"""Texts that say nearly the same as an earlier one of their group, word for word."""

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+|\d+(?:[.,]\d+)*|[^\w\s]")
_SHINGLE = 3
LEAST_SHARED = 0.7


@dataclass(frozen=True, slots=True)
class GroupedText:
    """A text with its id, and the group within which it is compared."""

    id: str
    group: str
    text: str


def near_identical(
    texts: Iterable[GroupedText], least_shared: float = LEAST_SHARED
) -> Mapping[str, str]:
    """Return the id of every text that is too like an earlier one, with the id of that one.

    Compared are the sets of three neighbouring words and signs, every number taken for the same
    (an exercise with other numbers is the same exercise); two texts are too like when their sets
    share at least `least_shared` of their union (Jaccard). The earlier one always stays itself,
    so nothing is left out because of a text that is left out.
    """
    repeated: dict[str, str] = {}
    seen: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    kept: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for text in texts:
        shingles = _shingles(text.text)
        index, earlier = seen[text.group], kept[text.group]
        shared = Counter(number for shingle in shingles for number in index.get(shingle, ()))
        alike = [
            earlier[number][0]
            for number, count in sorted(shared.items())
            if count >= least_shared * (len(shingles) + earlier[number][1] - count)
        ]
        if alike:
            repeated[text.id] = alike[0]
            continue
        for shingle in shingles:
            index[shingle].append(len(earlier))
        earlier.append((text.id, len(shingles)))
    return repeated


def _shingles(text: str) -> set[str]:
    words = ["0" if word[0].isdigit() else word for word in _WORD.findall(text.casefold())]
    if len(words) < _SHINGLE:
        return {" ".join(words)}
    return {" ".join(words[at : at + _SHINGLE]) for at in range(len(words) - _SHINGLE + 1)}
