"""The vectors of one part of candidates, kept so that their texts are not read again."""

import base64
import time
from collections.abc import Sequence

import numpy as np

from gleanery.infra.llm.embeddings import Vectors
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.curation.semantic_facts import numbers_key
from gleanery.tasks.curation.vectors_model import VectorModel, VectorsConfig, embed_with, text_of
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Record

VECTORS = "vectors"
VERSION = 2


class TextVector(Record):
    """The vector of a candidate's text, with what two rows are compared by besides.

    `origin` is the same for siblings. `numbers` names the set of numbers in the text. `vector`
    holds little-endian numbers of 16 bits as base64: a quarter of what a list of them takes.
    """

    id: str
    origin: str
    text: str
    numbers: str
    vector: str


def standing_vectors(
    parts: Parts, candidates: Receipt, model: VectorModel, config: VectorsConfig
) -> Receipt | None:
    """Return the receipt of a part's vectors if it stands, or `None`."""
    newest = parts.newest(VECTORS, candidates.part)
    return newest if newest and newest.key == vectors_plan(candidates, model, config).key else None


def vectors_part(
    parts: Parts, candidates: Receipt, model: VectorModel, config: VectorsConfig
) -> tuple[Receipt, bool]:
    """Return the receipt of a part's vectors, and whether it stood already.

    A candidate without a text ("no_text"), or whose text has neither word nor number ("no_words"),
    has no vector. Raises `EmbeddingError` when the configured model cannot be used.
    """
    if standing := standing_vectors(parts, candidates, model, config):
        return standing, True
    plan = vectors_plan(candidates, model, config)
    newest = parts.newest(VECTORS, plan.part)
    started = time.monotonic()
    rows = parts.rows(candidates, Candidate)
    texts = [text_of(row, config.level) for row in rows]
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
        rows=[_row(rows[number], texts[number], made[number]) for number in kept],
        rejected=lost,
        failed=[],
        rows_in=len(rows),
    )
    return parts.commit(plan, outcome, TextVector, started, newest), False


def vectors_plan(candidates: Receipt, model: VectorModel, config: VectorsConfig) -> Plan:
    """Return what decides the vectors of a part."""
    made_from = Input(
        stage=candidates.stage, part=candidates.part, row_digest=candidates.row_digest
    )
    cut = [config.embedding.prefix, config.embedding.max_characters]
    return Plan(
        stage=VECTORS,
        version=VERSION,
        part=candidates.part,
        inputs=(made_from,),
        decides={
            "level": config.level,
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


def _row(candidate: Candidate, text: str, vector: Vectors) -> TextVector:
    return TextVector(
        id=candidate.id,
        origin=candidate.origin,
        text=text,
        numbers=numbers_key(text),
        vector=encoded(vector),
    )


def _loss(row_id: str, text: str) -> Loss:
    if not text.strip():
        return Loss(row_id=row_id, reason="no_text", detail="there is no text to compare")
    return Loss(row_id=row_id, reason="no_words", detail=f"neither word nor number: {text[:100]!r}")
