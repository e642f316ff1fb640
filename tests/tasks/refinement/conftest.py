from collections.abc import Callable

import pytest

from gleanery.tasks.records import QAPair, Span

PAIR = QAPair(
    id="pair-1",
    document_id="document-1",
    url="https://physics.example/collisions",
    domain="physics.example",
    subject="physics",
    site_kind="education",
    licence="CC BY 4.0",
    question="A 3kg trolley at 4 m/s hits a 1kg trolley at rest and sticks to it. Common speed?",
    answer="3 m/s",
    question_spans=[],
    answer_spans=[],
    origin="llm",
    request_key="extraction-key",
    model="extractor",
    prompt="extraction-prompt",
)


@pytest.fixture
def make_pair() -> Callable[..., QAPair]:
    """Return a function that makes a pair; spans are given as (start, end)."""

    def make(
        question: str = PAIR.question,
        answer: str = PAIR.answer,
        question_span: tuple[int, int] | None = None,
        answer_span: tuple[int, int] | None = None,
    ) -> QAPair:
        update = {"question": question, "answer": answer}
        for name, span in (("question_spans", question_span), ("answer_spans", answer_span)):
            update[name] = [Span(start=span[0], end=span[1])] if span else []  # type: ignore[assignment]
        return PAIR.model_copy(update=update)

    return make
