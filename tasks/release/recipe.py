"""The recipe of a release: which candidates go in, how many of each source, and what validates.

By default a recipe takes everything that curation left. The rules apply in the order in which they
stand in `Recipe`; a candidate that does not go in has the reason of the first rule that refused it.
"""

from typing import Literal, Self

from pydantic import Field, model_validator

from gleanery.infra.config import Config
from gleanery.tasks.release.licences import FAMILIES, LICENCES
from gleanery.tasks.release.recipe_balance import Balance, DomainCap
from gleanery.tasks.release.recipe_bounds import Between, Lengths, ScoreFilter, check_together

Method = Literal["harvest", "taxonomy", "skills", ""]
DuplicateKind = Literal["exact", "near", "semantic"]
LeakKind = Literal["ngram", "whole_text", "paraphrase"]

DUPLICATE_KINDS: tuple[DuplicateKind, ...] = ("exact", "near", "semantic")
LEAK_KINDS: tuple[LeakKind, ...] = ("ngram", "whole_text", "paraphrase")


class Source(Config):
    """Candidates of one pipeline, or of all pipelines of one method that are not named themselves.

    With a weight, a source is mixed with the other weighted ones in these proportions; with a
    count, it gives so many rows; with neither, all that it has.
    """

    pipeline: str = Field("", description="A pipeline by its name; or else give a method.")
    method: Method = Field("", description="harvest, taxonomy or skills.")
    weight: float | None = Field(
        None,
        ge=0,
        le=1e9,
        allow_inf_nan=False,
        description="Its share, relative to the weights of other sources.",
    )
    count: int | None = Field(None, ge=0, description="Rows that it gives, instead of a weight.")
    strategies: tuple[str, ...] = Field(
        (), description="Take these strategies only; empty takes all that there are."
    )

    @property
    def label(self) -> str:
        """What messages and figures call this source."""
        return f"pipeline {self.pipeline}" if self.pipeline else f"method {self.method}"

    @property
    def takes_all(self) -> bool:
        """Whether it gives all that it has."""
        return self.weight is None and self.count is None

    @property
    def gives(self) -> bool:
        """Whether any row is wanted of it."""
        return self.weight != 0 and self.count != 0

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        if bool(self.pipeline) == bool(self.method):
            raise ValueError("a source is a pipeline or a method: name one of the two")
        if self.weight is not None and self.count is not None:
            raise ValueError(f"{self.label} has a weight and a count: give one of them, or neither")
        return self


class LicenceFilter(Config):
    """Which licences may go in, by name ("CC-BY-SA-4.0") or by family ("share-alike").

    It concerns what was taken from pages; what a model wrote from a plan has no licence.
    """

    allow: tuple[str, ...] = Field(
        (), description="Only these licences or families; empty allows every one."
    )
    deny: tuple[str, ...] = Field((), description="Never these, whatever is allowed.")
    unknown: Literal["as_listed", "keep", "drop"] = Field(
        "as_listed",
        description="What becomes of a page that declares no licence that we know: by default "
        '"unknown" is a licence like others, which goes in unless others alone are allowed.',
    )

    @model_validator(mode="after")
    def _names_are_known(self) -> Self:
        names = {*LICENCES, *FAMILIES}
        if wrong := sorted({*self.allow, *self.deny} - names):
            raise ValueError(
                f"no licence or family is called {', '.join(wrong)}; known: "
                f"{', '.join(sorted(names))}"
            )
        if both := sorted({*self.allow} & {*self.deny}):
            raise ValueError(f"{', '.join(both)} cannot be both allowed and denied")
        if self.unknown == "keep" and "unknown" in self.deny:
            raise ValueError("unknown licences cannot be both kept and denied")
        return self


