"""Digests: the same content gives the same short name, in every process and on every machine."""

import hashlib

import orjson
from pydantic import BaseModel

DIGEST_CHARACTERS = 32  # 128 bits: no collision in any corpus, and still readable in a path


def canonical_json(value: object) -> bytes:
    """Return `value` as JSON with sorted keys, so that equal values give equal bytes."""
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


def digest_bytes(data: bytes) -> str:
    """Return the 32 hexadecimal characters that name these bytes (SHA-256, cut to 128 bits)."""
    return hashlib.sha256(data).hexdigest()[:DIGEST_CHARACTERS]


def digest(value: object) -> str:
    """Return the digest of a JSON-like value; the order of mapping keys does not matter."""
    return digest_bytes(canonical_json(value))


def record_digest(record: BaseModel) -> str:
    """Return the digest of a record, which is that of its `model_dump()`, without making that."""
    return digest_bytes(orjson.dumps(vars(record), default=vars, option=orjson.OPT_SORT_KEYS))
