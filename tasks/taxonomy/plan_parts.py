"""The plans of a discipline as parts: drawn once, extended when there is more to ask."""

import time
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set

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

Combined = tuple[str, tuple[tuple[int, str], ...]]


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
    parts_of = [slice_name(discipline, number) for number in range(slice_count(config))]
    syllabi: list[Syllabus] = []
    taken: set[Combined] = set()
    drawn: TaxonomyPlans | None = None
    receipts = []
    for number, part in enumerate(parts_of):
        plan = _plan(inputs, part, number, config)
        newest = parts.newest(PLANS, part)
        receipt = standing_receipt(parts, plan, newest, backfill, None)
        if receipt is None:
            started = time.monotonic()
            if drawn is None:
                syllabi = syllabi_of(parts, discipline)
                drawn = TaxonomyPlans(syllabi, config)
                standing = [] if backfill else [plans_of(parts, name) for name in parts_of]
                taken = {_combined(row) for rows in standing for row in rows}
            rows = drawn.slice(number)
            if taken:  # otherwise all that is drawn is new
                rows = _extended(plans_of(parts, part), rows, syllabi, taken)
            outcome = Outcome(rows, [], [], len(rows))
            receipt = parts.commit(plan, outcome, TaxonomyPlan, started, newest)
        receipts.append(receipt)
    return receipts


def standing_plan_parts(
    parts: Parts, discipline: str, config: TaxonomyPlansConfig, backfill: bool = False
) -> list[Receipt] | None:
    """Return the receipts of a discipline's plans if all stand, or `None` if some do not.

    Of a discipline without syllabi there are no plans to draw, and so none of them is missing.
    """
    inputs = made_from(parts, SYLLABI, discipline)
    receipts = []
    for number in range(slice_count(config) if inputs else 0):
        part = slice_name(discipline, number)
        plan = _plan(inputs or (), part, number, config)
        receipt = standing_receipt(parts, plan, parts.newest(PLANS, part), backfill, None)
        if receipt is None:
            return None
        receipts.append(receipt)
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
    standing: Sequence[TaxonomyPlan],
    drawn: Sequence[TaxonomyPlan],
    syllabi: Sequence[Syllabus],
    taken: Set[Combined],
) -> list[TaxonomyPlan]:
    """Return the plans that stand, and of the drawn ones those that a syllabus lacks.

    Plans drawn with another seed or mix may combine what is taken: these are left out.
    """
    kept, new = _by_syllabus(standing), _by_syllabus(drawn)
    rows = []
    for syllabus in syllabi:
        has = kept[syllabus.id]
        missing = max(len(new[syllabus.id]) - len(has), 0)
        free = [plan for plan in new[syllabus.id] if _combined(plan) not in taken]
        rows += [*has, *free[:missing]]
    return rows


def _by_syllabus(plans: Iterable[TaxonomyPlan]) -> dict[str, list[TaxonomyPlan]]:
    found: dict[str, list[TaxonomyPlan]] = defaultdict(list)
    for plan in plans:
        found[plan.syllabus_id].append(plan)
    return found


def _combined(plan: TaxonomyPlan) -> Combined:
    return plan.syllabus_id, tuple((concept.session, concept.name) for concept in plan.concepts)
