"""The stages of taxonomy synthesis, and what one leaves for the next."""

from collections.abc import Sequence

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input
from gleanery.tasks.taxonomy.records import Question, Subject, Syllabus, TaxonomyPlan

PROPOSED_NODES = "proposed-nodes"
SUBJECTS = "subjects"
SYLLABI = "syllabi"
PLANS = "plans"
QUESTIONS = "questions"


def made_from(parts: Parts, stage: str, part: str) -> tuple[Input, ...] | None:
    """Return a part as what a later part is made from, or `None` while it is not there."""
    receipt = parts.newest(stage, part)
    if receipt is None:
        return None
    return (Input(stage=stage, part=part, row_digest=receipt.row_digest),)


def subjects_of(parts: Parts, discipline: str) -> list[Subject]:
    """Return a discipline's subjects, those that most lists named first."""
    receipt = parts.newest(SUBJECTS, discipline)
    return parts.rows(receipt, Subject) if receipt else []


def syllabi_of(parts: Parts, discipline: str) -> list[Syllabus]:
    """Return the syllabi of a discipline's subjects."""
    receipt = parts.newest(SYLLABI, discipline)
    return parts.rows(receipt, Syllabus) if receipt else []


def plans_of(parts: Parts, part: str) -> list[TaxonomyPlan]:
    """Return the plans of one slice of a discipline."""
    receipt = parts.newest(PLANS, part)
    return parts.rows(receipt, TaxonomyPlan) if receipt else []


def questions_of(parts: Parts, names: Sequence[str]) -> list[Question]:
    """Return the questions of some slices, in their order."""
    receipts = [parts.newest(QUESTIONS, name) for name in names]
    return [row for receipt in receipts if receipt for row in parts.rows(receipt, Question)]


def slice_name(discipline: str, number: int) -> str:
    """Return the name of the parts that hold one slice of a discipline's plans."""
    return f"{discipline}-{number:04d}"
