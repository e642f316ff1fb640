"""Bounds of a recipe: on scores, and on lengths."""

from collections.abc import Iterable
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
    def _is_on_the_scale(self) -> Self:
        for bound in (self.least, self.most):
            if bound is not None and not 0 <= bound <= 1:
                raise ValueError(
                    f"{bound:g} is no bound for {self.score}: scores are from 0 to 1, and a "
                    f"judge's grades 1 to 5 are 0, 0.25, 0.5, 0.75 and 1{_meant(bound)}"
                )
        return self

    @model_validator(mode="after")
    def _something_can_pass(self) -> Self:
        if self.least is None and self.most is None and self.missing == "keep":
            raise ValueError(f"the filter on {self.score} lets all pass: give `least` or `most`")
        if self.least is not None and self.most is not None and self.least > self.most:
            raise ValueError(
                f"no {self.score} can be at least {self.least:g} and at most {self.most:g}"
            )
        return self


def _meant(bound: float) -> str:
    return f": for grade {bound:g} write {(bound - 1) / 4:g}" if bound in (2, 3, 4, 5) else ""


def check_together(filters: Iterable[ScoreFilter]) -> None:
    """Raise `ValueError` where several filters of one score leave nothing between them."""
    of_score: dict[str, list[ScoreFilter]] = {}
    for one in filters:
        of_score.setdefault(one.score, []).append(one)
    for score, several in of_score.items():
        least = max((one.least for one in several if one.least is not None), default=0.0)
        most = min((one.most for one in several if one.most is not None), default=1.0)
        if least > most:
            raise ValueError(
                f"{len(several)} filters on {score} leave nothing: one asks for at least "
                f"{least:g}, another for at most {most:g}"
            )


class Between(Config):
    """The fewest and the most characters of a text, both included.

    White space before and after it is not counted: a blank text has none.
    """

    least: int = Field(0, ge=0, description="Characters at least.")
    most: int | None = Field(None, ge=1, description="Characters at most; empty for no limit.")

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
    answer: Between = Field(
        Between(least=1, most=100_000),
        description="The last message of the assistant: a blank one teaches silence, and a trainer "
        "cuts one of many pages off within a sentence.",
    )
