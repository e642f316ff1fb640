"""Semantic duplicates of a dataset, as one part over the vectors of all its parts."""

import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.row_search import read_column
from gleanery.infra.tables import arrow_schema
from gleanery.tasks.curation.semantic_duplicates import (
    Comparison,
    SemanticConfig,
    semantic_duplicates,
)
from gleanery.tasks.curation.vectors_model import EMBEDDING, VectorModel
from gleanery.tasks.curation.vectors_part import TextVector, decoded
from gleanery.tasks.curation.who_stays import ranked_originals
from gleanery.tasks.dataset_records import Duplicate

SEMANTIC_DUPLICATES = "semantic-duplicates"
VERSION = 2
_BATCH = 4096
_LIGHT = ["id", "origin", "quality", "text", "numbers"]


def semantic_part(
    parts: Parts,
    vectors: Sequence[Receipt],
    model: VectorModel,
    config: SemanticConfig,
    earlier: Sequence[Receipt] = (),
    ineligible: Sequence[Receipt] = (),
) -> tuple[Receipt, bool]:
    """Return the receipt of all semantic duplicates, and whether it stood already.

    `vectors` are the receipts of all parts of vectors, in the order of their arrival; `earlier`
    those of exact and near duplicates: what is one at this level is left out, and comes along where
    the row that it points to goes; what went at another level is not compared, and what it points
    to stays. `ineligible` are the receipts of rows that cannot be in the release. The part's name
    is the level. Notes hold how many similar pairs were told apart, by what.
    """
    plan = semantic_plan(vectors, model, config, (*earlier, *ineligible))
    newest = parts.newest(SEMANTIC_DUPLICATES, plan.part)
    if newest and newest.key == plan.key:
        return newest, True
    started = time.monotonic()
    known = [row for receipt in earlier for row in parts.rows(receipt, Duplicate)]
    pointing = {row.id: row.kept_id for row in known if row.level == plan.part}
    others = [row for row in known if row.level != plan.part]
    out = {row.id for row in others}
    for receipt in ineligible:
        out |= set(read_column(parts.store, receipt.data, "id"))
    relied_on = {row.kept_id for row in others}
    rows = _light_rows(parts, vectors)
    with tempfile.TemporaryDirectory(prefix="gleanery-") as folder:
        compared = _comparison(parts, vectors, rows, pointing, out, Path(folder))
        threshold = (
            config.embedding_threshold if model.kind == EMBEDDING else config.words_threshold
        )
        compared = replace(compared, embedded=model.kind == EMBEDDING)
        found, differed = semantic_duplicates(compared, threshold, config, plan.part)
        del compared  # closes the map before its folder goes
    going = [row for row in found if row.id not in relied_on]
    outcome = Outcome(going, [], [], len(rows.ids), notes={"told_apart": differed})
    return parts.commit(plan, outcome, Duplicate, started, newest), False


def semantic_plan(
    vectors: Sequence[Receipt],
    model: VectorModel,
    config: SemanticConfig,
    earlier: Sequence[Receipt],
) -> Plan:
    """Return what decides the semantic duplicates.

    Raises `ValueError` when parts of vectors were made at several levels or by several models.
    """
    levels = sorted({str(receipt.decides["level"]) for receipt in vectors})
    models = {str(receipt.decides["model"]) for receipt in vectors}
    if len(levels) > 1 or models - {str([model.kind, model.digest])}:
        raise ValueError(
            f"vectors of levels {levels} and models {sorted(models)} cannot be compared with "
            f"those of {[model.kind, model.digest]}: make the vectors of all parts first"
        )
    return Plan(
        stage=SEMANTIC_DUPLICATES,
        version=VERSION,
        part=levels[0] if levels else "question",
        inputs=tuple(
            Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in (*vectors, *earlier)
        ),
        decides={
            "config": config.model_dump(mode="json"),
            "model": [model.kind, model.digest],
        },
    )


@dataclass(frozen=True, slots=True)
class _LightRows:
    """All rows but their vectors, in the order of the parts; texts stay packed."""

    ids: list[str]
    origins: list[str]
    qualities: list[float]
    texts: pa.ChunkedArray
    numbers: list[str]


def _light_rows(parts: Parts, vectors: Sequence[Receipt]) -> _LightRows:
    tables = [_table(parts, receipt, _LIGHT) for receipt in vectors]
    schema = arrow_schema(TextVector)
    table = pa.concat_tables(tables) if tables else schema.empty_table()
    return _LightRows(
        ids=table["id"].to_pylist(),
        origins=table["origin"].to_pylist(),
        qualities=table["quality"].to_pylist(),
        texts=table["text"].cast(pa.large_string()).combine_chunks(),
        numbers=table["numbers"].to_pylist(),
    )


def _table(parts: Parts, receipt: Receipt, columns: list[str]) -> pa.Table:
    return pq.read_table(pa.BufferReader(parts.store.read(receipt.data)), columns=columns)


def _comparison(
    parts: Parts,
    vectors: Sequence[Receipt],
    rows: _LightRows,
    pointing: Mapping[str, str],
    out: Collection[str],
    folder: Path,
) -> Comparison:
    """Return what is compared; the vectors lie in a file, in the order of rank."""
    number_of: dict[str, int] = {}
    for number, row_id in enumerate(rows.ids):
        number_of.setdefault(row_id, number)  # of a row that came twice, the first one counts
    originals = ranked_originals(
        (row_id, rows.origins[number], rows.qualities[number])
        for row_id, number in number_of.items()
        if row_id not in pointing and row_id not in out
    )
    order = [number_of[original.ids[0]] for original in originals]
    original_of = {row_id: n for n, original in enumerate(originals) for row_id in original.ids}
    followers: dict[int, dict[int, str]] = {}
    for row_id, kept_id in pointing.items():
        if row_id in number_of and row_id not in out and kept_id in original_of:
            followers.setdefault(original_of[kept_id], {})[len(order)] = row_id
            order.append(number_of[row_id])
    names = {name: number for number, name in enumerate(dict.fromkeys(rows.numbers))}
    return Comparison(
        originals=originals,
        vectors=_vectors_on_disk(parts, vectors, order, len(rows.ids), folder),
        keys=np.array([names[rows.numbers[number]] for number in order], np.int64),
        text=lambda row: str(rows.texts[order[row]].as_py()),
        followers=followers,
    )


def _vectors_on_disk(
    parts: Parts, vectors: Sequence[Receipt], order: Sequence[int], count: int, folder: Path
) -> np.ndarray[tuple[int, int], np.dtype[np.float16]]:
    """Return the vectors of rows in the given order, as a map of a file: not all in memory."""
    place = np.full(count, -1, np.int64)
    place[list(order)] = np.arange(len(order))
    mapped: np.ndarray[tuple[int, int], np.dtype[np.float16]] = np.empty((0, 1), np.float16)
    start = 0
    for block in _blocks(parts, vectors):
        array = decoded(block)
        if not start and order:
            shape = (len(order), array.shape[1])
            mapped = np.memmap(folder / "vectors", np.float16, "w+", shape=shape)
        to = place[start : start + len(array)]
        mapped[to[to >= 0]] = array[to >= 0].astype(np.float16)
        start += len(array)
    return mapped


def _blocks(parts: Parts, vectors: Sequence[Receipt]) -> Iterator[list[str]]:
    for receipt in vectors:
        column = _table(parts, receipt, ["vector"])["vector"]
        for start in range(0, len(column), _BATCH):
            yield column.slice(start, _BATCH).to_pylist()
