from pathlib import Path

from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan
from gleanery.infra.storage import Store
from gleanery.tasks.taxonomy.plan_parts import draw_plan_parts
from gleanery.tasks.taxonomy.plans_config import TaxonomyPlansConfig
from gleanery.tasks.taxonomy.records import ClassSession, Syllabus, TaxonomyPlan
from gleanery.tasks.taxonomy.stages import SYLLABI

DISCIPLINE = "optics"


def syllabus(name: str) -> Syllabus:
    return Syllabus(
        id=name,
        subject_id=name,
        discipline_id=DISCIPLINE,
        discipline="Optics",
        subject=name,
        level="",
        sessions=[
            ClassSession(title=f"S{n}", description="", concepts=[f"c{n}{m}" for m in range(3)])
            for n in range(5)
        ],
        calls=[],
    )


def make(parts: Parts, *names: str) -> None:
    plan = Plan(stage=SYLLABI, version=1, part=DISCIPLINE, inputs=(), decides={"n": len(names)})
    rows = [syllabus(name) for name in names]
    newest = parts.newest(SYLLABI, DISCIPLINE)
    parts.commit(plan, Outcome(rows, [], [], len(rows)), Syllabus, 0.0, newest)


def drawn(parts: Parts, backfill: bool = False, **config: object) -> list[TaxonomyPlan]:
    receipts = draw_plan_parts(
        parts, DISCIPLINE, TaxonomyPlansConfig.model_validate(config), backfill
    )
    return [row for receipt in receipts for row in parts.rows(receipt, TaxonomyPlan)]


def test_larger_number_adds_plans_and_leaves_the_earlier_ones(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    make(parts, "rays")
    few = drawn(parts, plans_per_subject=10)
    many = drawn(parts, plans_per_subject=40)
    assert (len(few), len(many)) == (10, 40)
    assert [plan.id for plan in many[:10]] == [plan.id for plan in few]


def test_new_syllabus_gets_its_plans_and_the_others_keep_theirs(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    make(parts, "rays")
    before = {plan.id for plan in drawn(parts, plans_per_subject=20)}
    make(parts, "rays", "waves")
    after = drawn(parts, plans_per_subject=20, seed=7)
    assert {plan.id for plan in after if plan.subject_id == "rays"} == before
    assert len([plan for plan in after if plan.subject_id == "waves"]) == 20


def test_another_seed_applies_to_what_is_new_and_repeats_no_combination(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    make(parts, "rays")
    first = drawn(parts, plans_per_subject=10)
    assert drawn(parts, plans_per_subject=10, seed=3) == first
    later = drawn(parts, plans_per_subject=48, seed=3)
    assert later[:10] == first
    combined = [tuple((c.session, c.name) for c in plan.concepts) for plan in later]
    assert len(set(combined)) == len(combined)
    assert len(later) > 40


def test_backfill_draws_all_anew(tmp_path: Path) -> None:
    parts = Parts(Store(str(tmp_path)))
    make(parts, "rays")
    first = {plan.id for plan in drawn(parts, plans_per_subject=10)}
    anew = drawn(parts, backfill=True, plans_per_subject=10, seed=3)
    assert len(anew) == 10
    assert {plan.id for plan in anew} != first
