"""What a text consists of, for vectors made without a model: stems, neighbours, pieces of words."""

import itertools
import re
import zlib
from collections.abc import Iterable
from math import log

import numpy as np
import numpy.typing as npt

from gleanery.tasks.curation.semantic_words import NUMBER_WORDS
from gleanery.tasks.quantities import plain

BUCKETS = 1 << 20

_WORD = re.compile(r"\\?[^\W\d_]+|\d+(?:[.,]\d+)*")
_PIECE = 4  # letters
_NEIGHBOURS_WEIGH = 0.5
_PIECES_WEIGH = 0.3
_NUMBERS_WEIGH = 1.5
_LEAST_STEM = 3
_ENDINGS = (
    "ations", "ation", "ings", "ing", "edly", "ed", "ies", "ness", "ment", "ers", "er", "est",
    "ely", "ly", "es", "s", "e",
)  # fmt: skip

Buckets = npt.NDArray[np.uint32]
Weights = npt.NDArray[np.float32]


def pieces(text: str) -> tuple[Buckets, Weights]:
    """Return the buckets (0 to 2^20 - 1) of what a text consists of, and how much each weighs.

    Stems and numbers weigh 1 plus the logarithm of how often they come, two neighbouring ones half
    of that for each time, and every four letters of a word a third, once. All numbers of a text
    together are one piece more, for another wording of a problem keeps them.
    """
    flat = plain(text).casefold()
    stems = [NUMBER_WORDS.get(word) or _stem(word) for word in _WORD.findall(flat)]
    counts: dict[str, float] = {}
    for stem in stems:
        counts[stem] = counts.get(stem, 0) + 1
    weights = {stem: 1 + log(count) for stem, count in counts.items()}
    for one, other in itertools.pairwise(stems):
        pair = f"{one} {other}"
        weights[pair] = weights.get(pair, 0) + _NEIGHBOURS_WEIGH
    for stem in counts:
        if stem[0].isalpha() and len(stem) >= _PIECE:
            for piece in _cut(f"<{stem}>"):
                weights[piece] = weights.get(piece, 0) + _PIECES_WEIGH
    numbers = sorted({stem for stem in counts if stem[0].isdigit()})
    if len(numbers) > 1:
        weights[" ".join(["numbers:", *numbers])] = _NUMBERS_WEIGH
    buckets = [zlib.crc32(name.encode("utf-8", "replace")) % BUCKETS for name in weights]
    return np.array(buckets, np.uint32), np.array(list(weights.values()), np.float32)


def _cut(word: str) -> Iterable[str]:
    return ("#" + word[at : at + _PIECE] for at in range(len(word) - _PIECE + 1))


def _stem(word: str) -> str:
    """Return a word without its ending; short words and numbers stay whole."""
    if len(word) > _LEAST_STEM:
        for ending in _ENDINGS:
            if word.endswith(ending) and len(word) - len(ending) >= _LEAST_STEM:
                return word[: -len(ending)]
    return word
