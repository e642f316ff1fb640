"""What the next run will ask models about one discipline, given the parts that are there."""

import functools
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gleanery.deployments.estimate_parts import ForeseenParts
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.receipts import Receipt
from gleanery.tasks.taxonomy.plan_parts import standing_plan_parts
from gleanery.tasks.taxonomy.plans import PLANS_PER_SLICE, slice_count
from gleanery.tasks.taxonomy.plans_counts import possible_plans
from gleanery.tasks.taxonomy.records import Discipline, Syllabus
from gleanery.tasks.taxonomy.stage_parts import (
    answers_part,
    questions_part,
    subjects_part,
    syllabi_part,
)
from gleanery.tasks.taxonomy.stages import (
    PLANS,
    SYLLABI,
    made_from,
    plans_of,
    slice_name,
    subjects_of,
    syllabi_of,
)


@dataclass(frozen=True, slots=True)
class OpenWork:
    """How many rows of each stage models will be asked about.

    `disciplines` get subjects, `subjects` a syllabus, `plans` a question, `questions` an answer.
    """

    disciplines: float = 0
    subjects: float = 0
    plans: float = 0
    questions: float = 0

    def __add__(self, other: "OpenWork") -> "OpenWork":
        """Return the sum, stage by stage."""
        return OpenWork(
            self.disciplines + other.disciplines,
            self.subjects + other.subjects,
            self.plans + other.plans,
            self.questions + other.questions,
        )


def open_work(
    parts: ForeseenParts, discipline: Discipline, config: TaxonomyConfig, subjects: float
) -> OpenWork:
    """Return what is open of a discipline; `subjects` are expected where they will be listed anew.

    Everything below a row that will be asked about counts as open.
    """
    name, language, engine = discipline.id, config.language, config.engine
    if parts.open_rows(subjects_part(discipline, config.subjects, language, engine)):
        plans = subjects * config.plans.plans_per_subject
        return OpenWork(1, subjects, plans, plans)
    part = syllabi_part(parts, name, config.syllabi, language, engine)
    courses = parts.open_rows(part) if part else []
    without = {subject.id for subject in courses}

    @functools.cache
    def syllabi() -> list[Syllabus]:
        # Read where something is open only: it is most of what a discipline has.
        kept = {subject.id for subject in subjects_of(parts, name)} - without
        return [syllabus for syllabus in syllabi_of(parts, name) if syllabus.subject_id in kept]

    work = OpenWork(subjects=len(courses))
    new = len(courses) * config.plans.plans_per_subject
    work += OpenWork(plans=new, questions=new)
    stands = not courses and _plans_stand(parts, name, config)
    for number in range(slice_count(config.plans)):
        missing = 0 if stands else _missing(parts, name, number, syllabi(), config)
        work += _open_in_slice(parts, name, number, syllabi, config, missing)
    return work


def _plans_stand(parts: ForeseenParts, discipline: str, config: TaxonomyConfig) -> bool:
    """Return whether all plans are drawn, or were once from the same syllabi and so will be."""
    if standing_plan_parts(parts, discipline, config.plans) is not None:
        return True
    for number in range(slice_count(config.plans)):
        same = _drawn_alike(parts, discipline, number, config)
        if same is None:
            return False
        parts.bring_back(same)
    return True


def _drawn_alike(
    parts: ForeseenParts, discipline: str, number: int, config: TaxonomyConfig
) -> Receipt | None:
    """Return the newest receipt of a slice's plans that is from today's syllabi and number."""
    part, made = slice_name(discipline, number), made_from(parts, SYLLABI, discipline)
    for receipt in parts.receipts(PLANS, part):
        *syllabi, wanted = receipt.inputs
        if tuple(syllabi) == made and wanted.row_digest == str(_wanted(number, config)):
            return receipt
    return None


def _wanted(number: int, config: TaxonomyConfig) -> int:
    """Return how many plans of each syllabus a slice is to have."""
    return min(PLANS_PER_SLICE, config.plans.plans_per_subject - number * PLANS_PER_SLICE)


def _missing(
    parts: ForeseenParts,
    discipline: str,
    number: int,
    syllabi: Sequence[Syllabus],
    config: TaxonomyConfig,
) -> int:
    """Return how many plans a slice will gain, as `draw_plan_parts` extends it."""
    has = Counter(plan.syllabus_id for plan in plans_of(parts, slice_name(discipline, number)))
    first, wanted = number * PLANS_PER_SLICE, _wanted(number, config)
    return sum(
        max(min(wanted, possible_plans(syllabus, config.plans) - first) - has[syllabus.id], 0)
        for syllabus in syllabi
    )


def _open_in_slice(
    parts: ForeseenParts,
    discipline: str,
    number: int,
    syllabi: Callable[[], Sequence[Syllabus]],
    config: TaxonomyConfig,
    missing: int,
) -> OpenWork:
    """Return what is open of a slice's plans; `missing` are still to be drawn."""
    language = config.language
    asked = questions_part(
        parts, discipline, number, config.questions, language, config.questioning_engine
    )
    answered = answers_part(
        parts, discipline, number, config.answers, language, config.answering_engine
    )
    plans = parts.open_rows(asked) if asked else []
    questions = parts.open_rows(answered) if answered else []
    there = {syllabus.id for syllabus in syllabi()} if plans or questions else set()
    new = missing + sum(plan.syllabus_id in there for plan in plans)
    open_before = sum(question.plan.syllabus_id in there for question in questions)
    return OpenWork(plans=new, questions=new + open_before)
