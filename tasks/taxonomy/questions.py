"""Asking for one homework question per plan, and reading it."""

import re

from pydantic import BaseModel, ConfigDict, Field

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Failure, Message, ModelIdentity, Request, Sampling
from gleanery.tasks import answer_checks
from gleanery.tasks.answered import finished_text
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.control_characters import without_control_characters
from gleanery.tasks.json_answers import read_json_answer
from gleanery.tasks.language import wrong_language
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Call, Loss
from gleanery.tasks.taxonomy.question_prompts import (
    FINGERPRINT,
    ONE_CONCEPT,
    ONE_SESSION,
    QUESTION_SCHEMA,
    TWO_SESSIONS,
    WRITE_QUESTION,
)
from gleanery.tasks.taxonomy.records import Question, Syllabus, TaxonomyPlan
from gleanery.tasks.unreadable_answers import repeated, why_unreadable

# A question that leans on what its reader does not see.
_MENTIONS_COURSE = re.compile(
    r"\b(?:class |lecture |course )?sessions? (?:\d+|one|two|three|four|five)\b"
    r"|\b(?:the|this|our|your) (?:syllabus|course materials?|lectures?|textbook)\b"
    # Not "in the course of a year", nor "in class Shape" of a program.
    r"|\b(?:in|from|as (?:seen|discussed|covered|learned) in) (?:the (?:course(?! of\b)|lecture)\b"
    r"|class\b(?! `?(?-i:(?!I\b)[A-Z\d])))",
    re.IGNORECASE,
)


class QuestionsConfig(AskingConfig):
    """How homework questions are asked for."""

    sampling: Sampling = Field(
        Sampling(temperature=0.7, top_p=0.95, max_tokens=2048),
        description="How the model draws a question.",
    )
    tries: int = Field(
        2, ge=1, le=10, description="How often an unusable question is asked for, all in all."
    )


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    question: str


def write_question(
    plan: TaxonomyPlan,
    syllabus: Syllabus,
    config: QuestionsConfig,
    language: str,
    model: ModelIdentity,
    attempt: int = 0,
) -> Dialogue[RowOutcome[Question]]:
    """Ask for a plan's question; one that is unusable is asked for again, `tries` times in all.

    Reasons: those of `finished_text` and of `why_unreadable`, "empty", "refusal", "meta_preamble",
    "mentions_course", "echo" (of the prompt), "wrong_language".
    """
    loss = None
    for number in range(attempt * config.tries, (attempt + 1) * config.tries):
        request = request_for(plan, syllabus, config, language, model, number)
        results = yield {0: [request]}
        text = finished_text(plan.id, results[request.key])
        if isinstance(text, Loss):
            loss = text
            if isinstance(results[request.key], Failure):
                break  # no answer yet: the next run asks again
            continue
        found = _question_in(plan, text, request.messages[-1]["content"], language)
        if isinstance(found, str):
            call = Call(
                step="question", model=model.name, prompt=FINGERPRINT, request_key=request.key
            )
            row = Question(
                id=question_id(plan.id, found),
                plan=plan,
                discipline=syllabus.discipline,
                subject=syllabus.subject,
                text=found,
                calls=[*syllabus.calls, call],
            )
            return RowOutcome(rows=[row])
        loss = found
    return RowOutcome(losses=[loss] if loss else [])


def question_id(plan: str, text: str) -> str:
    """Return the id of the question that a plan came to."""
    return digest([plan, text])


def request_for(
    plan: TaxonomyPlan,
    syllabus: Syllabus,
    config: QuestionsConfig,
    language: str,
    model: ModelIdentity,
    attempt: int = 0,
) -> Request:
    """Return the request for a plan's question."""
    last = max(plan.sessions)
    prompt = WRITE_QUESTION.render(
        subject=_line(syllabus.subject),
        level=_line(syllabus.level) or "all levels",
        discipline=_line(syllabus.discipline),
        language=language,
        taught=f"session {last + 1} ({_line(syllabus.sessions[last].title)})",
        concepts=_concepts(plan),
        difficulty=plan.difficulty,
        form=plan.form,
        **quoted({"syllabus": outline(syllabus)}),
    )
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        response_schema=QUESTION_SCHEMA,
        attempt=attempt,
    )


def _concepts(plan: TaxonomyPlan) -> str:
    shown = [f"{_line(concept.name)} (session {concept.session + 1})" for concept in plan.concepts]
    one_session = ONE_CONCEPT if len(shown) == 1 else ONE_SESSION
    prompt = one_session if len(plan.sessions) == 1 else TWO_SESSIONS
    return prompt.render(concepts="; ".join(shown))


def outline(syllabus: Syllabus) -> str:
    """Return a syllabus as text: each session with its number, description and concepts."""
    return "\n".join(
        f"{number}. {_line(session.title)}: {_line(session.description)} "
        f"[{'; '.join(map(_line, session.concepts))}]"
        for number, session in enumerate(syllabus.sessions, start=1)
    )


def _question_in(plan: TaxonomyPlan, text: str, prompt: str, language: str) -> str | Loss:
    def loss(reason: str, detail: str) -> Loss:
        return Loss(row_id=plan.id, reason=reason, detail=detail)

    # First of all, for the prompt ends with an object that is laid out as asked.
    if echoed := repeated(text, [prompt]):
        return loss("echo", echoed)
    try:
        answer = _Answer.model_validate(read_json_answer(text)).question
    except ValueError as error:
        return loss(*why_unreadable(text, error, [], language, '"question"' in text))
    question = without_control_characters(answer).strip()
    if echoed := repeated(question, [prompt]):
        return loss("echo", echoed)
    for check in (answer_checks.empty, answer_checks.refusal, answer_checks.meta_preamble):
        if telling := check(question):
            return loss(check.__name__, telling)
    if mentioned := _MENTIONS_COURSE.search(question):
        return loss("mentions_course", mentioned[0])
    if other := wrong_language(question, language):
        return loss("wrong_language", other)
    return question


def _line(text: str) -> str:
    """Return a model's text as one line, for it stands inside a sentence of ours."""
    return " ".join(text.split())
