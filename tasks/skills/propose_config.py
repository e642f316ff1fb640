"""How topics, skills and query types are proposed by a model."""

from pydantic import Field

from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig


class ProposalConfig(AskingConfig):
    """Lists are asked for several times as free text, then each is turned into records.

    Asking for records at once makes the list itself worse (GLAN, arXiv 2402.13064, section 2.2).
    """

    sampling: Sampling = Field(
        Sampling(temperature=1.0, top_p=0.95, max_tokens=4096),
        description="How lists are drawn: warm, so that they differ.",
    )
    structuring: Sampling = Field(
        Sampling(temperature=0.0, max_tokens=8192),
        description="How a list is turned into records: greedily, for nothing is to be invented.",
    )
    aim: str = Field(
        "whatever people ask a text assistant for, at work, at school and at home",
        min_length=1,
        max_length=1000,
        description="What the requests are about that skills and query types are proposed for.",
    )
    queries: int = Field(5, ge=1, le=50, description="Lists that are asked for, each by itself.")
    topics: int = Field(40, ge=1, le=200, description="Topics that one list is asked to have.")
    skills: int = Field(
        20, ge=1, le=200, description="Skills that one list is asked to have, per topic."
    )
    query_types: int = Field(
        15, ge=1, le=100, description="Query types that one list is asked to have."
    )
    least_lists: int = Field(
        1, ge=1, le=50, description="In how many lists of a question a name must stand to be kept."
    )
    most_words: int = Field(12, ge=1, le=50, description="Longest name, in words.")
    ask_for_topics: bool = Field(
        True,
        description="Whether a skill is left out that the model itself calls a topic, in most of "
        "the lists that name it.",
    )
    tries: int = Field(
        2, ge=1, le=10, description="How often a list, or its records, are asked for if unusable."
    )

    def structuring_of(self, attempt: int) -> Sampling:
        """Return how records are drawn in this attempt; 0 is the first."""
        if attempt == 0:
            return self.structuring
        temperature = max(self.structuring.temperature, self.retry_temperature)
        return self.structuring.model_copy(update={"temperature": temperature})
