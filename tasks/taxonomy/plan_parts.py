"""The plans of a discipline as parts: drawn once, extended when there is more to ask."""

import time
from collections import defaultdict
from collections.abc import Sequence

from gleanery.infra.incremental import standing_receipt
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.taxonomy.plans import PLANS_PER_SLICE, TaxonomyPlans, slice_count
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.records import Syllabus, TaxonomyPlan
from gleanery.tasks.taxonomy.stages import (
    PLANS,
    SYLLABI,
    made_from,
    plans_of,
    slice_name,
    syllabi_of,
)

VERSION = 1


def draw_plan_parts(
    parts: Parts, discipline: str, config: TaxonomyPlansConfig, backfill: bool = False
) -> list[Receipt]:
    """Return the receipts of a discipline's plans, one part per slice.

    Without `backfill`, plans that were drawn stay whatever seed and mix say today: a syllabus that
    is new gets all of its plans, and a larger number per subject the rest.
    """
    inputs = made_from(parts, SYLLABI, discipline)
    if inputs is None:
        return []
    drawn: TaxonomyPlans | None = None
    receipts = []
    for number in range(slice_count(config)):
        plan = _plan(inputs, slice_name(discipline, number), number, config)
        newest = parts.newest(PLANS, plan.part)
        standing = standing_receipt(parts, plan, newest, backfill, None)
        if standing is None:
            started = time.monotonic()
            drawn = drawn or TaxonomyPlans(syllabi_of(parts, discipline), config)
            standing_rows = [] if backfill else plans_of(parts, plan.part)
            rows = _extended(standing_rows, drawn.slice(number), syllabi_of(parts, discipline))
            outcome = Outcome(rows, [], [], len(rows))
            standing = parts.commit(plan, outcome, TaxonomyPlan, started, newest)
        receipts.append(standing)
    return receipts


def _plan(inputs: tuple[Input, ...], part: str, number: int, config: TaxonomyPlansConfig) -> Plan:
    wanted = min(PLANS_PER_SLICE, config.plans_per_subject - number * PLANS_PER_SLICE)
    return Plan(
        stage=PLANS,
        version=VERSION,
        part=part,
        inputs=(*inputs, Input(stage="plans per subject", part=part, row_digest=str(wanted))),
        decides={"config": config.model_dump(mode="json", exclude={"plans_per_subject"})},
    )


def _extended(
    standing: Sequence[TaxonomyPlan], drawn: Sequence[TaxonomyPlan], syllabi: Sequence[Syllabus]
) -> list[TaxonomyPlan]:
    """Return the plans that stand, and of the drawn ones those that a syllabus lacks."""
    kept: dict[str, list[TaxonomyPlan]] = defaultdict(list)
    for plan in standing:
        kept[plan.syllabus_id].append(plan)
    wanted: dict[str, list[TaxonomyPlan]] = defaultdict(list)
    for plan in drawn:
        wanted[plan.syllabus_id].append(plan)
    rows = []
    for syllabus in syllabi:
        has = kept[syllabus.id]
        ids = {plan.id for plan in has}
        missing = len(wanted[syllabus.id]) - len(has)
        new = [plan for plan in wanted[syllabus.id] if plan.id not in ids]
        rows += [*has, *new[: max(missing, 0)]]
    return rows
