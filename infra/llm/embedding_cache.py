"""Vectors that were paid for, kept under their model and their text's digest.

A segment is two objects: the vectors (`.npy`), and then the keys (`.keys`, one a line), so that a
segment that has keys is whole. Both are named after the keys: two writers never meet.
"""

import io
from collections.abc import Iterable, Mapping
from typing import ClassVar

import numpy as np

from gleanery.infra.digests import digest
from gleanery.infra.llm.embedding_config import EmbeddingError, Vectors
from gleanery.infra.storage import Store


class EmbeddingCache:
    """The vectors of one model in a store; without a store, an empty one that keeps nothing."""

    SEGMENT: ClassVar[int] = 4096  # vectors in one object, and most that a kill can lose

    def __init__(self, store: Store | None, model: str) -> None:
        self._store = store
        self._folder = f"embeddings/{model}"

    def read(self, keys: Iterable[str]) -> dict[str, Vectors]:
        """Return the vectors that are there, by key. Raises `EmbeddingError` for a damaged one."""
        wanted = set(keys)
        found: dict[str, Vectors] = {}
        if self._store is None:
            return found
        for info in self._store.list(self._folder):
            if not info.path.endswith(".keys"):
                continue
            held = self._store.read(info.path).decode().split()
            rows = {key: row for row, key in enumerate(held) if key in wanted}
            if rows:
                vectors = self._vectors(info.path.removesuffix(".keys") + ".npy", len(held))
                found |= {key: vectors[row] for key, row in rows.items()}
                wanted -= rows.keys()
        return found

    def write(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors by key; they are there for good when this returns."""
        if self._store is None or not vectors:
            return
        keys = list(vectors)
        path = f"{self._folder}/{digest(keys)}"
        content = io.BytesIO()
        np.save(content, np.stack(list(vectors.values())), allow_pickle=False)
        self._store.write(f"{path}.npy", content.getvalue())
        self._store.write(f"{path}.keys", "\n".join(keys).encode())

    def _vectors(self, path: str, count: int) -> Vectors:
        assert self._store is not None
        try:
            vectors: Vectors = np.load(io.BytesIO(self._store.read(path)), allow_pickle=False)
            if vectors.ndim != 2 or len(vectors) != count or vectors.dtype != np.float32:
                raise ValueError(f"shape {vectors.shape} of {vectors.dtype} for {count} keys")
        except (FileNotFoundError, ValueError, EOFError) as error:
            raise EmbeddingError(
                f"{self._store.uri(path)} is damaged ({error}): delete it and the .keys beside it, "
                "and its texts are embedded again"
            ) from error
        return vectors
