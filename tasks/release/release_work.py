"""What a release is made from and says of itself, beside the rows that curation left."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from gleanery.infra.storage import Store
from gleanery.tasks.coverage import Coverage
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.report_data import BenchmarkSearched
from gleanery.tasks.stage_output import StageOutput

Split = Literal["train", "validation"]


@dataclass(frozen=True)
class ReleaseWork:
    """What goes into a release and its report.

    - `name`, `title`: the dataset's, for machines and for people.
    - `stores`: of the source pipelines, by name.
    - `stages`: what each source pipeline's stages came to, by pipeline, and the dataset's own
      under "".
    - `taken`: the source pipelines that the recipe takes rows from.
    - `coverage`: of each synthesis among those, by pipeline.
    - `benchmarks`: which were looked for; `duplicates`: which kinds were.
    - `models`: who was asked about the rows, by its part ("judge 1").
    - `folders`: of each source pipeline whose source is local, where that lies.
    - `scores`: the columns of all scores that are configured, with what each says.
    - `sampled`: how many rows the report's browser shows.
    """

    name: str
    title: str
    recipe: Recipe
    stores: Mapping[str, Store]
    stages: Mapping[str, Sequence[StageOutput]]
    taken: Collection[str]
    coverage: Mapping[str, Coverage]
    benchmarks: Sequence[BenchmarkSearched]
    duplicates: Sequence[str]
    models: Mapping[str, str]
    sampled: int
    scores: Mapping[str, str] = field(default_factory=dict)
    folders: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def unasked(self) -> dict[str, int]:
        """How many rows each stage of the dataset could not ask about, by stage."""
        return {
            output.stage: sum(output.failed.values()) for output in self.stages[""] if output.failed
        }


def pipelines_taken(recipe: Recipe, methods: Mapping[str, str]) -> set[str]:
    """Return the pipelines that a recipe takes rows from; `methods` has the method of each.

    A weight or a count of 0 takes none.
    """
    named = {source.pipeline for source in recipe.sources if source.pipeline}
    taken = set() if recipe.sources else set(methods)
    for source in recipe.sources:
        if not source.gives:
            continue
        if source.pipeline:
            taken.add(source.pipeline)
        else:
            taken |= {n for n, method in methods.items() if method == source.method} - named
    return taken
