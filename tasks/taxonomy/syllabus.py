"""A subject's syllabus: written freely, then turned into class sessions with key concepts."""

from typing import Self

from pydantic import Field, model_validator

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Message, ModelIdentity, Request, Sampling
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.llm_part import RowOutcome
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Loss
from gleanery.tasks.taxonomy.listing import unusable_list
from gleanery.tasks.taxonomy.records import ClassSession, Subject, Syllabus
from gleanery.tasks.taxonomy.syllabus_checks import count_problem, invention, repetition
from gleanery.tasks.taxonomy.syllabus_prompts import (
    FINGERPRINT,
    RECORD_SYLLABUS,
    SYLLABUS_SCHEMA,
    WRITE_SYLLABUS,
)
from gleanery.tasks.taxonomy.syllabus_records import read_sessions
from gleanery.tasks.taxonomy.two_steps import TwoSteps, attempts_of, write_and_record

_MOST_SUBTOPICS = 40  # that are shown; the union of ten lists may be longer


class SyllabusConfig(AskingConfig):
    """How syllabi are written, and what a plausible one is."""

    sampling: Sampling = Field(
        Sampling(temperature=1.0, top_p=0.95, max_tokens=6144),
        description="How the model draws a syllabus; GLAN's are 1.0 and 0.95.",
    )
    recording: Sampling = Field(
        Sampling(max_tokens=8192),
        description="How the model makes records of a syllabus; they are longer than it.",
    )
    tries: int = Field(
        2, ge=1, le=10, description="How often an implausible syllabus is asked for, all in all."
    )
    least_sessions: int = Field(4, ge=1, description="Fewest class sessions.")
    most_sessions: int = Field(60, ge=1, description="Most class sessions.")
    least_concepts: int = Field(1, ge=1, description="Fewest key concepts of a session.")

    @model_validator(mode="after")
    def _some_number_fits(self) -> Self:
        if self.least_sessions > self.most_sessions:
            raise ValueError(
                f"least_sessions={self.least_sessions} is above "
                f"most_sessions={self.most_sessions}: no syllabus could be kept"
            )
        return self


def write_syllabus(
    subject: Subject,
    config: SyllabusConfig,
    language: str,
    model: ModelIdentity,
    attempt: int = 0,
) -> Dialogue[RowOutcome[Syllabus]]:
    """Ask for a subject's syllabus and for its records; an implausible one is asked for again.

    Reasons, of the last try: a failure's own; "truncated", "cut_off", "refusal",
    "wrong_language", "no_list" of the text; "unparseable", "no_sessions", "too_few_sessions",
    "too_many_sessions", "too_few_concepts", "repeated_session", "repeated_concept", "invented" of
    the records. Sessions without concepts, such as examinations, are left out. (GLAN, section 2.3;
    the checks are ours.)
    """
    found = yield from write_and_record(
        TwoSteps(
            row_id=subject.id,
            write=lambda attempt: syllabus_request(subject, config, language, model, attempt),
            problem=lambda text: unusable_list(subject.id, text, language),
            record=lambda text, attempt: record_request(text, config, model, attempt),
            read=lambda answer, text: plausible_sessions(subject.id, answer, text, config),
        ),
        attempts_of(attempt, config.tries),
    )
    if isinstance(found, Loss):
        return RowOutcome(losses=[found])
    sessions = found.value
    row = Syllabus(
        id=syllabus_id(subject, sessions),
        subject_id=subject.id,
        discipline_id=subject.discipline_id,
        discipline=subject.discipline,
        subject=subject.name,
        level=subject.level,
        sessions=sessions,
        calls=[*subject.calls, *found.calls("syllabus", FINGERPRINT)],
    )
    return RowOutcome(rows=[row])


def plausible_sessions(
    row_id: str, answer: str, text: str, config: SyllabusConfig
) -> list[ClassSession] | Loss:
    """Return the sessions that an answer copied from a text, or why they are no syllabus."""
    try:
        sessions = read_sessions(answer)
    except ValueError as error:
        detail = " ".join(str(error).split())[:300]
        return Loss(row_id=row_id, reason="unparseable", detail=detail)
    teaching = [session for session in sessions if session.concepts]
    problem = (
        count_problem(sessions, config.least_sessions, config.most_sessions, config.least_concepts)
        or repetition(teaching)
        or invention(teaching, text)
    )
    if problem:
        return Loss(row_id=row_id, reason=problem[0], detail=problem[1])
    return teaching


def syllabus_id(subject: Subject, sessions: list[ClassSession]) -> str:
    """Return the id of a subject's syllabus: it follows all that it says."""
    said = [[session.title, session.description, session.concepts] for session in sessions]
    return digest([subject.id, subject.name, subject.level, said])


def syllabus_request(
    subject: Subject,
    config: SyllabusConfig,
    language: str,
    model: ModelIdentity,
    attempt: int = 0,
) -> Request:
    """Return the request for the free text of a subject's syllabus."""
    subtopics = "; ".join(subject.subtopics[:_MOST_SUBTOPICS])
    lines = [
        f"{subject.name} (a subject of {subject.discipline})",
        f"Level: {subject.level}" if subject.level else "",
        subject.introduction,
        f"Subtopics: {subtopics}" if subtopics else "",
    ]
    shown = quoted({"subject": "\n".join(filter(None, lines))})
    prompt = WRITE_SYLLABUS.render(language=language, **shown)
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        attempt=attempt,
    )


def record_request(
    text: str, config: SyllabusConfig, model: ModelIdentity, attempt: int = 0
) -> Request:
    """Return the request for the records of a syllabus."""
    prompt = RECORD_SYLLABUS.render(**quoted({"syllabus": text}))
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.recording,
        response_schema=SYLLABUS_SCHEMA,
        attempt=attempt,
    )
