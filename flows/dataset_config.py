"""The configuration of a dataset: what it is built from, how it is curated, what is released."""

from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import (
    ConfigError,
    PipelineConfig,
    PipelineName,
    read_values,
    to_config,
)
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.curation.benchmark_config import DecontaminationConfig
from gleanery.tasks.curation.duplicates import DuplicatesConfig
from gleanery.tasks.curation.paraphrase_part import ParaphraseConfig
from gleanery.tasks.curation.semantic_duplicates import SemanticConfig
from gleanery.tasks.curation.vectors_model import VectorsConfig
from gleanery.tasks.release.publish_hub import HubConfig
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.recipe_file import read_recipe
from gleanery.tasks.scoring.agreement_config import AgreementConfig
from gleanery.tasks.scoring.judge_config import JudgeConfig

SourcePipeline = Annotated[
    HarvestConfig | TaxonomyConfig | SkillsConfig, Field(discriminator="method")
]


class DatasetConfig(PipelineConfig):
    """Everything that building a dataset needs to know."""

    method: Literal["dataset"] = Field("dataset", description="What this file configures.")
    name: PipelineName = "dataset"
    sources: tuple[SourcePipeline, ...] = Field(
        (),
        description="The pipelines whose pairs and examples are taken: whole configurations. In a "
        "YAML file, the path of a pipeline's own file stands for it.",
    )
    refresh: bool = Field(
        True,
        description="Run the sources first, so that what is new comes in; if not, they are taken "
        "as they are, and nothing of theirs is asked or paid.",
    )
    pairs: Literal["refined", "extracted"] = Field(
        "refined", description="Which of a harvest's pairs: rewritten, or as the pages have them."
    )

    decontamination: DecontaminationConfig = Field(
        DecontaminationConfig(), description="Benchmarks whose items are kept out."
    )
    duplicates: DuplicatesConfig = Field(
        DuplicatesConfig(), description="How alike two texts must be for one of them to go."
    )
    vectors: VectorsConfig = Field(
        VectorsConfig(), description="What the meaning of texts is compared by."
    )
    semantic_duplicates: bool = Field(
        True, description="Whether questions that ask the same in other words are looked for."
    )
    semantic: SemanticConfig = Field(
        SemanticConfig(), description="From where on two texts say the same."
    )
    paraphrase_judge: EngineConfig | None = Field(
        None,
        description="The LLM that is asked whether a question is a benchmark's in other words; "
        "without one, only shared words tell.",
    )
    paraphrases: ParaphraseConfig = Field(
        ParaphraseConfig(), description="Which benchmark problems that LLM is shown."
    )
    agreement: AgreementConfig = Field(
        AgreementConfig(), description="How the final answers of several versions are compared."
    )
    judges: tuple[EngineConfig, ...] = Field(
        (), description="LLMs that each grade every example; without one nobody is asked."
    )
    judge: JudgeConfig = Field(JudgeConfig(), description="How they are asked.")
    title: str = Field("", description="What the dataset card is headed; empty takes the name.")
    recipe: Recipe = Field(
        Recipe(),
        description="What of the curated rows is released. In a YAML file, a path may stand here.",
    )
    hub: HubConfig = Field(
        HubConfig(), description="Where each new release is pushed to, if at all."
    )
    report_examples: int = Field(
        300, ge=0, le=2000, description="Released rows that the report shows with their lineage."
    )

    @field_validator("sources")
    @classmethod
    def _have_names_of_their_own(cls, sources: tuple[PipelineConfig, ...]) -> Any:
        names = [source.name for source in sources]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"two sources have the name {', '.join(twice)}: rename one")
        return sources

    @model_validator(mode="after")
    def _is_built_from_others(self) -> Self:
        if not self.sources:
            raise ValueError(
                "a dataset needs at least one source: name the pipelines, or their files, under "
                "sources"
            )
        if self.name in {source.name for source in self.sources}:
            raise ValueError(
                f"a source has the dataset's own name, {self.name}: rename one of them, as a name "
                "is a folder below the root"
            )
        return self


def read_dataset_config(path: Path) -> DatasetConfig:
    """Return the dataset in a YAML file. Raises `ConfigError` with file, key and reason.

    A source that is a path, relative to the file, is read from there.
    """
    return to_config(path, with_files(path, read_values(path)), DatasetConfig)


def with_files(path: Path, values: dict[str, object]) -> dict[str, object]:
    """Return a dataset file's values, each source that is a path replaced by what it holds.

    So is a recipe that is a path. Raises `ConfigError`, and `RecipeError` with file and line.
    """
    sources = values.get("sources") or []
    if not isinstance(sources, list):
        raise ConfigError(f"{path}: sources is a list of pipelines, or of their files")
    recipe = values.get("recipe")
    read = {"recipe": read_recipe(path.parent / recipe)} if isinstance(recipe, str) else {}
    return {**values, **read, "sources": [_source(path, source) for source in sources]}


def _source(path: Path, source: object) -> object:
    values = read_values(path.parent / source) if isinstance(source, str) else source
    # A file that names no method is a harvest, here as on the command line.
    return {"method": "harvest", **values} if isinstance(values, dict) else values
