"""What a taxonomy is proposed for, and how."""

from typing import Self

from pydantic import Field, model_validator

from gleanery.infra.digests import digest
from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.records import Call, Record


class ProposalConfig(AskingConfig):
    """How a taxonomy is proposed by a model."""

    sampling: Sampling = Field(
        Sampling(temperature=1.0, top_p=0.95, max_tokens=4096),
        description="How the model draws a free list: warm, so that the lists differ.",
    )
    recording: Sampling = Field(
        Sampling(max_tokens=6144), description="How the model makes records of a list."
    )
    queries: int = Field(5, ge=1, le=50, description="Independent lists of each level and field.")
    least_lists: int = Field(
        2, ge=1, le=50, description="Fewest lists that must have a name for it to be proposed."
    )
    tries: int = Field(
        2, ge=1, le=10, description="How often an unusable list is asked for, all in all."
    )
    fewest: int = Field(2, ge=1, description="Fewest names of a list; a shorter one is unusable.")
    fields: int = Field(10, ge=3, le=100, description="Fields that a list is to have, about.")
    sub_fields: int = Field(6, ge=3, le=100, description="Sub-fields per field, about.")
    disciplines: int = Field(8, ge=3, le=100, description="Disciplines per sub-field, about.")

    @model_validator(mode="after")
    def _can_be_in_enough_lists(self) -> Self:
        if self.least_lists > self.queries:
            raise ValueError(
                f"no name can be in least_lists={self.least_lists} lists of queries={self.queries}"
            )
        return self


class Scope(Record):
    """What a taxonomy is to cover, in words."""

    text: str = "all fields of human knowledge and skill, academic and vocational"

    @property
    def row_id(self) -> str:
        """The name of this row: it follows the text, which the prompts show."""
        return digest(self.text)


class ProposedNode(Record):
    """A field, sub-field or discipline that a model named; `path` names what it stands below.

    `origin` is the scope's row id; `lists` says how many lists have it.
    """

    id: str
    origin: str
    path: list[str]
    name: str
    description: str
    lists: int
    calls: list[Call]
