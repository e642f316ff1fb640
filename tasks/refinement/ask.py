"""Asking a refiner: one request per pair, with the text that the pair comes from."""

from pydantic import Field

from gleanery.infra.llm.protocol import Message, ModelIdentity, Request
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Loss, QAPair
from gleanery.tasks.refinement.context import source_excerpt
from gleanery.tasks.refinement.prompts import REFINE_PAIR, REFINED_SCHEMA


class RefinementConfig(AskingConfig):
    """How pairs are rewritten, and what a rewrite must keep."""

    context_characters: int = Field(
        4_000, ge=0, le=200_000, description="Longest source text shown beside a pair."
    )
    max_pair_characters: int = Field(
        12_000,
        ge=100,
        description="Longer pairs are rejected unasked: their rewrite would not fit in an answer.",
    )
    min_question_overlap: float = Field(
        0.6,
        ge=0,
        le=1,
        description="Share of the original question's content words that the rewrite must keep.",
    )


def loss_before_asking(pair: QAPair, config: RefinementConfig) -> Loss | None:
    """Return why this pair is not worth a request ("empty", "too_long"), or None if it is."""
    if not pair.question.strip() or not pair.answer.strip():
        return Loss(row_id=pair.id, reason="empty", detail="the question or the answer is empty")
    length = len(pair.question) + len(pair.answer)
    if length > config.max_pair_characters:
        detail = f"{length} characters, more than max_pair_characters={config.max_pair_characters}"
        return Loss(row_id=pair.id, reason="too_long", detail=detail)
    return None


def request_for(
    pair: QAPair,
    document_text: str,
    config: RefinementConfig,
    model: ModelIdentity,
    attempt: int = 0,
) -> Request:
    """Return the request that asks a model to refine this pair, given its document's text.

    Raises `ValueError` when the pair's spans lie outside the text.
    """
    data = quoted(
        {
            "page_text": source_excerpt(pair, document_text, config.context_characters),
            "original_question": pair.question,
            "original_answer": pair.answer,
        }
    )
    prompt = REFINE_PAIR.render(
        page_text=data["page_text"],
        question=data["original_question"],
        answer=data["original_answer"],
    )
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        response_schema=REFINED_SCHEMA,
        attempt=attempt,
    )
