"""Where the index of leaks is kept: one object in the store, which worker processes load."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import lru_cache
from typing import Any

import numpy as np
import orjson

from gleanery.infra.storage import Store
from gleanery.tasks.curation.benchmark_config import DecontaminationConfig
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.curation.leaks_build import build_index, index_digest
from gleanery.tasks.curation.leaks_index import HashTable, ItemTexts, LeakIndex, WholeTexts

_META = "meta"


@dataclass(frozen=True, slots=True)
class StoredIndex:
    """An index in a store; the digest names all that decides its verdicts."""

    path: str
    digest: str


def stored_index(
    store: Store, config: DecontaminationConfig, options: Mapping[str, Any] | None = None
) -> StoredIndex:
    """Return where the index of these benchmarks is; it is built unless the store has it already.

    `options` go to fsspec for the benchmarks. Raises `BenchmarkError` with all that is wrong with
    them before anything is built.
    """
    benchmarks = read_benchmarks(config.benchmarks, options)
    digest = index_digest(benchmarks, config)
    stored = StoredIndex(f"leaks/index-{digest}.npz", digest)
    if not store.exists(stored.path):
        store.write(stored.path, to_bytes(build_index(benchmarks, config)))
    return stored


@lru_cache(maxsize=2)  # a worker does many parts with one index
def load_index(store: Store, stored: StoredIndex) -> LeakIndex:
    """Return a stored index. Raises `FileNotFoundError` if the store does not have it."""
    return from_bytes(store.read(stored.path))


def to_bytes(index: LeakIndex) -> bytes:
    """Return an index as the bytes of a NumPy archive."""
    arrays: dict[str, Any] = {}
    meta: dict[str, Any] = {"digest": index.digest, "n": index.n, "notes": index.notes}
    for name, value in _parts(index):
        if isinstance(value, np.ndarray):
            arrays[name] = value
        elif isinstance(value, bytes):
            arrays[name] = np.frombuffer(value, np.uint8)
        else:
            meta[name] = value
    file = io.BytesIO()
    arrays[_META] = np.frombuffer(orjson.dumps(meta), np.uint8)
    np.savez(file, **arrays)
    return file.getvalue()


def _parts(value: Any, prefix: str = "") -> list[tuple[str, Any]]:
    """Return the fields of an index and of all that it is made of, by their paths."""
    found = []
    for field in fields(value):
        part = getattr(value, field.name)
        if hasattr(part, "__dataclass_fields__"):
            found += _parts(part, f"{prefix}{field.name}.")
        elif prefix:
            found.append((prefix + field.name, part))
    return found


def from_bytes(data: bytes) -> LeakIndex:
    """Return the index that `to_bytes` wrote."""
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        values = {name: archive[name] for name in archive.files}
    meta = orjson.loads(values.pop(_META).tobytes())
    whole = _of(WholeTexts, "whole.", values, anchors=_of(HashTable, "whole.anchors.", values))
    texts = _of(
        ItemTexts,
        "texts.",
        values,
        blob=values["texts.blob"].tobytes(),
        **{name: tuple(meta[f"texts.{name}"]) for name in ("benchmarks", "ids")},
    )
    return LeakIndex(
        digest=meta["digest"],
        n=meta["n"],
        notes=meta["notes"],
        texts=texts,
        ngrams=_of(HashTable, "ngrams.", values),
        whole=whole,
    )


def _of(kind: Any, prefix: str, values: Mapping[str, Any], **given: Any) -> Any:
    names = [field.name for field in fields(kind) if field.name not in given]
    return kind(**given, **{name: values[prefix + name] for name in names})
