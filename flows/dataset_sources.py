"""The pipelines that a dataset is built from: run them, and list what each has made so far."""

from collections.abc import Callable, Mapping
from typing import Any

from gleanery.flows.harvest import harvest
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.synthesize_from_skills import synthesize_from_skills
from gleanery.flows.synthesize_from_taxonomy import synthesize_from_taxonomy
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.recall.batches import read_batches
from gleanery.tasks.skills.epochs import read_epochs
from gleanery.tasks.skills.stages import part_name
from gleanery.tasks.stage_inputs import EXAMPLES, EXTRACT, REFINE
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plans import slice_count
from gleanery.tasks.taxonomy.stages import slice_name
from gleanery.tasks.taxonomy.tree_files import load_taxonomy


def run_source(config: PipelineConfig) -> list[StageOutput]:
    """Run the flow of a source pipeline; return its stages' outputs."""
    flows: Mapping[type[PipelineConfig], Callable[[Any], list[StageOutput]]] = {
        HarvestConfig: harvest,
        TaxonomyConfig: synthesize_from_taxonomy,
        SkillsConfig: synthesize_from_skills,
    }
    return flows[type(config)](config)


def source_parts(config: PipelineConfig, settings: Settings, refined: bool) -> list[SourcePart]:
    """Return the parts that hold what a pipeline's configuration stands for today, earliest first.

    Parts of disciplines that the taxonomy has no more are not among them, although their files
    stay. `refined` says which of a harvest's pairs are meant: the rewritten ones or those found.
    Parts that are not made yet are listed too.
    """
    store = open_store(config, settings)
    if isinstance(config, HarvestConfig):
        stage, names = REFINE if refined else EXTRACT, _harvested(store)
    elif isinstance(config, TaxonomyConfig):
        stage, names = EXAMPLES, _slices(config, storage_options(settings))
    else:
        stage, names = EXAMPLES, _epoch_slices(store)
    return [SourcePart(config.name, store, stage, name) for name in names]


def _harvested(store: Store) -> list[str]:
    return [part.name for batch in read_batches(store) for part in batch.parts]


def _slices(config: TaxonomyConfig, options: Mapping[str, Any]) -> list[str]:
    taxonomy = load_taxonomy(config.taxonomy, dict(options))
    return [
        slice_name(discipline.id, number)
        for discipline in chosen_disciplines(taxonomy, config.nodes, config.include_proposed)
        for number in range(slice_count(config.plans))
    ]


def _epoch_slices(store: Store) -> list[str]:
    return [
        part_name(epoch, number) for epoch in read_epochs(store) for number in range(epoch.slices)
    ]
