"""What is in an embedding server's reply: as many vectors as texts, or a problem."""

from typing import Any

import numpy as np
import orjson

from gleanery.infra.llm.embedding_config import Vectors
from gleanery.infra.llm.protocol import FailureReason
from gleanery.infra.llm.replies import DETAIL_CHARACTERS, Problem, server_message


def read_embeddings(body: bytes, count: int) -> Vectors | Problem:
    """Return the vectors of a reply with status 200, each of length one, in the texts' order."""
    try:
        data = orjson.loads(body)["data"]
        vectors = _ordered(data, count)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        return _invalid(f"the reply is no list of embeddings ({error}): {server_message(body)}")
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    if not np.isfinite(lengths).all() or not lengths.all():
        return _invalid("the reply has a vector that points nowhere (zero, or not a number)")
    normalized: Vectors = (vectors / lengths).astype(np.float32)
    return normalized


def _ordered(data: list[dict[str, Any]], count: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    if len(data) != count:
        raise ValueError(f"{len(data)} vectors for {count} texts")
    # Servers number them; one that does not sends them in order.
    places = [item.get("index", number) for number, item in enumerate(data)]
    if sorted(places) != list(range(count)):
        raise ValueError("the texts' numbers are not 0 to n-1")
    rows: list[Any] = [None] * count
    for place, item in zip(places, data, strict=True):
        rows[place] = item["embedding"]
    vectors = np.array(rows, dtype=np.float64)
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise ValueError("the vectors differ in length")
    return vectors


def _invalid(detail: str) -> Problem:
    return Problem(FailureReason.INVALID_RESPONSE, detail[:DETAIL_CHARACTERS])
