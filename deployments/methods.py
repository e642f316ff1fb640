"""The methods: which configuration a file holds, and the flow that runs it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gleanery.flows.dataset_config import DatasetConfig, with_files
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import ConfigError, PipelineConfig, read_values, to_config
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.tasks.curation.paraphrase_part import PARAPHRASES
from gleanery.tasks.release.stages import SELECTION
from gleanery.tasks.scoring.stages import AGREEMENT, JUDGEMENTS
from gleanery.tasks.skills.stages import SKILL_EXAMPLES
from gleanery.tasks.stage_inputs import DEDUP, EXAMPLES, EXTRACT, LEAKS, RECALL, REFINE
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.taxonomy.stages import QUESTIONS, SUBJECTS, SYLLABI

if TYPE_CHECKING:
    from prefect import Flow

    from gleanery.flows.run import Again

PIPELINES: dict[str, type[PipelineConfig]] = {
    "harvest": HarvestConfig,
    "taxonomy": TaxonomyConfig,
    "skills": SkillsConfig,
    "dataset": DatasetConfig,
}
_RETRIED: dict[type[PipelineConfig], tuple[str, ...]] = {
    HarvestConfig: (RECALL, EXTRACT, REFINE),  # dedup asks and parses nothing
    TaxonomyConfig: (SUBJECTS, SYLLABI, QUESTIONS, EXAMPLES),
    SkillsConfig: (SKILL_EXAMPLES,),
    DatasetConfig: (PARAPHRASES, JUDGEMENTS),
}

_BY_RULE: dict[type[PipelineConfig], tuple[str, ...]] = {
    HarvestConfig: (DEDUP, LEAKS),
    TaxonomyConfig: (),
    SkillsConfig: (),
    DatasetConfig: (AGREEMENT, SELECTION),
}


def read_config(path: Path) -> PipelineConfig:
    """Return the configuration in a YAML file, of the method that its key `method` names.

    A file without that key is a harvest. Raises `ConfigError` with file, key and reason.
    """
    values = read_values(path)
    method = str(values.get("method", "harvest"))
    if method not in PIPELINES:
        raise ConfigError(
            f"{path} has the method {method}, and this takes {', '.join(PIPELINES)}; "
            "`gleanery run` takes every method"
        )
    if method == "dataset":
        values = with_files(path, values)
    return to_config(path, values, PIPELINES[method])


def retried_stages(config: PipelineConfig) -> tuple[str, ...]:
    """Return the stages of a method whose rejected rows can be done again."""
    return _RETRIED[type(config)]


def stages_by_rule(config: PipelineConfig) -> tuple[str, ...]:
    """Return the stages of a method that reject rows by rules alone: every run applies them."""
    return _BY_RULE[type(config)]


def run_method(config: PipelineConfig, again: Again) -> list[StageOutput]:
    """Run the flow that a configuration is for, and return its stages' outputs."""
    return flow_of(config)(config, again)


def flow_of(config: PipelineConfig) -> Flow[[Any, Again], list[StageOutput]]:
    """Return the flow that runs a configuration."""
    # Imported here: Prefect reads its settings, the server's address among them, on import.
    from gleanery.flows.build_dataset import build_dataset
    from gleanery.flows.harvest import harvest
    from gleanery.flows.synthesize_from_skills import synthesize_from_skills
    from gleanery.flows.synthesize_from_taxonomy import synthesize_from_taxonomy

    flows: dict[type[PipelineConfig], Flow[[Any, Again], list[StageOutput]]] = {
        HarvestConfig: harvest,
        TaxonomyConfig: synthesize_from_taxonomy,
        SkillsConfig: synthesize_from_skills,
        DatasetConfig: build_dataset,
    }
    return flows[type(config)]
