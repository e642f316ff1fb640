"""The vectors of one part of candidates, kept so that their texts are not read again."""

import base64
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from gleanery.infra.llm.embeddings import Vectors
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.curation.semantic_facts import numbers_key
from gleanery.tasks.curation.source_pages import pages_input, pages_of
from gleanery.tasks.curation.vectors_model import (
    DOCUMENT,
    QUESTION,
    Level,
    VectorModel,
    VectorsConfig,
    embed_with,
    text_of,
)
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Record

VECTORS = "vectors"
VERSION = 2


class TextVector(Record):
    """The vector of a candidate's text, or a page's, with what two are compared by besides.

    `origin` is the same for siblings. `numbers` names the set of numbers in the text. `vector`
    holds little-endian numbers of 16 bits as base64: a quarter of what a list of them takes.
    """

    id: str
    origin: str
    text: str
    numbers: str
    vector: str


def standing_vectors(
    parts: Parts,
    candidates: Receipt,
    model: VectorModel,
    config: VectorsConfig,
    level: Level = QUESTION,
    source: SourcePart | None = None,
) -> Receipt | None:
    """Return the receipt of a part's vectors if it stands, or `None`."""
    plan = vectors_plan(candidates, model, config, level, source)
    newest = parts.newest(VECTORS, plan.part)
    return newest if newest and newest.key == plan.key else None


def vectors_part(
    parts: Parts,
    candidates: Receipt,
    model: VectorModel,
    config: VectorsConfig,
    level: Level = QUESTION,
    source: SourcePart | None = None,
) -> tuple[Receipt, bool]:
    """Return the receipt of a part's vectors at a level, and whether it stood already.

    At level "document" they are those of the pages that the candidates came from, which `source`
    has. What has no text ("no_text"), or neither word nor number in it ("no_words"), has no vector.
    Raises `EmbeddingError` when the configured model cannot be used.
    """
    if standing := standing_vectors(parts, candidates, model, config, level, source):
        return standing, True
    plan = vectors_plan(candidates, model, config, level, source)
    newest = parts.newest(VECTORS, plan.part)
    started = time.monotonic()
    rows = _compared(parts.rows(candidates, Candidate), level, source)
    texts = [row.text for row in rows]
    shown = [number for number, text in enumerate(texts) if text.strip()]
    vectors = embed_with(model, parts, config)([texts[number] for number in shown])
    made = dict(zip(shown, vectors, strict=True))
    kept = [number for number in shown if made[number].any()]
    lost = [
        _loss(row.id, texts[number])
        for number, row in enumerate(rows)
        if number not in made or not made[number].any()
    ]
    outcome = Outcome(
        rows=[_row(rows[number], made[number]) for number in kept],
        rejected=lost,
        failed=[],
        rows_in=len(rows),
    )
    return parts.commit(plan, outcome, TextVector, started, newest), False


def vectors_plan(
    candidates: Receipt,
    model: VectorModel,
    config: VectorsConfig,
    level: Level = QUESTION,
    source: SourcePart | None = None,
) -> Plan:
    """Return what decides the vectors of a part at a level; both are in the plan's part."""
    made_from = Input(
        stage=candidates.stage, part=candidates.part, row_digest=candidates.row_digest
    )
    cut = [config.embedding.prefix, config.embedding.max_characters]
    return Plan(
        stage=VECTORS,
        version=VERSION,
        part=f"{level}.{candidates.part}",
        inputs=(made_from, *(pages_input(source) if source and level == DOCUMENT else ())),
        decides={
            "level": level,
            "model": [model.kind, model.digest],
            "text": cut if config.embedding.model else [],
        },
    )


def decoded(vectors: Sequence[str]) -> Vectors:
    """Return the vectors of rows as an array (n, d) of float32, of length one again."""
    data = b"".join(base64.b64decode(vector) for vector in vectors)
    array: Vectors = np.frombuffer(data, "<f2").astype(np.float32).reshape(len(vectors), -1)
    lengths = np.linalg.norm(array, axis=1, keepdims=True)
    np.divide(array, lengths, out=array, where=lengths > 0)
    return array


def encoded(vector: Vectors) -> str:
    """Return a vector as it is kept in a row."""
    return base64.b64encode(vector.astype("<f2").tobytes()).decode()


@dataclass(frozen=True, slots=True)
class _Compared:
    id: str
    origin: str
    text: str


def _compared(
    candidates: Sequence[Candidate], level: Level, source: SourcePart | None
) -> list[_Compared]:
    if level != DOCUMENT:
        return [_Compared(row.id, row.origin, text_of(row, level)) for row in candidates]
    pages = pages_of(source, candidates) if source else []
    # A page that was recalled twice has two rows of one id: the first one counts.
    first = {page.id: _Compared(page.id, "", page.text) for page in reversed(pages)}
    return list(reversed(first.values()))


def _row(compared: _Compared, vector: Vectors) -> TextVector:
    return TextVector(
        id=compared.id,
        origin=compared.origin,
        text=compared.text,
        numbers=numbers_key(compared.text),
        vector=encoded(vector),
    )


def _loss(row_id: str, text: str) -> Loss:
    if not text.strip():
        return Loss(row_id=row_id, reason="no_text", detail="there is no text to compare")
    return Loss(row_id=row_id, reason="no_words", detail=f"neither word nor number: {text[:100]!r}")
