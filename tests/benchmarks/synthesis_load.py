"""The input of `synthesis.py`: finished question parts, and a skill set with its plans' epoch."""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass

from synthesis_replies import question_text

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan
from gleanery.infra.storage import Store
from gleanery.tasks.llm_part import LLMPart
from gleanery.tasks.records import Call, Example
from gleanery.tasks.skills.epochs import seal_epochs
from gleanery.tasks.skills.generate_config import GenerationConfig
from gleanery.tasks.skills.generation_part import generation_part
from gleanery.tasks.skills.plans import EpochPlans
from gleanery.tasks.skills.plans_config import SkillPlansConfig
from gleanery.tasks.skills.records import QueryType, Skill, SkillPlan
from gleanery.tasks.skills.stages import part_name
from gleanery.tasks.taxonomy.answers import AnswersConfig
from gleanery.tasks.taxonomy.plans import PLANS_PER_SLICE
from gleanery.tasks.taxonomy.questions import question_id
from gleanery.tasks.taxonomy.records import Concept, Question, TaxonomyPlan
from gleanery.tasks.taxonomy.stage_parts import answers_part
from gleanery.tasks.taxonomy.stages import QUESTIONS, slice_name

SUBJECTS, SLICES = 125, 2  # of a discipline: parts of 2,000 questions, as the paper's size gives
LISTS = 4  # of a discipline's ten that name a subject; each is two calls in a row's lineage

_DOING = ("estimating", "comparing", "tracing", "weighing", "wording", "sorting", "planning")
_WHAT = re.findall(
    r"\w+",
    """costs causes habits deadlines motives rumours budgets timetables excuses promises shortcuts
    traditions invitations preferences complaints estimates precedents routines refunds detours""",
)


@dataclass(frozen=True)
class Slice:
    """The question parts that make one answers part, and how many questions they hold."""

    discipline: str
    number: int
    questions: int


def question_slices(examples: int) -> Iterator[Slice]:
    """Yield slices of whole subjects until `examples` questions are in them."""
    left = examples
    discipline = 0
    while left > 0:
        for number in range(SLICES):
            count = min(left, SUBJECTS * PLANS_PER_SLICE)
            if count:
                yield Slice(f"discipline-{discipline:04d}", number, count)
            left -= count
        discipline += 1


def commit_questions(parts: Parts, examples: int) -> None:
    """Write the question parts that answers are asked for."""
    first = 0
    for piece in question_slices(examples):
        rows = [_question(piece, first + n, n) for n in range(piece.questions)]
        first += piece.questions
        name = slice_name(piece.discipline, piece.number)
        plan = Plan(stage=QUESTIONS, version=1, part=name, inputs=(), decides={})
        outcome = Outcome(rows, [], [], len(rows))
        parts.commit(plan, outcome, Question, time.monotonic(), None)


def _question(piece: Slice, number: int, place: int) -> Question:
    subject = f"{piece.discipline}-subject-{place // PLANS_PER_SLICE:03d}"
    plan = TaxonomyPlan(
        id=digest(["plan", number]),
        syllabus_id=digest(subject),
        subject_id=subject,
        discipline_id=piece.discipline,
        index=piece.number * PLANS_PER_SLICE + place % PLANS_PER_SLICE,
        strategy="single_session",
        sessions=[3],
        concepts=[Concept(session=3, name=f"Key concept {n}") for n in range(3)],
        difficulty="intermediate",
        form="a problem to solve",
    )
    steps = ["list", "list records"] * LISTS + ["syllabus", "syllabus records"]
    calls = [_call(step, (subject, n)) for n, step in enumerate(steps)]
    text = question_text(number)
    return Question(
        id=question_id(plan.id, text),
        plan=plan,
        discipline=f"Discipline {piece.discipline[-4:]}",
        subject=f"Subject {subject[-3:]}",
        text=text,
        calls=[*calls, _call("question", number)],
    )


def _call(step: str, what: object) -> Call:
    key = digest([step, str(what)])
    return Call(step=step, model="stub-model", prompt=digest(step), request_key=key)


def answer_parts(
    parts: Parts, examples: int, engine: EngineConfig
) -> list[LLMPart[Question, Example]]:
    """Return the parts of the answers stage, over the questions that were committed."""
    made = [
        answers_part(parts, piece.discipline, piece.number, AnswersConfig(), "English", engine)
        for piece in question_slices(examples)
    ]
    return [part for part in made if part]


def skill_parts(
    store: Store, examples: int, engine: EngineConfig
) -> list[LLMPart[SkillPlan, Example]]:
    """Return the parts of generation from skills, over an epoch that is sealed here."""
    skills = [
        Skill(
            id=digest(["skill", doing, what]),
            name=f"{doing} {what}",
            definition=f"Takes up the {what} that matter here, and says what follows from them.",
            topic="",
            aliases=[],
            origin="written",
        )
        for doing in _DOING
        for what in _WHAT
    ]
    kinds = [
        QueryType(id=digest(["kind", n]), name=f"kind {n}", definition="A request.", example="")
        for n in range(8)
    ]
    epochs = seal_epochs(store, skills, kinds, SkillPlansConfig(count=examples))
    drawn = EpochPlans(epochs, 1)
    shown = (Input(stage="epochs", part="1", row_digest="made for a benchmark"),)

    def part(number: int) -> LLMPart[SkillPlan, Example]:
        return generation_part(
            part_name(epochs[0], number),
            shown,
            lambda: (drawn.slice(number), skills, kinds),
            GenerationConfig(),
            [engine],
        )

    return [part(number) for number in range(epochs[0].slices)]
