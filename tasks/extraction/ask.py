"""Asking for the pairs of a page: one request per chunk, and two where the answer was cut off."""

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, Failure, Message, ModelIdentity, Request
from gleanery.tasks.answered import unfinished
from gleanery.tasks.extraction.chunks import Chunk, halve, split_page
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.extraction.prompts import FIND_PAIRS, PAIRS_SCHEMA
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Document


def ask_for_pairs(
    document: Document, config: ExtractionConfig, model: ModelIdentity, attempt: int = 0
) -> Dialogue[list[Completion | Failure]]:
    """Ask about a page chunk by chunk; return the results, in the order of the page.

    A chunk with more pairs than fit in an answer is asked about in halves instead, and these in
    halves again, down to `smallest_chunk_characters`.
    """
    chunks = split_page(document.text, config)
    told: dict[Chunk, Completion | Failure] = {}
    while new := [chunk for chunk in chunks if chunk not in told]:
        requests = [_request(chunk, config, model, attempt) for chunk in new]
        results = yield {0: requests}
        told |= {chunk: results[asked.key] for chunk, asked in zip(new, requests, strict=True)}
        chunks = [piece for chunk in chunks for piece in _pieces(chunk, told[chunk], config)]
    return [told[chunk] for chunk in chunks]


def requests_for(
    document: Document, config: ExtractionConfig, model: ModelIdentity, attempt: int = 0
) -> list[Request]:
    """Return the first requests for a page, one per chunk; none if its markup gives its pairs."""
    if document.markup_pairs:
        return []
    chunks = split_page(document.text, config)
    return [_request(chunk, config, model, attempt) for chunk in chunks]


def _pieces(chunk: Chunk, result: Completion | Failure, config: ExtractionConfig) -> list[Chunk]:
    if isinstance(result, Completion) and unfinished(result):
        return halve(chunk, config) or [chunk]
    return [chunk]


def _request(chunk: Chunk, config: ExtractionConfig, model: ModelIdentity, attempt: int) -> Request:
    prompt = FIND_PAIRS.render(**quoted({"page": chunk.text}))
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        response_schema=PAIRS_SCHEMA,
        attempt=attempt,
    )
