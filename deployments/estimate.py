"""An estimate before a run: requests, tokens, money and time, and what each figure rests on."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gleanery.deployments.ratios import Asking, Ratios, add_sample, measure_ratios
from gleanery.deployments.sampling import NO_POLICY, open_recaller, sample_documents
from gleanery.deployments.source_sizes import total_size, typical_size, with_sizes
from gleanery.deployments.terminal import open_console
from gleanery.deployments.workload import Workload, find_workload
from gleanery.flows.harvest_config import HarvestConfig, read_harvest_config
from gleanery.flows.run import open_store, storage_options
from gleanery.infra.budget import open_budget
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.parts import Parts
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.recall.source_files import SourceFile, list_sources
from gleanery.tasks.stage_inputs import EXTRACT, RECALL, REFINE

_SAMPLED_PAGES = 300
_SAMPLED_DOCUMENTS = 100


@dataclass(frozen=True)
class StageEstimate:
    """What one stage will take in, give out and cost; `seconds` is time on the clock."""

    stage: str
    rows_in: float
    rows_out: float
    requests: float = 0.0
    prompt_tokens: float = 0.0
    completion_tokens: float = 0.0
    cost: float = 0.0
    seconds: float = 0.0


def estimate(config_file: Path, requests_per_second: float) -> None:
    """Print what a run would ask, pay and take, and what that rests on; no model is asked."""
    config, settings = read_harvest_config(config_file), read_settings()
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
        _asking(
            EXTRACT,
            (documents, documents * ratios.pairs_per_document),
            asked,
            extraction,
            [config.engine],
            requests_per_second,
        ),
        _asking(
            REFINE,
            (pairs, pairs * len(refiners)),
            rewrites,
            refinement,
            refiners,
            requests_per_second,
        ),
    ]


def _asking(
    stage: str,
    rows: tuple[float, float],
    requests: float,
    asking: Asking,
    engines: Sequence[EngineConfig],
    requests_per_second: float,
) -> StageEstimate:
    """Return an LLM stage's estimate; several engines get an equal share of the requests."""
    prompt, completion = requests * asking.prompt_tokens, requests * asking.completion_tokens
    cost = sum(
        prompt * engine.price_per_million_prompt_tokens
        + completion * engine.price_per_million_completion_tokens
        for engine in engines
    )
    return StageEstimate(
        stage,
        *rows,
        requests,
        prompt,
        completion,
        cost / len(engines) / 1e6,
        requests / requests_per_second,
    )


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
    total = StageEstimate(
        "all",
        0,
        0,
        *(
            sum(getattr(stage, name) for stage in stages)
            for name in ("requests", "prompt_tokens", "completion_tokens", "cost", "seconds")
        ),
    )
    console.print(_table([*stages, total]))
    budget = open_budget(config.budget, store)
    console.print(f"Spent by earlier runs, of the budget: {budget.describe()}")
    console.print("\nThe figures rest on:")
    for ground in ratios.grounds:
        console.print(f"  {ground}")
    console.print("No model was asked.")


def _table(stages: Sequence[StageEstimate]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("stage")
    for name in ("in", "out", "requests", "prompt tokens", "completion tokens", "cost", "time"):
        table.add_column(name, justify="right")
    for stage in stages:
        table.add_row(
            stage.stage,
            f"{stage.rows_in:,.0f}" if stage.rows_in else "",
            f"{stage.rows_out:,.0f}" if stage.rows_out else "",
            f"{stage.requests:,.0f}",
            f"{stage.prompt_tokens:,.0f}",
            f"{stage.completion_tokens:,.0f}",
            f"{stage.cost:,.2f}",
            _duration(stage.seconds),
        )
    return table


def _duration(seconds: float) -> str:
    minutes, hours = seconds / 60, seconds / 3600
    if hours >= 48:
        return f"{hours / 24:,.1f} days"
    if hours >= 2:
        return f"{hours:.1f} h"
    return f"{minutes:.1f} min" if minutes >= 2 else f"{seconds:.0f} s"
