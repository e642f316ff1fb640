"""How skill examples are generated."""

from typing import Self

from pydantic import Field, model_validator

from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.language import Language
from gleanery.tasks.skills.verify_config import VerificationConfig


class GenerationConfig(AskingConfig):
    """How an instruction and its response are drafted, criticised and revised."""

    sampling: Sampling = Field(
        Sampling(temperature=0.7, max_tokens=4096),
        description="How the model draws all turns of the conversation.",
    )
    tries: int = Field(
        2,
        ge=1,
        le=10,
        description="Conversations per plan until one gives an example that passes every check.",
    )
    language: Language = Field(
        "English", description="Language of both texts, by its English name or its code."
    )
    least_words: int = Field(
        150,
        ge=1,
        le=10_000,
        description="Least words that a response is asked to have, unless "
        "the instruction sets a length.",
    )
    most_words: int = Field(
        500, ge=1, le=10_000, description="Most words that a response is asked to have."
    )
    structured: bool = Field(
        False,
        description="Ask for both texts as JSON under a schema, for models that need a server's "
        "help to keep a format. Marker lines, the default, leave code and formulas intact.",
    )
    verify: bool = Field(
        False, description="Whether a second model judges if each skill is really exercised."
    )
    verification: VerificationConfig = Field(
        VerificationConfig(), description="How the second model is asked, and what follows."
    )

    @model_validator(mode="after")
    def _words_in_order(self) -> Self:
        if self.least_words > self.most_words:
            raise ValueError(
                f"least_words={self.least_words} is more than most_words={self.most_words}"
            )
        return self
