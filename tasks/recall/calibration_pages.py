"""The calibration corpus: the text of every page of some source files, read once."""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from gleanery.infra.compute import Workers
from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.tables import RowSpool
from gleanery.tasks.recall.batches import BatchPart, group_files
from gleanery.tasks.recall.calibration import CalibrationPage
from gleanery.tasks.recall.page_text import first_text
from gleanery.tasks.recall.prefilter import raw_view
from gleanery.tasks.recall.raw_pages import RawPage
from gleanery.tasks.recall.recall_config import RecallConfig
from gleanery.tasks.recall.source_config import SourceConfig
from gleanery.tasks.recall.source_files import list_sources
from gleanery.tasks.recall.sources import read_source
from gleanery.tasks.urls import registered_domain

STAGE = "calibration-pages"
VERSION = 1


def calibration_parts(
    source: SourceConfig, most_files: int, part_bytes: int, options: Mapping[str, Any]
) -> Sequence[BatchPart]:
    """Return the first source files, grouped into parts."""
    return group_files(0, list_sources(source, options)[:most_files], part_bytes)


def read_pages(
    parts: Parts,
    workers: Workers,
    part: BatchPart,
    source: SourceConfig,
    config: RecallConfig,
    options: Mapping[str, Any],
) -> Receipt:
    """Return the receipt of a part's pages, read in a worker process; one that stands is reused."""
    plan = Plan(
        stage=STAGE,
        version=VERSION,
        part=part.name,
        inputs=tuple(
            Input(stage="source", part=file.uri, row_digest=file.etag) for file in part.files
        ),
        decides={
            "source": source.model_dump(mode="json", exclude={"paths", "base_url"}),
            "config": config.model_dump(
                mode="json", include={"limits", "min_characters", "prefilter"}
            ),
        },
    )
    newest = parts.newest(STAGE, part.name)
    if newest and newest.key == plan.key:
        return newest
    return workers.run(_read_in_worker, parts, part, plan, source, config, options)


def _read_in_worker(
    parts: Parts,
    part: BatchPart,
    plan: Plan,
    source: SourceConfig,
    config: RecallConfig,
    options: Mapping[str, Any],
) -> Receipt:
    started = time.monotonic()
    newest = parts.newest(STAGE, part.name)
    with RowSpool(CalibrationPage) as pages, RowSpool(Loss) as losses:
        for file in part.files:
            for item in read_source(file.uri, source, options):
                page = item if isinstance(item, Loss) else _page(item, config)
                if isinstance(page, Loss):
                    losses.append(page)
                else:
                    pages.append(page)
        outcome: Outcome[CalibrationPage] = Outcome((), (), (), pages.count + losses.count)
        return parts.commit_spooled(plan, outcome, pages, losses, started, newest)


def _page(page: RawPage, config: RecallConfig) -> CalibrationPage | Loss:
    first = first_text(page, config.limits)
    if isinstance(first, Loss):
        return first
    if len(first.text) < config.min_characters:
        return Loss(
            row_id=page.row_id,
            reason="too_short",
            detail=f"{len(first.text)} characters of text",
            source=page.source,
            offset=page.offset,
        )
    return CalibrationPage(
        id=digest([page.url, first.text]),
        url=page.url,
        domain=registered_domain(page.url),
        title=first.title,
        text=first.text,
        raw_view=raw_view(page.body) if config.prefilter and page.body else "",
    )
