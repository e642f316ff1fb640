"""The parts of taxonomy synthesis that ask models: their plans, rows and dialogues."""

from collections.abc import Sequence
from typing import Any

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.near_identical import GroupedText, near_identical
from gleanery.tasks.records import Example, Loss
from gleanery.tasks.stage_inputs import EXAMPLES
from gleanery.tasks.taxonomy import question_prompts, subject_prompts, syllabus_prompts
from gleanery.tasks.taxonomy.answers import PROMPT, AnswersConfig, answer_question
from gleanery.tasks.taxonomy.plans import PLANS_PER_SLICE
from gleanery.tasks.taxonomy.questions import QuestionsConfig, question_id, write_question
from gleanery.tasks.taxonomy.records import Discipline, Question, Subject, Syllabus, TaxonomyPlan
from gleanery.tasks.taxonomy.stages import (
    PLANS,
    QUESTIONS,
    SUBJECTS,
    SYLLABI,
    made_from,
    plans_of,
    questions_of,
    slice_name,
    subjects_of,
    syllabi_of,
)
from gleanery.tasks.taxonomy.subjects import SubjectsConfig, list_subjects
from gleanery.tasks.taxonomy.syllabus import SyllabusConfig, write_syllabus

VERSION = 1
_ANSWERS_VERSION = 3  # pages that a question about an amount tells of are no length of its answer
_EARLIER_SLICES = 4  # looked back at: more would make the last slice read all of them


def subjects_part(
    discipline: Discipline, config: SubjectsConfig, language: str, engine: EngineConfig
) -> LLMPart[Discipline, Subject]:
    """Return the work of listing a discipline's subjects."""
    shown = Input(stage="taxonomy", part=discipline.id, row_digest=discipline.row_id)
    return LLMPart(
        plan=_plan(
            SUBJECTS,
            discipline.id,
            (shown,),
            {"config": config.model_dump(mode="json"), "language": language},
            subject_prompts.FINGERPRINT,
            engine,
        ),
        load=lambda: [discipline],
        row_id=lambda row: row.row_id,
        row_type=Subject,
        origin=lambda subject: subject.origin,
        engines=[engine],
        dialogue=lambda row, attempt: list_subjects(
            row, config, language, engine.identity, attempt
        ),
    )


def syllabi_part(
    parts: Parts, discipline: str, config: SyllabusConfig, language: str, engine: EngineConfig
) -> LLMPart[Subject, Syllabus] | None:
    """Return the work of writing the syllabi of a discipline; `None` before it has subjects."""
    inputs = made_from(parts, SUBJECTS, discipline)
    if inputs is None:
        return None
    return LLMPart(
        plan=_plan(
            SYLLABI,
            discipline,
            inputs,
            {"config": config.model_dump(mode="json"), "language": language},
            syllabus_prompts.FINGERPRINT,
            engine,
        ),
        load=lambda: subjects_of(parts, discipline),
        row_id=lambda subject: subject.id,
        row_type=Syllabus,
        origin=lambda syllabus: syllabus.subject_id,
        engines=[engine],
        dialogue=lambda row, attempt: write_syllabus(
            row, config, language, engine.identity, attempt
        ),
    )


def questions_part(
    parts: Parts,
    discipline: str,
    number: int,
    config: QuestionsConfig,
    language: str,
    engine: EngineConfig,
) -> LLMPart[TaxonomyPlan, Question] | None:
    """Return the work of writing the questions of one slice; `None` before it has plans."""
    part = slice_name(discipline, number)
    inputs = made_from(parts, PLANS, part)
    if inputs is None:
        return None
    syllabi: dict[str, Syllabus] = {}

    def load() -> Sequence[TaxonomyPlan]:
        syllabi.update((syllabus.id, syllabus) for syllabus in syllabi_of(parts, discipline))
        return plans_of(parts, part)

    def dialogue(plan: TaxonomyPlan, attempt: int) -> Dialogue[RowOutcome[Question]]:
        syllabus = syllabi[plan.syllabus_id]
        return write_question(plan, syllabus, config, language, engine.identity, attempt)

    return LLMPart(
        plan=_plan(
            QUESTIONS,
            part,
            inputs,
            {"config": config.model_dump(mode="json"), "language": language},
            question_prompts.FINGERPRINT,
            engine,
        ),
        load=load,
        row_id=lambda plan: plan.id,
        row_type=Question,
        origin=lambda question: question.plan.id,
        engines=[engine],
        dialogue=dialogue,
    )


def answers_part(
    parts: Parts,
    discipline: str,
    number: int,
    config: AnswersConfig,
    language: str,
    engine: EngineConfig,
) -> LLMPart[Question, Example] | None:
    """Return the work of answering the questions of one slice; `None` before it has any.

    A question that is nearly the same as an earlier one of its subject, in this slice or the four
    before, is rejected as "near_identical"; also when the earlier one comes in later, so these
    slices are inputs too.
    """
    part = slice_name(discipline, number)
    slices = [
        slice_name(discipline, n) for n in range(max(0, number - _EARLIER_SLICES), number + 1)
    ]
    inputs = tuple(i for name in slices for i in made_from(parts, QUESTIONS, name) or ())
    if not inputs or inputs[-1].part != part:
        return None
    repeated: dict[str, str] = {}

    def row_id(question: Question) -> str:
        # Another id once it is repeated, or no more: then what it came to before counts no more.
        return f"{question.id}-repeated" if question.id in repeated else question.id

    def load() -> Sequence[Question]:
        questions = questions_of(parts, slices)
        repeated.update(
            near_identical(GroupedText(q.id, q.plan.subject_id, q.text) for q in questions)
        )
        return [q for q in questions if q.plan.index >= number * PLANS_PER_SLICE]

    def dialogue(question: Question, attempt: int) -> Dialogue[RowOutcome[Example]]:
        if question.id in repeated:
            detail = f"{question.id} is nearly the same as {repeated[question.id]}"
            loss = Loss(row_id=row_id(question), reason="near_identical", detail=detail)
            return RowOutcome(losses=[loss])
        return (yield from answer_question(question, config, language, engine.identity, attempt))

    return LLMPart(
        plan=_plan(
            EXAMPLES,
            part,
            inputs,
            {"config": config.model_dump(mode="json"), "language": language},
            PROMPT,
            engine,
            _ANSWERS_VERSION,
        ),
        load=load,
        row_id=row_id,
        row_type=Example,
        origin=lambda row: question_id(row.plan_id, row.messages[0].content),
        engines=[engine],
        dialogue=dialogue,
    )


def _plan(
    stage: str,
    part: str,
    inputs: tuple[Input, ...],
    settings: dict[str, Any],
    prompt: str,
    engine: EngineConfig,
    version: int = VERSION,
) -> Plan:
    return Plan(
        stage=stage,
        version=version,
        part=part,
        inputs=inputs,
        decides={**settings, "prompt": prompt, "model": [engine.model, engine.revision]},
    )
