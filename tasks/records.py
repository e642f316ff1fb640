"""The records that cross stages: what one stage writes, the next one reads."""

from pydantic import BaseModel, ConfigDict

from gleanery.infra.losses import Loss

__all__ = [
    "Call",
    "ChatMessage",
    "Document",
    "Example",
    "KeptDocument",
    "Loss",
    "MarkupPair",
    "QAPair",
    "Record",
    "RefinedPair",
    "Score",
    "Span",
]


class Record(BaseModel):
    """A row: frozen, and closed to unknown fields."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class MarkupPair(Record):
    """A question and answer that the page declares in schema.org markup."""

    question: str
    answer: str


class Document(Record):
    """A recalled page: its text, where it came from and why it was kept.

    `text` is the rendered page (formulas as `$…$`, code blocks with their lines); all spans
    elsewhere are character offsets into it. `source` and `offset` find the raw page again:
    an archive's URI with the record's byte offset, or a table's URI with the row number.
    """

    id: str
    url: str
    domain: str
    title: str
    text: str
    date: str
    source: str
    offset: int
    record_id: str
    licence: str
    score: float
    subject: str
    site_kind: str
    markup_pairs: list[MarkupPair]


class KeptDocument(Record):
    """A document that stays after dedup, with the two keys that later ones are compared by."""

    document_id: str
    part: str
    url_key: str
    text_key: str


class Span(Record):
    """A half-open range of characters in a document's text."""

    start: int
    end: int


class QAPair(Record):
    """A question and its answer, found in one source document.

    `origin` is "markup" (the page declared the pair) or "llm" (a model pointed at it); for the
    latter `request_key`, `model` and `prompt` (fingerprint) say how. Spans are where question
    and answer stand in the document's text; markup pairs that the text does not show have none.
    """

    id: str
    document_id: str
    url: str
    domain: str
    subject: str
    site_kind: str
    licence: str
    question: str
    answer: str
    question_spans: list[Span]
    answer_spans: list[Span]
    origin: str
    request_key: str
    model: str
    prompt: str


class RefinedPair(Record):
    """A pair as one refiner rewrote it, with the original beside it.

    `outcome` is "improved", "unchanged" or "corrected"; `correction` says what was wrong.
    """

    id: str
    pair_id: str
    document_id: str
    url: str
    domain: str
    subject: str
    site_kind: str
    licence: str
    question: str
    answer: str
    original_question: str
    original_answer: str
    outcome: str
    correction: str
    refiner: str
    request_key: str
    model: str
    prompt: str


class ChatMessage(Record):
    """One turn of a training example: `role` is "user" or "assistant"."""

    role: str
    content: str


class Call(Record):
    """One answer of a model that went into a row: which step, which prompt, and its request."""

    step: str
    model: str
    prompt: str
    request_key: str


class Score(Record):
    """What one scorer says of an example; `detail` is its evidence, in words."""

    name: str
    value: float
    detail: str


class Example(Record):
    """A training example that was synthesised, and everything that it came from.

    `method` is "taxonomy" (GLAN) or "skills" (Instruct-SkillMix). `plan_id` names the plan that
    was drawn before any call, `group` what near-identical instructions are looked for within, and
    `nodes` the ids of the nodes or skills that it is about. `split` is "train" or "held_out".
    """

    id: str
    method: str
    strategy: str
    plan_id: str
    group: str
    nodes: list[str]
    labels: list[str]
    split: str
    messages: list[ChatMessage]
    calls: list[Call]
    scores: list[Score]
