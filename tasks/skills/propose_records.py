"""The rows of proposing: what it starts from, and what a model names."""

from gleanery.infra.digests import digest
from gleanery.tasks.records import Call, Record


class ProposalAim(Record):
    """The input row of topics and of query types: what the requests will be about."""

    aim: str

    @property
    def id(self) -> str:
        """The row's id: it follows what its prompts show."""
        return digest([self.aim])


class Topic(Record):
    """What requests are about; skills are proposed for each. `lists` lists named it."""

    row_id: str
    name: str
    definition: str
    lists: int
    calls: list[Call]

    @property
    def id(self) -> str:
        """The id as an input row: it follows what the prompts for its skills show."""
        return digest([self.name, self.definition])


class ProposedSkill(Record):
    """A skill that `lists` lists of one topic named."""

    row_id: str
    topic: str
    name: str
    definition: str
    lists: int
    calls: list[Call]


class ProposedQueryType(Record):
    """A query type that `lists` lists named."""

    row_id: str
    name: str
    definition: str
    example: str
    lists: int
    calls: list[Call]
