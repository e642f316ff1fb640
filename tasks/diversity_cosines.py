"""How far texts are from each other: their cosines, and what these come to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from gleanery.tasks.diversity_words import words_of
from gleanery.tasks.records import Record

Cosines = npt.NDArray[np.float64]
Vectors = npt.NDArray[np.float32]

TFIDF = "tfidf"


class Embedder(NamedTuple):
    """An embedding model: its name, and what turns texts into vectors of length 1."""

    name: str
    embed: Callable[[Sequence[str]], Vectors]


class Spread(Record):
    """How far `compared` texts are from each other, two by two.

    - `distance`: the mean cosine distance of all pairs.
    - `nearest`: the mean distance of a text to the one most like it; near-copies bring it towards
      0, which the mean over all pairs hardly shows. It falls with the number of texts.
    - `vendi`: how many texts are effectively different, from 1 up to `compared`: e to the entropy
      of the cosines' eigenvalues (Friedman and Dieng, arXiv 2210.02410).

    `vectors` names the embedding model, or is "tfidf": then the texts' own words are compared,
    weighted by how rare they are in all texts of that one comparison.
    """

    vectors: str
    compared: int
    distance: float
    nearest: float
    vendi: float


def word_rarity(texts: Iterable[str]) -> Mapping[str, float]:
    """Return how much each word weighs: the fewer texts have it, the more (IDF, smoothed)."""
    count = 0
    spread: Counter[str] = Counter()
    for text in texts:
        count += 1
        spread.update(set(words_of(text)))
    return {word: log((1 + count) / (1 + having)) + 1 for word, having in spread.items()}


def tfidf_cosines(texts: Sequence[str], rarity: Mapping[str, float]) -> Cosines:
    """Return the cosine of each two texts by their words, as weighted by `rarity` (TF-IDF).

    No main directions are taken out of these (as latent semantic analysis does): a few texts that
    come again and again would be main directions, and would look more diverse for it.
    """
    weighted = [_weights(text, rarity) for text in texts]
    having = Counter(word for weights in weighted for word in weights)
    column = {word: n for n, word in enumerate(w for w, count in having.items() if count > 1)}
    shared = np.zeros((len(texts), len(column)), dtype=np.float32)
    for row, weights in enumerate(weighted):
        for word, weight in weights.items():
            if word in column:  # a word of this text only makes it like none
                shared[row, column[word]] = weight
    cosines = (shared @ shared.T).astype(np.float64)
    np.fill_diagonal(cosines, 1.0)
    return cosines


def _weights(text: str, rarity: Mapping[str, float]) -> dict[str, float]:
    weights = {w: (1 + log(count)) * rarity[w] for w, count in Counter(words_of(text)).items()}
    length = sum(weight**2 for weight in weights.values()) ** 0.5
    return {word: weight / length for word, weight in weights.items()}


def embedded_cosines(vectors: Vectors) -> Cosines:
    """Return the cosine of each two vectors of length 1."""
    exact = vectors.astype(np.float64)
    return np.asarray(exact @ exact.T)


def measure_spread(cosines: Cosines, vectors: str) -> Spread | None:
    """Return what the cosines come to; `None` for fewer than two texts."""
    count = len(cosines)
    if count < 2:
        return None
    others = cosines[~np.eye(count, dtype=np.bool_)].reshape(count, count - 1)
    values = np.linalg.eigvalsh(cosines)
    shares = values[values > 1e-9] / values[values > 1e-9].sum()
    return Spread(
        vectors=vectors,
        compared=count,
        distance=_round(1 - others.mean()),
        nearest=_round(1 - others.max(axis=1).mean()),
        vendi=round(float(np.exp(-(shares * np.log(shares)).sum())), 2),
    )


def _round(value: float) -> float:
    """Return 4 decimals: the rest differs from machine to machine."""
    return round(float(value), 4) + 0.0
