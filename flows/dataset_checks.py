"""What can be wrong with a dataset by its configuration alone: known before any work, any server.

Prefect is not imported here, which takes seconds and reads its settings then.
"""

from collections.abc import Mapping
from typing import Any

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.dataset_scores import known_scores
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.release.recipe_check import check_names, check_scorers


def check_config(config: PipelineConfig, options: Mapping[str, Any]) -> None:
    """Raise what is wrong with a recipe's names or a benchmark's file, of a dataset or a harvest.

    `options` go to fsspec. Raises `RecipeError` and `BenchmarkError`.
    """
    if isinstance(config, DatasetConfig):
        check_recipe(config)
        for source in config.sources if config.refresh else ():
            check_config(source, options)
    if isinstance(config, DatasetConfig | HarvestConfig):
        read_benchmarks(config.decontamination.benchmarks, options)


def check_recipe(config: DatasetConfig) -> None:
    """Raise `RecipeError` for a recipe that names a source or a score that there is not."""
    check_names(config.recipe, methods_of(config))
    check_scorers(config.recipe, known_scores(config))


def methods_of(config: DatasetConfig) -> dict[str, str]:
    """Return the method of each source, by its name."""
    return {source.name: source.method for source in config.sources}
