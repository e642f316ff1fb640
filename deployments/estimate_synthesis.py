"""An estimate of a synthesis: what its stages will ask, given what is there and what is assumed."""

from gleanery.deployments.estimate_ground import Ground
from gleanery.deployments.estimate_parts import ForeseenParts
from gleanery.deployments.estimate_skills import skills_stages
from gleanery.deployments.estimate_taxonomy import taxonomy_stages
from gleanery.deployments.stage_estimates import StageEstimate, estimates_table
from gleanery.deployments.terminal import open_console
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.budget import open_budget
from gleanery.infra.settings import Settings


def estimate_synthesis(
    config: PipelineConfig, settings: Settings, requests_per_second: float
) -> list[StageEstimate]:
    """Print what a synthesis would ask, pay and take, and what that rests on; return its stages.

    No model is asked.
    """
    store = open_store(config, settings)
    ground = Ground(ForeseenParts(store), open_console(), requests_per_second)
    options = storage_options(settings)
    if isinstance(config, TaxonomyConfig):
        stages = taxonomy_stages(config, options, ground)
    else:
        assert isinstance(config, SkillsConfig)
        stages = skills_stages(config, options, ground)
    console = ground.console
    console.print(estimates_table(stages))
    budget = open_budget(config.budget, store)
    console.print(f"Spent by earlier runs, of the budget: {budget.describe()}")
    console.print("\nThe figures rest on:")
    for words in [*ground.words, f"time: {requests_per_second:g} requests/s"]:
        console.print(f"  {words}")
    console.print("No model was asked.")
    return stages