class Siblings(Config):
    """How many of the rows that were written from one pair or plan go in.

    They are the versions of several refiners, or sampled answers.
    """

    take: Literal["all", "best", "one"] = Field(
        "all", description="All of them, the best by the scores below, or one at random."
    )
    by: tuple[str, ...] = Field(
        (), description="Scores that decide which is best; the next one decides where they tie."
    )

    @model_validator(mode="after")
    def _best_by_something(self) -> Self:
        if self.take == "best" and not self.by:
            raise ValueError('"best" of siblings needs `by`: the scores that decide')
        return self


class Validation(Config):
    """What is kept apart for validation: whole documents and plans, never single rows."""

    share: float = Field(
        0.02, ge=0, le=0.5, description="Share of documents and plans that go to validation."
    )
    seed: int = Field(
        0,
        ge=0,
        lt=2**63,
        description="Another seed draws others; what the newest release trains on stays there.",
    )
    largest_group: int = Field(
        100,
        ge=1,
        description="Rows that belong together (by document, plan or duplicates) and are more than "
        "this go to training, so that no single group fills validation.",
    )


class Recipe(Config):
    """What a release is made of. Everything in it can change without asking any model again."""

    seed: int = Field(
        0,
        ge=0,
        lt=2**63,
        description="Another seed takes other rows; `validation` has one of its own.",
    )
    sources: tuple[Source, ...] = Field(
        (), description="Where rows come from; empty takes every pipeline whole."
    )
    remove_duplicates: tuple[DuplicateKind, ...] = Field(
        DUPLICATE_KINDS, description="Which kinds of duplicates stay out."
    )
    remove_leaks: tuple[LeakKind, ...] = Field(
        LEAK_KINDS, description="Which kinds of benchmark leaks stay out."
    )
    licences: LicenceFilter = Field(LicenceFilter(), description="Which licences may go in.")
    lengths: Lengths = Field(Lengths(), description="How long questions and answers may be.")
    filters: tuple[ScoreFilter, ...] = Field((), description="Bounds on scores.")
    siblings: Siblings = Field(Siblings(), description="What becomes of versions of one original.")
    balance: tuple[Balance, ...] = Field((), description="What is made more even, in this order.")
    domain_cap: DomainCap = Field(DomainCap(), description="How much one web domain may give.")
    total: int | None = Field(
        None,
        ge=1,
        description="Rows of the whole release; sources with weights share what the others leave. "
        "Without it they give the largest mix that keeps the proportions.",
    )
    shortfall: Literal["error", "warn"] = Field(
        "error",
        description="When a source has fewer rows than are asked of it: stop, or take all it has.",
    )
    validation: Validation = Field(Validation(), description="What is kept apart.")

    @model_validator(mode="after")
    def _sources_make_sense(self) -> Self:
        labels = [source.label for source in self.sources]
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"sources name {', '.join(twice)} more than once")
        weights = [source.weight for source in self.sources if source.weight is not None]
        if weights and not sum(weights):
            raise ValueError("the weights of the sources sum to nothing: give one more than 0")
        if self.sources and not any(source.gives for source in self.sources):
            raise ValueError("every source has a weight or a count of 0: let one give rows")
        counted = sum(source.count or 0 for source in self.sources)
        if self.total is not None:
            if not weights:
                raise ValueError("a total is shared out by weights: give the sources weights")
            if counted > self.total:
                raise ValueError(
                    f"the counts of the sources sum to {counted:,}, more than the total of "
                    f"{self.total:,}"
                )
        return self

    @model_validator(mode="after")
    def _filters_leave_something(self) -> Self:
        check_together(self.filters)
        return self

    @property
    def scores_named(self) -> tuple[str, ...]:
        """The scores that filters and siblings look at."""
        return (*(one.score for one in self.filters), *self.siblings.by)


__all__ = [
    "Balance",
    "Between",
    "DomainCap",
    "Lengths",
    "LicenceFilter",
    "Recipe",
    "ScoreFilter",
    "Siblings",
    "Source",
    "Validation",
]
