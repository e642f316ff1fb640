"""The texts of the near-duplicate benchmark: windows of real pages, and edited copies of some.

What is alike is told by plain sets of word 5-grams, with no code of ours.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence
from pathlib import Path

from recall_corpus import read_pages

SIZE = 2_000  # characters of a text
WINDOWS = 6  # at most of one page
EDITED_SHARE = 0.25  # of the texts have an edited copy
MOST_EDITS = (4, 30)  # of one word each, in a copy: half of the copies have few
ALIKE = 0.8

_UNSPACED = "\u3040-\u30ff\u3400-\u9fff"  # scripts without spaces: each letter is a word
_WORD = re.compile(rf"[{_UNSPACED}]|[^\W{_UNSPACED}]+")


def texts_of_pages(folder: Path) -> list[str]:
    """Return windows of the pages in an archive folder, then edited copies of a quarter of them."""
    windows = dict.fromkeys(
        page.text[at : at + SIZE]
        for page in read_pages(folder)
        for at in range(0, min(len(page.text) - SIZE, WINDOWS * SIZE) + 1, SIZE)
    )
    texts, rng = list(windows), random.Random(0)
    words = [word for text in texts[:500] for word in text.split()]
    chosen = rng.sample(texts, int(EDITED_SHARE * len(texts)))
    return texts + [_edited(text, words, rng) for text in chosen]


def _edited(text: str, words: Sequence[str], rng: random.Random) -> str:
    """Return the text with single words replaced, added and left out, few or many."""
    own = text.split(" ")
    for _ in range(rng.randint(1, rng.choice(MOST_EDITS))):
        at, kind = rng.randrange(len(own)), rng.random()
        if kind < 0.5:
            own[at] = rng.choice(words)
        elif kind < 0.75:
            own.insert(at, rng.choice(words))
        elif len(own) > 1:
            del own[at]
    return " ".join(own)


def shingles(text: str) -> frozenset[tuple[str, ...]]:
    """Return the word 5-grams of a text."""
    words = _WORD.findall(text.casefold())
    return frozenset(tuple(words[at : at + 5]) for at in range(len(words) - 4))


def jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Return what two sets share of their union; 0 for two empty ones."""
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared or 1)


def alike_pairs(
    sets: Sequence[frozenset[tuple[str, ...]]], least: float = ALIKE
) -> dict[tuple[int, int], float]:
    """Return every pair of sets whose Jaccard similarity is at least so much: all of them.

    Sets that share so much have one of their rarest shingles in common (prefix filtering, Bayardo
    2007), so few pairs need to be looked at.
    """
    counts = Counter(shingle for own in sets for shingle in own)
    index: dict[tuple[str, ...], list[int]] = defaultdict(list)
    pairs = {}
    for number, own in enumerate(sets):
        rarest = sorted(own, key=lambda shingle: (counts[shingle], shingle))
        prefix = rarest[: len(own) - int(-(-least * len(own) // 1)) + 1]
        for other in {earlier for shingle in prefix for earlier in index[shingle]}:
            if (similarity := jaccard(own, sets[other])) >= least:
                pairs[other, number] = similarity
        for shingle in prefix:
            index[shingle].append(number)
    return pairs
