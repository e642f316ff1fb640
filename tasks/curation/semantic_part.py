"""Semantic duplicates of a dataset, as one part over the vectors of all its parts."""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.scratch import scratch_folder
from gleanery.infra.tables import RowSpool
from gleanery.tasks.curation.row_ranks import (
    BY_ARRIVAL,
    Ranking,
    ranks,
    read_page_qualities,
    read_qualities,
    read_refused,
    refused_pages,
)
from gleanery.tasks.curation.semantic_duplicates import (
    SEMANTIC,
    Comparison,
    SemanticConfig,
    semantic_duplicates,
)
from gleanery.tasks.curation.semantic_rows import (
    ComparedRows,
    Earlier,
    VectorRows,
    compared_rows,
    read_earlier,
    read_vector_rows,
)
from gleanery.tasks.curation.vectors_model import EMBEDDING, VectorModel
from gleanery.tasks.curation.vectors_part import decoded
from gleanery.tasks.curation.who_stays import STAYS, Numbers, Similarities
from gleanery.tasks.dataset_records import Duplicate
from gleanery.tasks.id_keys import IdSet

SEMANTIC_DUPLICATES = "semantic-duplicates"
VERSION = 3
_BATCH = 4096


def semantic_part(
    parts: Parts,
    vectors: Sequence[Receipt],
    model: VectorModel,
    config: SemanticConfig,
    earlier: Sequence[Receipt] = (),
    ranking: Ranking = BY_ARRIVAL,
    signed: Sequence[Receipt] = (),
) -> tuple[Receipt, bool]:
    """Return the receipt of all semantic duplicates, and whether it stood already.

    `vectors` are the receipts of all parts of vectors, in the order of their arrival; `earlier`
    those of exact and near duplicates: what is one at this level is left out, and comes along where
    the row that it points to goes; what went at another level is not compared, and what it points
    to stays. `ranking` says what rows are worth, and which cannot be in the release; where pages
    are compared, `signed` are the receipts of signatures, which say what those are worth. The
    part's name is the level. Notes hold how many similar pairs were told apart, by what.
    """
    plan = semantic_plan(vectors, model, config, (*earlier, *signed), ranking)
    newest = parts.newest(SEMANTIC_DUPLICATES, plan.part)
    if newest and newest.key == plan.key:
        return newest, True
    started = time.monotonic()
    is_embedding = model.kind == EMBEDDING
    threshold = config.embedding_threshold if is_embedding else config.words_threshold
    with (
        scratch_folder() as folder,
        RowSpool(Duplicate) as found,
        RowSpool(Loss) as losses,
    ):
        rows = read_vector_rows(parts, vectors, Path(folder))
        known = read_earlier(parts, earlier, plan.part)
        chosen = _chosen(parts, rows, known, ranking, signed)
        compared = Comparison(
            count=len(chosen.originals.best),
            vectors=_vectors_on_disk(parts, vectors, chosen.rows, Path(folder)),
            keys=rows.numbers[chosen.rows],
            text=lambda row: rows.texts.text(int(chosen.rows[row])),
            leaders=chosen.leaders,
            embedded=is_embedding,
        )
        kept_for, similarity, differed = semantic_duplicates(compared, threshold, config)
        found.extend(_going(rows, chosen, kept_for, similarity, known.relied_on, plan.part))
        outcome = Outcome[Duplicate]((), (), (), len(rows.keys), notes={"told_apart": differed})
        return parts.commit_spooled(plan, outcome, found, losses, started, newest), False


def semantic_plan(
    vectors: Sequence[Receipt],
    model: VectorModel,
    config: SemanticConfig,
    earlier: Sequence[Receipt],
    ranking: Ranking = BY_ARRIVAL,
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
            Input(stage=r.stage, part=r.part, row_digest=r.row_digest)
            for r in (*vectors, *earlier, *ranking.receipts)
        ),
        decides={
            "config": config.model_dump(mode="json"),
            "model": [model.kind, model.digest],
            "quality": [ranking.scorer, ranking.name],
        },
    )


def _chosen(
    parts: Parts, rows: VectorRows, known: Earlier, ranking: Ranking, signed: Sequence[Receipt]
) -> ComparedRows:
    """Return the rows that are compared, by their rank; where there are `signed`, pages."""
    refused = read_refused(parts, ranking.ineligible, ranking.is_threshold)
    if signed:
        refused = refused_pages(parts, [receipt.part for receipt in signed], refused)
    qualities = read_page_qualities(parts, signed) if signed else read_qualities(parts, ranking)
    worth = qualities.of(rows.keys)
    rank = ranks(worth, rows.keys, known.relied_on, refused.failing)
    return compared_rows(rows, known, IdSet.of(refused.out.keys, known.gone.keys), rank)


def _going(
    rows: VectorRows,
    chosen: ComparedRows,
    kept_for: Numbers,
    similarity: Similarities,
    relied_on: IdSet,
    level: str,
) -> Iterator[Duplicate]:
    """Yield the rows that go: siblings with the original that they share, then followers."""
    originals = chosen.originals
    siblings = np.flatnonzero(kept_for[originals.of] != STAYS)
    siblings = siblings[np.argsort(originals.of[siblings], kind="stable")]
    count = len(originals.best)
    followers = count + np.flatnonzero(kept_for[count:] != STAYS)
    going = np.concatenate([originals.rows[siblings], chosen.rows[followers]])
    places = np.concatenate([originals.of[siblings], followers])
    stays = relied_on.has(rows.keys[going])
    going, places = going[~stays], places[~stays]
    for at in range(0, len(going), _BATCH):
        block = places[at : at + _BATCH]
        ids = rows.ids.take(going[at : at + _BATCH]).to_pylist()
        kept_ids = rows.ids.take(originals.best[kept_for[block]]).to_pylist()
        for row_id, kept_id, alike in zip(ids, kept_ids, similarity[block].tolist(), strict=True):
            yield Duplicate(
                id=row_id, kept_id=kept_id, kind=SEMANTIC, level=level, similarity=round(alike, 4)
            )


def _vectors_on_disk(
    parts: Parts, vectors: Sequence[Receipt], rows: Numbers, folder: Path
) -> npt.NDArray[np.float16]:
    """Return the vectors of rows in the given order, as a map of a file: not all in memory."""
    place = np.full(sum(receipt.rows_out for receipt in vectors), -1, np.int64)
    place[rows] = np.arange(len(rows))
    mapped: npt.NDArray[np.float16] = np.empty((0, 1), np.float16)
    start = 0
    for receipt in vectors:
        column = read_columns(parts.store, receipt.data, ("vector",))["vector"]
        for at in range(0, len(column), _BATCH):
            array = decoded(column.slice(at, _BATCH).to_pylist())
            if not len(mapped) and len(rows):
                shape = (len(rows), array.shape[1])
                mapped = np.memmap(folder / "vectors", np.float16, "w+", shape=shape)
            to = place[start : start + len(array)]
            mapped[to[to >= 0]] = array[to >= 0].astype(np.float16)
            start += len(array)
    return mapped
