"""Finding, among many skills, the one that a new name says again."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from gleanery.tasks.skills.merge_contrast import contrast
from gleanery.tasks.skills.merge_similarity import Match, MergeConfig, Words, match_by_words

Vectors = npt.NDArray[np.float32]
Embed = Callable[[Sequence[str]], Vectors]
"""From n texts to n vectors of length one."""

_BLOCK = 512


class SimilarNames:
    """The skills that stay, by their words: what shares none with a name is not looked at."""

    def __init__(self, config: MergeConfig) -> None:
        self._config = config
        self._words: dict[int, Words] = {}
        self._by_stem: dict[str, list[int]] = defaultdict(list)
        self._by_rest: dict[tuple[object, ...], list[int]] = defaultdict(list)

    def add(self, number: int, words: Words) -> None:
        """Add a skill under its number."""
        self._words[number] = words
        for stem in words.stems:
            self._by_stem[stem].append(number)
        for key in _typo_keys(words.name, self._config.shortest_typo):
            self._by_rest[key].append(number)

    def matches(self, words: Words) -> Iterator[tuple[int, Match]]:
        """Yield each skill that says the same by its words, and the rule."""
        shared: Counter[int] = Counter()
        for stem in words.stems:
            shared.update(self._by_stem.get(stem, ()))
        least = min(self._config.related_names, self._config.close_names, self._config.near_names)
        candidates = {
            number
            for number, count in shared.items()
            if count >= least * (len(words.stems) + len(self._words[number].stems) - count)
        }
        for key in _typo_keys(words.name, self._config.shortest_typo):
            candidates.update(self._by_rest.get(key, ()))
        for number in candidates:
            if match := match_by_words(words, self._words[number], self._config):
                yield number, match


def _typo_keys(name: Sequence[str], shortest: int) -> Iterator[tuple[object, ...]]:
    """Yield what names share that differ in one long word of the same first letter."""
    for place, word in enumerate(name):
        if len(word) >= shortest:
            yield (place, word[0], *name[:place], "", *name[place + 1 :])


def close_vectors(
    vectors: Vectors, words: Sequence[Words], config: MergeConfig
) -> dict[int, list[tuple[int, Match]]]:
    """Return, for each row, the earlier rows within the angle; opposites are left out."""
    found: dict[int, list[tuple[int, Match]]] = {}
    for start in range(0, len(vectors), _BLOCK):
        block = vectors[start : start + _BLOCK]
        cosines = np.round(block @ vectors[: start + len(block)].T, 4)
        for row, column in np.argwhere(cosines >= config.cosine).tolist():
            later = start + row
            if column < later and not contrast(words[later].stems, words[column].stems):
                similarity = min(1.0, float(cosines[row, column]))
                found.setdefault(later, []).append((column, Match(similarity, "embedding")))
    return found
