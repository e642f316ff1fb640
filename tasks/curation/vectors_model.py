"""Which vectors a dataset has: those of an embedding model, or of one trained on its own words.

The model is made once and stands: new texts are folded in with it, so that the vectors of old ones
stay as they are and their texts are not read again.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from typing import Literal

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.llm.embeddings import EmbeddingConfig, Vectors, embedder
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.curation.vectors_words import train_word_vectors, word_vectors_from
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Record

VECTOR_MODEL = "vector-model"
VERSION = 1
EMBEDDING, WORDS = "embedding", "words"


Level = Literal["document", "question", "example"]
DOCUMENT: Level = "document"
QUESTION: Level = "question"


class VectorsConfig(Config):
    """What is compared in the search for paraphrases, and by which vectors."""

    levels: tuple[Level, ...] = Field(
        (QUESTION,),
        min_length=1,
        description="What is compared, one after the other. document: whole pages; question: what "
        "is asked; example: question and answer together. Of a rewritten pair it is the original "
        "that counts.",
    )
    embedding: EmbeddingConfig = Field(
        EmbeddingConfig(),
        description="Embedding model. Where none is named, vectors are made from the words of the "
        "dataset itself, which find reworded questions less well.",
    )
    dimensions: int = Field(
        768, ge=64, le=8192, description="Numbers per vector of words; a model has its own."
    )
    retrain_at_growth: float = Field(
        10,
        gt=1,
        description="Vectors of words are made anew, for all texts, once the dataset has grown to "
        "so many times what they were trained on.",
    )


class VectorModel(Record):
    """What gives the vectors: `kind` is "embedding" or "words", `digest` names it for good.

    `path` is where a model of words is kept; `texts` is how many it was trained on (0 for an
    embedding model, which is not trained here).
    """

    kind: str
    digest: str
    path: str
    texts: int


def text_of(candidate: Candidate, level: Level) -> str:
    """Return the text of a candidate that is compared: as it was before it was rewritten."""
    turns = candidate.original or candidate.messages
    asked = next((turn.content for turn in turns if turn.role == "user"), "")
    if level == QUESTION:
        return asked
    said = [turn.content for turn in turns if turn.role == "assistant"]
    return "\n\n".join([asked, *said[-1:]])


def vector_model(
    parts: Parts,
    config: VectorsConfig,
    candidates: Sequence[Receipt],
    retrain: bool = False,
    level: Level = QUESTION,
) -> VectorModel:
    """Return a level's model that stands; one is made if there is none yet for this configuration.

    One of words learns them from the candidates, for pages from their questions and answers.
    A standing model of words is replaced on demand, or when the dataset has outgrown it. Raises
    `ValueError` for a dataset without any candidate, if a model must be trained.
    """
    newest = parts.newest(VECTOR_MODEL, level)
    plan = _plan(config, candidates, level)
    if newest and newest.decides == plan.decides and newest.version == VERSION and not retrain:
        standing = parts.rows(newest, VectorModel)[0]
        rows = sum(receipt.rows_out for receipt in candidates)
        if standing.kind == EMBEDDING or rows < config.retrain_at_growth * standing.texts:
            return standing
    started = time.monotonic()
    if config.embedding.model:
        made = _embedding_model(config)
    else:
        made = _trained(parts, plan, candidates, level)
    outcome = Outcome([made], [], [], rows_in=made.texts)
    committed = parts.commit(plan, outcome, VectorModel, started, newest)
    return parts.rows(committed, VectorModel)[0]


def embed_with(
    model: VectorModel, parts: Parts, config: VectorsConfig
) -> Callable[[Sequence[str]], Vectors]:
    """Return the function from texts (none of them blank) to vectors of length one.

    What an embedding model was asked is kept in the store. Raises `FileNotFoundError` when the
    model of words is gone.
    """
    if model.kind == EMBEDDING:
        return embedder(config.embedding, parts.store)
    return word_vectors_from(parts.store.read(model.path)).embed


def _plan(config: VectorsConfig, candidates: Sequence[Receipt], level: Level) -> Plan:
    if config.embedding.model:
        decides: dict[str, object] = {"embedding": _embedding_model(config).digest}
    else:
        decides = {"dimensions": config.dimensions}
    return Plan(
        stage=VECTOR_MODEL,
        version=VERSION,
        part=level,
        inputs=tuple(Input(stage=r.stage, part=r.part, row_digest=r.row_digest) for r in candidates)
        if not config.embedding.model
        else (),
        decides={"level": level, **decides},
    )


def _embedding_model(config: VectorsConfig) -> VectorModel:
    return VectorModel(kind=EMBEDDING, digest=config.embedding.digest, path="", texts=0)


def _trained(parts: Parts, plan: Plan, candidates: Sequence[Receipt], level: Level) -> VectorModel:
    def texts() -> Iterator[str]:
        for receipt in candidates:
            for row in parts.rows(receipt, Candidate):
                yield text_of(row, level)

    model = train_word_vectors(texts(), plan.decides["dimensions"])
    if not model.texts:
        raise ValueError("there are no candidates to train vectors on: gather candidates first")
    path = f"vector_models/{model.digest}.npy"
    parts.store.write(path, model.to_bytes())
    return VectorModel(kind=WORDS, digest=model.digest, path=path, texts=model.texts)
