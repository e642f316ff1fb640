"""Embeddings by a sentence-transformers model in this process."""

import functools
import importlib
from collections.abc import Sequence
from typing import Any

import numpy as np

from gleanery.infra.llm.embedding_config import EmbeddingConfig, EmbeddingError, Vectors


def embed_locally(texts: Sequence[str], config: EmbeddingConfig, width: int) -> Vectors:
    """Return one vector of length one per text, of `width` numbers unless that is 0.

    The model is loaded once per process. Raises `EmbeddingError` when sentence-transformers is
    not installed, when it has no such model, and for vectors that are none.
    """
    model = _loaded(config.model, config.revision, config.device, config.dimensions)
    vectors: Vectors = np.asarray(
        model.encode(
            list(texts),
            batch_size=config.batch_texts,
            convert_to_numpy=True,
            show_progress_bar=False,
        ),
        dtype=np.float32,
    )
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        raise EmbeddingError(f"{config.model} gave a vector that points nowhere")
    if width and vectors.shape[1] != width:
        raise EmbeddingError(
            f"the vectors of {config.model} have {vectors.shape[1]} numbers, expected {width}: "
            "check embedding.dimensions, and set embedding.revision if its weights have changed"
        )
    normalized: Vectors = vectors / lengths
    return normalized


@functools.lru_cache(maxsize=1)
def _loaded(model: str, revision: str, device: str, dimensions: int) -> Any:
    try:
        package = importlib.import_module("sentence_transformers")  # heavy: it brings torch
    except ImportError as error:
        raise EmbeddingError(
            "a local embedding model needs sentence-transformers, which cannot be imported "
            f"({error}): pip install sentence-transformers, or set embedding.kind to server"
        ) from error
    try:
        return package.SentenceTransformer(
            model,
            revision=revision or None,
            device=device or None,
            truncate_dim=dimensions or None,
        )
    except (OSError, ValueError) as error:
        raise EmbeddingError(
            f"sentence-transformers cannot load {model}: {error}. Check embedding.model"
        ) from error
