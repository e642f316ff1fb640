"""An estimate of a harvest: what it would ask, sampled or measured on what is there."""

from collections.abc import Sequence

from rich.console import Console

from gleanery.deployments.ratios import Asking, Ratios, add_sample, measure_ratios
from gleanery.deployments.sampling import NO_POLICY, open_recaller, sample_documents
from gleanery.deployments.source_sizes import total_size, typical_size, with_sizes
from gleanery.deployments.stage_estimates import (
    StageEstimate,
    asking_estimate,
    estimates_table,
)
from gleanery.deployments.terminal import open_console
from gleanery.deployments.workload import Workload, find_workload
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.run import open_store, storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.parts import Parts
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.recall.source_files import SourceFile, list_sources
from gleanery.tasks.stage_inputs import EXTRACT, RECALL, REFINE

_SAMPLED_PAGES = 300
_SAMPLED_DOCUMENTS = 100


def estimate_harvest(
    config: HarvestConfig, settings: Settings, requests_per_second: float
) -> list[StageEstimate]:
    """Print what a harvest would ask, pay and take, and what that rests on; return its stages.

    No model is asked.
    """
    store = open_store(config, settings)
    options = storage_options(settings)
    found = list_sources(config.source, options)
    workload = find_workload(Parts(store), found)
    unknown = typical_size(workload.files or found, options)
    size = total_size(workload.files, unknown)
    ratios = find_ratios(config, settings, store, workload, found, unknown)
    stages = estimate_stages(
        config, workload, size, ratios, requests_per_second, settings.worker_count
    )
    if unknown:
        ratios.grounds.append(f"size: {unknown / 1e6:,.1f} MB a file, the mean of up to three")
    ratios.grounds.append(
        f"time: {requests_per_second:g} requests/s, {settings.worker_count} worker processes"
    )
    _print(open_console(), config, store, workload, size, ratios, stages)
    return stages


def find_ratios(
    config: HarvestConfig,
    settings: Settings,
    store: Store,
    workload: Workload,
    found: Sequence[SourceFile],
    size_if_unknown: int,
) -> Ratios:
    """Return ratios measured on earlier parts where there are any, else sampled or assumed."""
    parts = Parts(store)
    ratios = measure_ratios(parts, size_if_unknown)
    if ratios.is_measured or not (workload.files or workload.documents or workload.pairs):
        return ratios
    recaller = open_recaller(parts, or_all=True)
    sample = sample_documents(
        with_sizes(workload.files or found, size_if_unknown),
        recaller,
        config.source,
        config.recall,
        storage_options(settings),
        _SAMPLED_PAGES,
        _SAMPLED_DOCUMENTS,
    )
    add_sample(ratios, sample, config, recaller.policy is not NO_POLICY)
    return ratios


def estimate_stages(
    config: HarvestConfig,
    workload: Workload,
    size: int,
    ratios: Ratios,
    requests_per_second: float,
    workers: int,
) -> list[StageEstimate]:
    """Return the estimate of recall, extraction and refinement; `size` bytes are to be read."""
    pages = size * ratios.pages_per_byte
    new_documents = pages * ratios.documents_per_page
    documents = new_documents + workload.documents
    pairs = documents * ratios.pairs_per_document + workload.pairs
    refiners = config.refining_engines
    extraction, refinement = ratios.extraction or Asking(), ratios.refinement or Asking()
    recall_seconds = pages * ratios.seconds_per_page / workers
    asked = documents * extraction.requests + workload.failed_extractions
    rewrites = pairs * refinement.requests * len(refiners) + workload.failed_refinements
    return [
        StageEstimate(RECALL, pages, new_documents, seconds=recall_seconds),
        asking_estimate(
            EXTRACT,
            (documents, documents * ratios.pairs_per_document),
            asked,
            extraction,
            [config.engine],
            requests_per_second,
        ),
        asking_estimate(
            REFINE,
            (pairs, pairs * len(refiners)),
            rewrites,
            refinement,
            refiners,
            requests_per_second,
        ),
    ]


def _print(
    console: Console,
    config: HarvestConfig,
    store: Store,
    workload: Workload,
    size: int,
    ratios: Ratios,
    stages: Sequence[StageEstimate],
) -> None:
    console.print(f"Source: {len(workload.new_files):,} new files, {workload.known_files:,} known")
    console.print(f"To read: {len(workload.files):,} files, {size / 1e6:,.1f} MB")
    if workload.files and not size:
        console.print("  None of them tells its size: what comes of them is left out below.")
    if workload.documents or workload.pairs:
        console.print(
            f"Left open by earlier runs: {workload.documents:,} documents, {workload.pairs:,} pairs"
        )
    if failed := workload.failed_extractions + workload.failed_refinements:
        console.print(f"Failed before, to be asked again: {failed:,} requests")
    console.print(estimates_table(stages))
    budget = open_budget(config.budget, store)
    console.print(f"Spent by earlier runs, of the budget: {budget.describe()}")
    console.print("\nThe figures rest on:")
    for ground in ratios.grounds:
        console.print(f"  {ground}")
    console.print("No model was asked.")
