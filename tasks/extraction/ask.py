"""Asking for the pairs of a page: one request per chunk."""

from gleanery.infra.llm.protocol import Message, ModelIdentity, Request
from gleanery.tasks.extraction.chunks import split_page
from gleanery.tasks.extraction.config import ExtractionConfig
from gleanery.tasks.extraction.prompts import FIND_PAIRS, PAIRS_SCHEMA
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Document


def requests_for(
    document: Document, config: ExtractionConfig, model: ModelIdentity, attempt: int = 0
) -> list[Request]:
    """Return the requests for a page, one per chunk; none if its markup gives its pairs."""
    if document.markup_pairs:
        return []
    return [
        Request(
            model=model,
            messages=(
                Message(role="user", content=FIND_PAIRS.render(**quoted({"page": chunk.text}))),
            ),
            sampling=config.sampling_of(attempt),
            response_schema=PAIRS_SCHEMA,
            attempt=attempt,
        )
        for chunk in split_page(document.text, config)
    ]
