"""Taxonomy synthesis as Prefect sees it; what asks models runs as `gleanery.tasks.tasks` has it."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.taxonomy.plan_parts import draw_plan_parts
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig


@task(
    name="draw plans",
    task_run_name="plans {discipline}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def draw_plans_of(
    parts: Parts, discipline: str, config: TaxonomyPlansConfig, backfill: bool
) -> list[Receipt]:
    """Return the receipts of a discipline's plans, one per slice."""
    return draw_plan_parts(parts, discipline, config, backfill)
