"""How plans of homework questions are drawn."""

from typing import Annotated

from pydantic import Field, StringConstraints, field_validator

from gleanery.infra.config import Config

Phrase = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200)]

DIFFICULTIES = (
    "introductory, with one idea used directly",
    "intermediate, with several steps that build on each other",
    "advanced, with ideas put together in a way that the course does not show",
)
FORMS = (
    "a problem to work out step by step",
    "an explanation of how or why something is so",
    "a situation from practice to analyse",
    "a comparison that ends in a judgement",
    "a piece of work with a mistake in it, to be found and mended",
    "something to design, write or plan under stated conditions",
)


class TaxonomyPlansConfig(Config):
    """How many questions each subject gets, and how they differ."""

    seed: int = Field(
        0, ge=0, lt=2**63, description="Another seed draws other plans from the same syllabuses."
    )
    plans_per_subject: int = Field(
        10,
        ge=1,
        le=1_000_000,
        description="Questions planned for each subject; more of them later leave the earlier "
        "ones as they are. A subject with fewer combinations gets all that it has.",
    )
    two_session_share: float = Field(
        0.5,
        ge=0,
        le=1,
        description="Share of the plans that take concepts from two sessions (the paper gives "
        "none); where one kind runs out, the other goes on.",
    )
    max_concepts: int = Field(
        5, ge=2, le=6, description="Key concepts in a plan, at most (5 in the paper)."
    )
    difficulties: tuple[Phrase, ...] = Field(
        DIFFICULTIES,
        min_length=1,
        max_length=20,
        description='Difficulties to vary, as the prompt says them after "Difficulty:".',
    )
    forms: tuple[Phrase, ...] = Field(
        FORMS,
        min_length=1,
        max_length=50,
        description='Forms of questions to vary, as the prompt says them after "Form:".',
    )

    @field_validator("difficulties", "forms")
    @classmethod
    def _no_repeats(cls, phrases: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(phrases)) < len(phrases):
            raise ValueError("the same phrase stands here twice: remove one")
        return phrases
