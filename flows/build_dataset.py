"""Building a dataset: what the methods made, curated and mixed to a recipe, published."""

from collections.abc import Sequence

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.curation_stages import find_duplicates, gather, sign
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.dataset_sources import run_source, source_parts
from gleanery.flows.decontaminate import seek_leaks
from gleanery.flows.fan_out import PARTS_AT_ONCE
from gleanery.flows.release_dataset import release_dataset
from gleanery.flows.run import Again, Run, open_run
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.stage_output import StageOutput

DatasetRun = Run[DatasetConfig]


@flow(
    name="build-dataset",
    flow_run_name="build dataset: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def build_dataset(config: DatasetConfig, again: Again = Again()) -> list[StageOutput]:
    """Return the outputs of all stages of curation; the release is in the dataset's store."""
    with open_run(config) as run:
        if config.refresh:
            for source in config.sources:
                run_source(source)
        sources = _sources(run)
        candidates = gather(run, sources)
        names = [receipt.part for receipt in candidates.receipts]
        leaks = seek_leaks(run, names, before_refinement=False)
        made = frozenset(names)
        signatures = sign(run, [source for source in sources if source.name in made])
        duplicates = find_duplicates(run, signatures)
        curated = Curated(candidates.receipts, duplicates.receipts, leaks.receipts)
        stages = [candidates.output, leaks.output, signatures.output, duplicates.output]
        selection, _ = release_dataset(run, curated, stages)
        return [*stages, selection]


def _sources(run: DatasetRun) -> Sequence[SourcePart]:
    refined = run.config.pairs == "refined"
    return [
        part
        for source in run.config.sources
        for part in source_parts(source, run.settings, refined)
    ]
