"""Bounds of a recipe: on scores, and on lengths."""

from typing import Literal, Self

from pydantic import Field, model_validator

from gleanery.infra.config import Config


class ScoreFilter(Config):
    """A score and the values that may go in, bounds included."""

    score: str = Field(
        ..., min_length=1, description="Who scores, and what: `judge.correct`, `skills.verified`."
    )
    least: float | None = Field(None, allow_inf_nan=False, description="The lowest that goes in.")
    most: float | None = Field(None, allow_inf_nan=False, description="The highest that goes in.")
    missing: Literal["keep", "drop"] = Field(
        "drop", description="What becomes of a row that nobody gave this score."
    )

    @model_validator(mode="after")
    def _something_can_pass(self) -> Self:
        if self.least is None and self.most is None and self.missing == "keep":
            raise ValueError(f"the filter on {self.score} lets all pass: give `least` or `most`")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(
                f"no {self.score} can be at least {self.least:g} and at most {self.most:g}"
            )
        return self


class Between(Config):
    """The fewest and the most characters of a text, both included."""

    least: int = Field(0, ge=0, description="Characters at least.")
    most: int | None = Field(None, ge=0, description="Characters at most; empty for no limit.")

    @model_validator(mode="after")
    def _something_can_pass(self) -> Self:
        if self.most is not None and self.least > self.most:
            raise ValueError(
                f"no text has at least {self.least} and at most {self.most} characters"
            )
        return self


class Lengths(Config):
    """How long the two sides of an example may be."""

    question: Between = Field(Between(), description="The first message of the user.")
    answer: Between = Field(Between(), description="The last message of the assistant.")
