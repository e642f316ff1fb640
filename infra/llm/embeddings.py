"""Texts as vectors, from an OpenAI-compatible endpoint or a model in this process, each paid once.

Vectors are float32 of length one, so that the product of two is their cosine. What was embedded is
kept in a store, under the model and the text's digest.
"""

import asyncio
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import Any

import numpy as np

from gleanery.infra.digests import digest_bytes
from gleanery.infra.llm.embedding_cache import EmbeddingCache
from gleanery.infra.llm.embedding_config import EmbeddingConfig, EmbeddingError, Vectors
from gleanery.infra.llm.embedding_endpoint import EmbeddingEndpoint
from gleanery.infra.llm.embedding_local import embed_locally
from gleanery.infra.storage import Store

__all__ = ["EmbeddingConfig", "EmbeddingError", "Vectors", "embed_texts", "embedder"]


def embedder(config: EmbeddingConfig, store: Store | None) -> Callable[[Sequence[str]], Vectors]:
    """Return a function from n texts to their vectors, as `embed_texts` makes them."""
    return lambda texts: embed_texts(texts, config, store)


def embed_texts(texts: Sequence[str], config: EmbeddingConfig, store: Store | None) -> Vectors:
    """Return the vectors of n texts as an array (n, d) of float32, in their order.

    Equal texts are embedded once, and those that `store` holds not at all; without a store nothing
    is kept. What was answered is kept even if all ends in an error. Raises `ValueError` for a
    blank text, `EmbeddingError` when the model cannot be used or keeps failing, and `StorageError`.
    """
    if not config.model:
        raise EmbeddingError("no embedding model is named: set embedding.model")
    blank = next((number for number, text in enumerate(texts) if not text.strip()), None)
    if blank is not None:
        raise ValueError(f"text {blank} of {len(texts)} is blank: it has no embedding")
    # Half a surrogate pair is no Unicode: no request and no digest takes it.
    cut = [config.prefix + text[: config.max_characters] for text in texts]
    shown = [text.encode("utf-8", "replace").decode() for text in cut]
    keys = [digest_bytes(text.encode()) for text in shown]
    cache = EmbeddingCache(store, config.digest)
    known = cache.read(keys)
    width = _width_of(config, known)
    missing = {key: text for key, text in zip(keys, shown, strict=True) if key not in known}
    if missing:
        known |= _embed(missing, config, cache, width)
    if not keys:
        return np.empty((0, config.dimensions), np.float32)
    return np.stack([known[key] for key in keys])


def _embed(
    missing: Mapping[str, str], config: EmbeddingConfig, cache: EmbeddingCache, width: int
) -> dict[str, Vectors]:
    """Return the vectors of texts by their keys; all that were made are in the cache."""
    made: dict[str, Vectors] = {}
    unwritten: dict[str, Vectors] = {}

    def keep(keys: Sequence[str], vectors: Vectors) -> None:
        fresh = dict(zip(keys, vectors, strict=True))
        made.update(fresh)
        unwritten.update(fresh)
        if len(unwritten) >= cache.SEGMENT:
            cache.write(unwritten)
            unwritten.clear()

    try:
        if config.kind == "local":
            for keys in _batches(missing, config.batch_texts):
                keep(keys, embed_locally([missing[key] for key in keys], config, width))
        else:
            _run(_embed_by_server(missing, EmbeddingEndpoint(config, width), config, keep))
    finally:
        cache.write(unwritten)
    return made


async def _embed_by_server(
    missing: Mapping[str, str],
    endpoint: EmbeddingEndpoint,
    config: EmbeddingConfig,
    keep: Callable[[Sequence[str], Vectors], None],
) -> None:
    batches = _batches(missing, config.batch_texts)

    async def work() -> None:
        for keys in batches:
            keep(keys, await endpoint.embed([missing[key] for key in keys]))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(config.max_in_flight):
                group.create_task(work())
    except BaseExceptionGroup as errors:  # the first one stopped the others
        raise errors.exceptions[0] from None
    finally:
        await endpoint.aclose()


def _batches(missing: Mapping[str, str], size: int) -> Iterator[list[str]]:
    keys = iter(missing)
    while batch := list(islice(keys, size)):
        yield batch


def _width_of(config: EmbeddingConfig, known: Mapping[str, Vectors]) -> int:
    """Return how many numbers every vector must have; 0 if nothing says so yet."""
    widths = sorted({len(vector) for vector in known.values()})
    if len(widths) > 1:
        raise EmbeddingError(
            f"{config.model} gave vectors of {' and '.join(map(str, widths))} numbers: its weights "
            "have changed, or two models answer. Set embedding.revision, so that old ones are left"
        )
    return config.dimensions or (widths[0] if widths else 0)


def _run(work: Coroutine[Any, Any, None]) -> None:
    """Run a coroutine to its end, also where an event loop runs already (a notebook's)."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(work)
        return
    with ThreadPoolExecutor(max_workers=1) as thread:
        thread.submit(asyncio.run, work).result()
