"""Releasing as Prefect sees it: light tasks that wait for a worker process."""

from collections.abc import Mapping, Sequence

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.compute import Workers
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.release.publish import Published
from gleanery.tasks.release.publish_hub import HubConfig, push_once
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.release_stage import release_selection
from gleanery.tasks.release.release_work import ReleaseWork
from gleanery.tasks.release.selection_part import Curated, select_candidates
from gleanery.tasks.tasks import part_state


@task(name="select rows", persist_result=False, cache_policy=NO_CACHE)
def select_rows(
    workers: Workers,
    parts: Parts,
    curated: Curated,
    recipe: Recipe,
    pipelines: Mapping[str, str],
    sources: Sequence[Store],
) -> Receipt:
    """Return the receipt of what the recipe selects."""
    return part_state(*workers.run(select_candidates, parts, curated, recipe, pipelines, sources))


@task(name="publish release", persist_result=False, cache_policy=NO_CACHE)
def publish_release(
    workers: Workers, parts: Parts, curated: Curated, selection: Receipt, work: ReleaseWork
) -> Published:
    """Return the release that counts, made now or standing."""
    return workers.run(release_selection, parts, curated, selection, work)


@task(
    name="push release", task_run_name="push {version}", persist_result=False, cache_policy=NO_CACHE
)
def push_release(store: Store, config: HubConfig, version: str) -> str:
    """Return the address of a release on the Hub, pushed now unless it has been already."""
    return push_once(store, config, version)
