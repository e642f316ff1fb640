"""The rows of skill synthesis: skills, query types, and the plans drawn from them."""

from gleanery.tasks.records import Record


class Skill(Record):
    """Something that an answer may take; `aliases` are the names that were merged into it.

    `id` follows the name alone; `origin` is "proposed", "extracted" or "written".
    """

    id: str
    name: str
    definition: str
    topic: str
    aliases: list[str]
    origin: str


class QueryType(Record):
    """A kind of request that people make, such as an information-seeking question."""

    id: str
    name: str
    definition: str
    example: str


class SkillPlan(Record):
    """Which skills and which query type one example will combine, drawn before any call.

    `skills` are ids in sorted order; `split` is "train" or "held_out", the same for all plans of
    one combination of skills.
    """

    id: str
    epoch: int
    index: int
    skills: list[str]
    query_type: str
    split: str
