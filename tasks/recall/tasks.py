"""Recall as Prefect sees it: light tasks that wait for a worker process."""

from collections.abc import Mapping, Sequence
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.compute import Workers
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.llm_part import LLMRun, run_llm_part
from gleanery.tasks.recall.batches import Batch, BatchPart
from gleanery.tasks.recall.calibration_pages import read_pages
from gleanery.tasks.recall.calibration_stage import CalibrationConfig, judging_part, train_part
from gleanery.tasks.recall.classifier import ClassifierConfig
from gleanery.tasks.recall.dedup_stage import dedup_batch
from gleanery.tasks.recall.prefilter_stage import train_prefilter as train_prefilter_here
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.recall_stage import RecallWork, recall_part_in, standing_part
from gleanery.tasks.recall.site_groups import DomainConfig
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.tasks import part_state


@task(
    name="recall part",
    task_run_name="recall {part.name}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def recall_part(
    parts: Parts,
    workers: Workers,
    part: BatchPart,
    work: RecallWork,
    backfill: bool = False,
    only: str = "",
) -> Receipt:
    """Return the receipt of the documents recalled from one part's files.

    With `backfill` a part that another policy or configuration made is done anew; with `only`,
    one in which rows were rejected for that reason.
    """
    standing = standing_part(parts, part, work, backfill, only)
    if standing:
        return part_state(standing, True)
    return part_state(recall_part_in(workers, parts, part, work), False)


@task(
    name="deduplicate batch",
    task_run_name="deduplicate batch {batch.number}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def deduplicate_batch(parts: Parts, batch: Batch, others: Sequence[Batch]) -> list[Receipt]:
    """Return the receipts of the keep-lists of a batch's parts."""
    return dedup_batch(parts, batch, others)


@task(
    name="read calibration pages",
    task_run_name="read {part.name}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def read_calibration_pages(
    parts: Parts,
    workers: Workers,
    part: BatchPart,
    source: SourceConfig,
    config: RecallConfig,
    options: Mapping[str, Any],
) -> Receipt:
    """Return the receipt of the pages of some source files, as calibration reads them."""
    return read_pages(parts, workers, part, source, config, options)


@task(
    name="train round",
    task_run_name="train round {number}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def train_round(
    parts: Parts,
    workers: Workers,
    number: int,
    pages: Sequence[Receipt],
    before: tuple[Receipt, Receipt] | None,
    config: CalibrationConfig,
) -> Receipt:
    """Return the receipt of one round of calibration, trained in a worker process."""
    return workers.run(train_part, parts, number, pages, before, config)


@task(
    name="train prefilter",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def train_prefilter(
    parts: Parts,
    workers: Workers,
    pages: Sequence[Receipt],
    last_round: Receipt,
    classifier: ClassifierConfig,
    keeps: float,
) -> Receipt:
    """Return the receipt of a prefilter for raw pages, trained in a worker process."""
    return workers.run(train_prefilter_here, parts, pages, last_round, classifier, keeps)


@task(
    name="judge sites",
    task_run_name="judge sites of round {number}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def judge_sites(
    run: LLMRun, number: int, recalled: Receipt, config: DomainConfig, engine: EngineConfig
) -> Receipt:
    """Return the receipt of the verdicts on the sites that a round has recalled pages from."""
    receipt, _ = run_llm_part(run, judging_part(run.parts, number, recalled, config, engine))
    return receipt
