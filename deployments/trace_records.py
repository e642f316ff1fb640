"""What was made from a source: its pages and their mirrors, and every row that came of them."""

from pydantic import Field

from gleanery.tasks.records import Record

ASKED = "address"  # how a page is found: it stands under the address that was asked for,
MIRROR = "same text"  # it has the text of such a page under another one,
NEAR = "near copy"  # or it is nearly the same page
KEPT = "kept"  # what became of a page; else the reason why dedup dropped it
UNDECIDED = "not deduplicated yet"


class TracedLoss(Record):
    """A row that gave nothing in a stage, and why."""

    stage: str
    reason: str
    detail: str


class TracedVersion(Record):
    """A version of a pair by one refiner."""

    id: str
    outcome: str
    refiner: str


class TracedPair(Record):
    """A pair that was found in a page, with its refined versions and why others are missing."""

    id: str
    question: str
    origin: str
    versions: list[TracedVersion]
    losses: list[TracedLoss]


class TracedPage(Record):
    """A page of one batch of one pipeline, how it was found and what became of it."""

    found_by: str
    pipeline: str
    batch: int
    part: str
    document_id: str
    url: str
    domain: str
    title: str
    date: str
    licence: str
    archive: str
    offset: int
    text_key: str
    outcome: str
    detail: str
    pairs: list[TracedPair] = Field(default_factory=list)
    losses: list[TracedLoss] = Field(default_factory=list)

    @property
    def place(self) -> tuple[str, str, str]:
        """Pipeline, part and document: what no other page here has."""
        return self.pipeline, self.part, self.document_id


class TracedCandidate(Record):
    """A candidate of a dataset, and why it counts as made from the source.

    `selection` is what became of it when the dataset was last built, "" if it has come since.
    """

    dataset: str
    id: str
    pipeline: str
    document_id: str
    url: str
    origin: str
    strategy: str
    question: str
    why: str
    selection: str


class TracedRow(Record):
    """A row of a release."""

    dataset: str
    release: str
    id: str
    split: str
    url: str


class Trace(Record):
    """Everything found below a root of one page or one site.

    `forgotten_in` says which datasets leave it out already, each with the source that it asks
    for; `searched` names all that was looked through.
    """

    kind: str
    address: str
    pages: list[TracedPage]
    candidates: list[TracedCandidate]
    rows: list[TracedRow]
    forgotten_in: list[str]
    searched: list[str]

    @property
    def empty(self) -> bool:
        """Whether nothing is known of the source."""
        return not (self.pages or self.candidates or self.rows)
