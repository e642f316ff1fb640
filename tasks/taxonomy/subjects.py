"""A discipline's subjects: several free lists, each turned into records, merged into one."""

from collections.abc import Sequence

from pydantic import Field

from gleanery.infra.digests import digest
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Message, ModelIdentity, Request, Sampling
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.llm_part import OPEN_REASONS, RowOutcome
from gleanery.tasks.quoting import quoted
from gleanery.tasks.records import Loss
from gleanery.tasks.side_by_side import side_by_side
from gleanery.tasks.taxonomy.listing import unusable_list
from gleanery.tasks.taxonomy.records import Discipline, Subject
from gleanery.tasks.taxonomy.subject_prompts import (
    FINGERPRINT,
    LIST_SUBJECTS,
    RECORD_SUBJECTS,
    SUBJECTS_SCHEMA,
)
from gleanery.tasks.taxonomy.subjects_merge import MergedSubject, merge_lists
from gleanery.tasks.taxonomy.subjects_records import SubjectList, read_subjects
from gleanery.tasks.taxonomy.two_steps import Recorded, TwoSteps, attempts_of, write_and_record


class SubjectsConfig(AskingConfig):
    """How the subjects of a discipline are listed."""

    sampling: Sampling = Field(
        Sampling(temperature=1.0, top_p=0.95, max_tokens=6144),
        description="How the model draws a free list; GLAN's are 1.0 and 0.95.",
    )
    recording: Sampling = Field(
        Sampling(max_tokens=8192),
        description="How the model makes records of a list; they are longer than the list.",
    )
    queries: int = Field(10, ge=1, le=100, description="Independent lists per discipline.")
    tries: int = Field(
        2, ge=1, le=10, description="How often an unusable list is asked for, all in all."
    )
    least_subjects: int = Field(
        3, ge=1, description="Fewest subjects of a list; a shorter one is unusable."
    )
    least_lists: int = Field(
        1, ge=1, description="Fewest lists that must name a subject for it to be kept."
    )
    most_subjects: int = Field(
        0,
        ge=0,
        description="Most subjects kept per discipline, those that most lists name; 0 keeps all.",
    )


def list_subjects(
    discipline: Discipline,
    config: SubjectsConfig,
    language: str,
    model: ModelIdentity,
    attempt: int = 0,
) -> Dialogue[RowOutcome[Subject]]:
    """Ask for a discipline's lists, and for the records of each; return the subjects of all.

    Losses are the discipline's, one for each list that stayed unusable ("truncated", "cut_off",
    "refusal", "wrong_language", "no_list", "unparseable", "too_few_subjects"), for each record
    that is no subject of its list ("invented", "not_a_name"), and for each subject that the
    configuration leaves out ("too_few_lists", "over_limit"); their details say which. While one
    request has no answer yet there are no subjects at all: a later run has all lists. (GLAN,
    section 2.2; how its lists are merged is ours, for the paper does not say.)
    """
    lists = yield from side_by_side(
        [
            write_and_record(
                _steps(discipline, config, language, model, number),
                attempts_of(attempt, config.tries),
            )
            for number in range(config.queries)
        ]
    )
    losses = [
        loss.model_copy(update={"detail": f"list {number}: {loss.detail}"})
        for number, found in enumerate(lists, start=1)
        for loss in ([found] if isinstance(found, Loss) else found.value.dropped)
    ]
    failed = [loss for loss in losses if loss.reason in OPEN_REASONS]
    if failed:
        return RowOutcome(losses=failed[:1])
    usable = [found for found in lists if isinstance(found, Recorded)]
    merged = merge_lists([found.value.subjects for found in usable])
    kept, left_out = _kept(discipline.row_id, merged, config)
    return RowOutcome(
        rows=[_subject(discipline, subject, usable) for subject in kept],
        losses=[*losses, *left_out],
    )


def _steps(
    discipline: Discipline,
    config: SubjectsConfig,
    language: str,
    model: ModelIdentity,
    number: int,
) -> TwoSteps[SubjectList]:
    row_id = discipline.row_id
    return TwoSteps(
        row_id=row_id,
        write=lambda attempt: list_request(discipline, config, language, model, number, attempt),
        problem=lambda text: unusable_list(row_id, text, language),
        record=lambda text, attempt: record_request(text, config, model, attempt),
        read=lambda answer, text: read_subjects(row_id, answer, text, config.least_subjects),
    )


def list_request(
    discipline: Discipline,
    config: SubjectsConfig,
    language: str,
    model: ModelIdentity,
    number: int,
    attempt: int = 0,
) -> Request:
    """Return the request for one of a discipline's free lists, counted from 0."""
    within = " > ".join(discipline.path)
    lines = [discipline.name, f"within {within}" if within else "", discipline.description]
    shown = quoted({"discipline": "\n".join(filter(None, lines))})
    prompt = LIST_SUBJECTS.render(language=language, **shown)
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.sampling_of(attempt),
        sample=number,
        attempt=attempt,
    )


def record_request(
    text: str, config: SubjectsConfig, model: ModelIdentity, attempt: int = 0
) -> Request:
    """Return the request for the records of a free list."""
    prompt = RECORD_SUBJECTS.render(**quoted({"list": text}))
    return Request(
        model=model,
        messages=(Message(role="user", content=prompt),),
        sampling=config.recording,
        response_schema=SUBJECTS_SCHEMA,
        attempt=attempt,
    )


def _kept(
    row_id: str, merged: Sequence[MergedSubject], config: SubjectsConfig
) -> tuple[list[MergedSubject], list[Loss]]:
    """Return the subjects that the configuration keeps, and the others' losses."""
    kept: list[MergedSubject] = []
    losses: list[Loss] = []
    for subject in merged:
        detail = f"{subject.name!r} is named by {len(subject.lists)} lists"
        if len(subject.lists) < config.least_lists:
            losses.append(Loss(row_id=row_id, reason="too_few_lists", detail=detail))
        elif config.most_subjects and len(kept) >= config.most_subjects:
            losses.append(Loss(row_id=row_id, reason="over_limit", detail=detail))
        else:
            kept.append(subject)
    return kept, losses


def _subject(
    discipline: Discipline, merged: MergedSubject, lists: Sequence[Recorded[SubjectList]]
) -> Subject:
    shown = [merged.name, merged.level, merged.introduction, merged.subtopics]
    return Subject(
        id=digest([discipline.id, discipline.name, *shown]),
        origin=discipline.row_id,
        discipline_id=discipline.id,
        discipline=discipline.name,
        name=merged.name,
        level=merged.level,
        introduction=merged.introduction,
        subtopics=list(merged.subtopics),
        lists=len(merged.lists),
        calls=[call for n in merged.lists for call in lists[n].calls("list", FINGERPRINT)],
    )
