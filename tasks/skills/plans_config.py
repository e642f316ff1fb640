"""How many examples are made from skills, and how many skills go into each."""

from typing import Annotated, Any

from pydantic import Field, field_validator

from gleanery.infra.config import Config

MOST_SKILLS = 6

Size = Annotated[int, Field(ge=1, le=MOST_SKILLS)]
Weight = Annotated[float, Field(gt=0, le=1e6)]


class SkillPlansConfig(Config):
    """Which combinations of skills and query types are drawn."""

    seed: int = Field(
        0,
        ge=0,
        lt=2**63,
        description="Another seed draws other plans; it stays the same for all epochs of a run.",
    )
    count: int = Field(
        4000,
        ge=1,
        le=1_000_000_000,
        description="Least plans to have, all in all (4,000 in the paper), of skills and query "
        "types that are still there. A larger number adds the rest; what rests after a removal is "
        "replaced, while combinations last; a smaller number takes nothing back. New skills and "
        "query types come on top, with as many plans as it takes until they are used as often as "
        "the others: there are more than `count` then.",
    )
    skills_per_plan: dict[Size, Weight] = Field(
        {2: 1.0},
        min_length=1,
        description="How many skills a plan combines, each with its share of the plans: 2 in the "
        "paper. A single number will do; shares are taken relative to their sum.",
    )
    held_out_share: float = Field(
        0.05,
        ge=0,
        le=0.5,
        description="Share of the combinations of skills that is held out for evaluation; all "
        "plans of one combination are on the same side. It stays the same for all epochs.",
    )
    plans_per_slice: int = Field(
        256,
        ge=1,
        le=1_000_000,
        description="Plans in a part, about; epochs that are sealed already keep theirs.",
    )

    @field_validator("skills_per_plan", mode="before")
    @classmethod
    def _one_number(cls, value: Any) -> Any:
        return {value: 1.0} if isinstance(value, int) else value

    @property
    def mix(self) -> dict[int, float]:
        """The share of the plans with each number of skills; all add up to 1."""
        total = sum(self.skills_per_plan.values())
        return {size: share / total for size, share in sorted(self.skills_per_plan.items())}
