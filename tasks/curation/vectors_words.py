"""Vectors trained on the corpus itself: its words by how rare they are, projected at random.

Weighted words (TF-IDF) are projected to a few hundred numbers by signs drawn from each bucket's
key, which keeps cosines up to some 1/sqrt(dimensions) (Achlioptas, PODS 2001; sparse as in Kane and
Nelson, JACM 2014). Latent semantic analysis and fastText were tried on the same questions and find
fewer of the reworded ones: `tests/benchmarks/semantic_vectors.py` has the figures.
"""

import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from gleanery.infra.digests import digest_bytes
from gleanery.infra.llm.embedding_config import Vectors
from gleanery.tasks import seeded
from gleanery.tasks.curation.vectors_pieces import BUCKETS, pieces

_PLACES = 8  # numbers of a vector that one bucket changes
_BLOCK = 1024  # texts at a time: bounds the memory of their pieces
_KEY = seeded.key("word vectors")


@dataclass(frozen=True)
class WordVectors:
    """How many texts of the corpus have each bucket: all that is learned from it."""

    texts: int
    spread: npt.NDArray[np.uint32]
    dimensions: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Return the vectors of n texts as an array (n, dimensions) of float32, of length one.

        A text without any word or number has a vector of zeros, which is like none.
        """
        vectors = np.zeros((len(texts), self.dimensions), np.float32)
        for start in range(0, len(texts), _BLOCK):
            self._add(texts[start : start + _BLOCK], vectors[start : start + _BLOCK])
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        np.divide(vectors, lengths, out=vectors, where=lengths > 0)
        return vectors

    def _add(self, texts: Sequence[str], vectors: Vectors) -> None:
        found = [pieces(text) for text in texts]
        rows = np.repeat(np.arange(len(texts)), [len(buckets) for buckets, _ in found])
        if not len(rows):
            return
        buckets = np.concatenate([buckets for buckets, _ in found])
        weights = np.concatenate([weights for _, weights in found])
        weights = weights * np.log((1 + self.texts) / (1 + self.spread[buckets]))
        distinct, number_of = np.unique(buckets, return_inverse=True)
        places, signs = _places(distinct, self.dimensions)
        cells = rows[:, None] * self.dimensions + places[number_of]
        amounts = weights[:, None] * signs[number_of]
        flat = np.bincount(cells.ravel(), amounts.ravel(), minlength=vectors.size)
        vectors += flat.reshape(vectors.shape).astype(np.float32)

    def to_bytes(self) -> bytes:
        """Return the model as it is kept."""
        used = np.flatnonzero(self.spread).astype(np.uint32)
        content = io.BytesIO()
        head = np.array([self.texts, self.dimensions, BUCKETS], np.uint64)
        for array in (head, used, self.spread[used]):
            np.save(content, array, allow_pickle=False)
        return content.getvalue()

    @property
    def digest(self) -> str:
        """The name of the model: of all that decides a text's vector."""
        return digest_bytes(self.to_bytes())


def train_word_vectors(texts: Iterable[str], dimensions: int) -> WordVectors:
    """Return the vectors' model of a corpus, which is read once; the order of texts is no matter.

    4 MB of memory, however many texts there are.
    """
    spread = np.zeros(BUCKETS, np.uint32)
    count = 0
    for text in texts:
        spread[np.unique(pieces(text)[0])] += 1
        count += 1
    return WordVectors(count, spread, dimensions)


def word_vectors_from(data: bytes) -> WordVectors:
    """Return a model that was kept. Raises `ValueError` if the bytes are none."""
    content = io.BytesIO(data)
    try:
        head, used, counts = (np.load(content, allow_pickle=False) for _ in range(3))
        texts, dimensions, buckets = (int(value) for value in head)
        if buckets != BUCKETS or len(used) != len(counts):
            raise ValueError(f"{buckets} buckets, {len(used)} used, {len(counts)} counted")
        spread = np.zeros(BUCKETS, np.uint32)
        spread[used] = counts
    except (EOFError, IndexError, ValueError) as error:
        raise ValueError(f"these bytes are no model of word vectors: {error}") from error
    return WordVectors(texts, spread, dimensions)


def _places(
    buckets: npt.NDArray[np.uint32], dimensions: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float32]]:
    """Return the numbers of a vector that each bucket changes, and in which direction."""
    drawn = seeded.draw(
        _KEY,
        buckets[:, None].astype(np.uint64) * np.uint64(_PLACES)
        + np.arange(_PLACES, dtype=np.uint64),
    )
    places = (drawn >> np.uint64(1)) % np.uint64(dimensions)
    signs = np.where(drawn & np.uint64(1), 1, -1).astype(np.float32)
    return places.astype(np.int64), signs
