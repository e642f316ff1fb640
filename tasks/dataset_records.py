"""The records of a dataset in the making: candidates, and what curation and scorers say of them.

Nothing here removes a row. Each stage writes its verdicts as rows of their own, under the ids of
the candidates; the release reads them and decides.
"""

from pydantic import Field

from gleanery.tasks.records import Call, ChatMessage, Record, Score, Span

TRAIN = "train"
HELD_OUT = "held_out"


class Candidate(Record):
    """A training example that may enter a release, of whichever method, with where it came from.

    `pipeline` and `part` say where it stands (part of that pipeline's last stage); `method` is
    "harvest", "taxonomy" or "skills". `origin` is the id of what it was written from, a pair or a
    plan: rewrites and sampled answers of one origin are siblings. `original` is the text before it
    was rewritten (question and answer as the page has them), empty where nothing was. `subject` is
    the page's subject, the discipline or the query type; `nodes` are ids of taxonomy nodes or
    skills. `split` is "held_out" where the plan said so, else "train". `document_id`, `url`,
    `domain`, `licence`, `date` and what follows `scores` are empty for syntheses, `plan_id` for the
    harvest. `scores` are those that it was made with. `page` is a digest of the page's canonical
    address, `page_text` one of its text, `archive` and `offset` find the raw page again, and the
    spans are where the original stands in the document's text. `site_kind` is "education", "forum"
    or another kind of site that the page was taken to stand on.
    """

    id: str
    pipeline: str
    method: str
    part: str
    origin: str
    plan_id: str
    document_id: str
    url: str
    domain: str
    licence: str
    date: str
    subject: str
    strategy: str
    nodes: list[str]
    labels: list[str]
    split: str
    messages: list[ChatMessage]
    original: list[ChatMessage]
    calls: list[Call]
    scores: list[Score]
    site_kind: str = ""
    page: str = ""
    page_text: str = ""
    archive: str = ""
    offset: int = -1
    question_spans: list[Span] = Field(default_factory=list)
    answer_spans: list[Span] = Field(default_factory=list)

    @property
    def question(self) -> str:
        """The first message of the user."""
        return next((turn.content for turn in self.messages if turn.role == "user"), "")

    @property
    def answer(self) -> str:
        """The last message of the assistant."""
        answers = [turn.content for turn in self.messages if turn.role == "assistant"]
        return answers[-1] if answers else ""

    @property
    def whole_text(self) -> str:
        """All messages, then the original, each once: what leaks are sought and counted in.

        A rewrite may have lost what its original still shows.
        """
        turns = [*self.messages, *self.original]
        return "\n\n".join(dict.fromkeys(turn.content for turn in turns))


class Duplicate(Record):
    """A candidate that says the same as one that stays, which itself is no duplicate.

    `kind` is "exact", "near" or "semantic"; `level` "document", "question", "example" (the last two
    of the originals, where candidates were rewritten) or "released" (the text that is trained on).
    `similarity` is between this row itself and `kept_id`: 1 for exact, estimated Jaccard of word
    n-grams for near, cosine for semantic.
    """

    id: str
    kept_id: str
    kind: str
    level: str
    similarity: float


class Leak(Record):
    """A benchmark item found in a candidate (or document) of this id.

    `kind` is "ngram", "whole_text" or "paraphrase"; `side` says what of the item was found:
    "question", "answer", "choices". `start` and `end` are the characters of the matched span in the
    candidate's `whole_text` (or the page's), `matched` the span itself and `item_text` the item's
    own text. For a paraphrase, `reason` is the judge's, and the call is named.
    """

    id: str
    benchmark: str
    item_id: str
    kind: str
    side: str
    start: int
    end: int
    matched: str
    item_text: str
    reason: str = ""
    model: str = ""
    prompt: str = ""
    request_key: str = ""


class Ineligible(Record):
    """A candidate that cannot be in the release, whatever it is like and however it is scored."""

    id: str
    document_id: str
    reason: str


class ExampleScore(Record):
    """What one scorer says of one candidate: long-form, so that a new scorer changes no schema.

    `scorer` names who says it ("heuristics", "judge", "agreement"), `name` what is scored
    ("correct", "complete", …), `value` is within 0 to 1 unless the scorer says otherwise. `model`,
    `prompt` and `request_key` are empty where no model was asked.
    """

    id: str
    scorer: str
    name: str
    value: float
    detail: str = ""
    model: str = ""
    prompt: str = ""
    request_key: str = ""
