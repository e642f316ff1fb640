"""Receipts: what a part holds and what became of every row, committed after the data."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from gleanery.infra.digests import digest


class _Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Input(_Strict):
    """A part that another part was made from, with the digest of its rows at that time."""

    stage: str
    part: str
    row_digest: str


class Usage(_Strict):
    """What a part cost: requests sent, answers taken from the journal, tokens, money."""

    sent: int = 0
    reused: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    cost: float = 0.0

    def __add__(self, other: "Usage") -> "Usage":
        """Return the sum, field by field."""
        return Usage(
            sent=self.sent + other.sent,
            reused=self.reused + other.reused,
            prompt_tokens=self.prompt_tokens + other.prompt_tokens,
            completion_tokens=self.completion_tokens + other.completion_tokens,
            cost=self.cost + other.cost,
        )


class Plan(_Strict):
    """What decides the content of a part; its digest is the part key.

    `decides` holds the stage's configuration, prompt fingerprints and model identities, and
    nothing that only says how the work is done (addresses, concurrency, paths).
    """

    stage: str
    version: int
    part: str
    inputs: tuple[Input, ...]
    decides: dict[str, Any]

    @property
    def key(self) -> str:
        """The part key."""
        return digest(self.model_dump(mode="json"))


class Receipt(_Strict):
    """The record of one generation of a part; the newest one counts.

    `attempts` says how often a row was asked again on demand; rows not listed were asked once.
    `usage` is what this generation cost, `earlier` what all generations before it did.
    """

    stage: str
    version: int
    part: str
    key: str
    generation: int
    data: str
    losses: str
    rows_in: int
    rows_out: int
    rejected: dict[str, int]
    failed: dict[str, int]
    attempts: dict[str, int] = Field(default_factory=dict)
    usage: Usage
    earlier: Usage = Usage()
    seconds: float
    row_digest: str
    inputs: tuple[Input, ...]
    decides: dict[str, Any]
    notes: dict[str, Any] = Field(default_factory=dict)
    created: str
    writer: str

    @property
    def plan(self) -> Plan:
        """What it was made by; `key` is another where rows of an earlier plan were kept."""
        return Plan(
            stage=self.stage,
            version=self.version,
            part=self.part,
            inputs=self.inputs,
            decides=self.decides,
        )

    @property
    def closed(self) -> bool:
        """Whether every row has its final outcome; an open part is taken up by the next run."""
        return not self.failed


def count_reasons(reasons: Iterable[str]) -> dict[str, int]:
    """Return how often each reason occurs, in the order of the reasons' names."""
    return dict(sorted(Counter(reasons).items()))


def merge_counts(counts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    """Return the sum of several counts by reason."""
    total: Counter[str] = Counter()
    for count in counts:
        total.update(count)
    return dict(sorted(total.items()))
