"""What a release is made from and says of itself, beside the rows that curation left."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
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
    - `coverage`: of each synthesis, by pipeline.
    - `benchmarks`: which were looked for; `duplicates`: which kinds were.
    - `facts`: what else the report names ("Judge"), by name.
    - `sampled`: how many rows the report's browser shows.
    """

    name: str
    title: str
    recipe: Recipe
    stores: Mapping[str, Store]
    stages: Mapping[str, Sequence[StageOutput]]
    coverage: Mapping[str, Coverage]
    benchmarks: Sequence[BenchmarkSearched]
    duplicates: Sequence[str]
    facts: Mapping[str, str]
    sampled: int
