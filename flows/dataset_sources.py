"""The pipelines that a dataset is built from: run them, and list what each has made so far."""

import functools
from collections.abc import Callable, Mapping
from typing import Any

from gleanery.flows.fan_out import look_at_all
from gleanery.flows.harvest import harvest
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.synthesize_from_skills import synthesize_from_skills
from gleanery.flows.synthesize_from_taxonomy import synthesize_from_taxonomy
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.parts import Parts
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.recall.batches import read_batches
from gleanery.tasks.skills.epochs import read_epochs
from gleanery.tasks.skills.stages import SKILL_EXAMPLES, part_name
from gleanery.tasks.stage_inputs import DEDUP, EXAMPLES, EXTRACT, LEAKS, RECALL, REFINE
from gleanery.tasks.stage_output import StageOutput, stage_output
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.plans import slice_count
from gleanery.tasks.taxonomy.stages import PLANS, QUESTIONS, SUBJECTS, SYLLABI, slice_name
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
    names = _names_by_stage(config, settings, store)
    stage = EXAMPLES if EXAMPLES in names else REFINE if refined else EXTRACT
    return [SourcePart(config.name, store, stage, name) for name in names[stage]]


def source_outputs(config: PipelineConfig, settings: Settings) -> list[StageOutput]:
    """Return the totals of all stages of a pipeline over all that it stands for today.

    Whatever run has made it: a night's own outputs tell of that night's batches alone.
    """
    parts = Parts(open_store(config, settings))
    outputs = []
    for stage, names in _names_by_stage(config, settings, parts.store).items():
        receipts = look_at_all(functools.partial(parts.newest, stage), names)
        outputs.append(stage_output(stage, [found for found in receipts if found], parts.writer))
    return outputs


def _names_by_stage(
    config: PipelineConfig, settings: Settings, store: Store
) -> dict[str, list[str]]:
    """Return the names of the parts of each stage, the last stage last."""
    if isinstance(config, HarvestConfig):
        batches = [part.name for batch in read_batches(store) for part in batch.parts]
        leaks = [LEAKS] if config.decontamination.benchmarks else []
        return dict.fromkeys((RECALL, DEDUP, EXTRACT, *leaks, REFINE), batches)
    if isinstance(config, TaxonomyConfig):
        disciplines = _disciplines(config, storage_options(settings))
        slices = [
            slice_name(name, number)
            for name in disciplines
            for number in range(slice_count(config.plans))
        ]
        by_discipline = dict.fromkeys((SUBJECTS, SYLLABI), disciplines)
        return by_discipline | dict.fromkeys((PLANS, QUESTIONS, EXAMPLES), slices)
    epochs = [
        part_name(epoch, number) for epoch in read_epochs(store) for number in range(epoch.slices)
    ]
    return dict.fromkeys((SKILL_EXAMPLES, EXAMPLES), epochs)


def _disciplines(config: TaxonomyConfig, options: Mapping[str, Any]) -> list[str]:
    taxonomy = load_taxonomy(config.taxonomy, dict(options))
    chosen = chosen_disciplines(taxonomy, config.nodes, config.include_proposed)
    return [discipline.id for discipline in chosen]
