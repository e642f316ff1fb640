"""The subjects of one list, as the second call copied them."""

from collections.abc import Sequence
from dataclasses import dataclass

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from gleanery.tasks.records import Loss
from gleanery.tasks.taxonomy.levels import level_of
from gleanery.tasks.taxonomy.same_name import NamesIn, name_key, plain_name
from gleanery.tasks.taxonomy.sloppy_records import ManyTexts, OneText, records_in

_LISTS = ("subjects", "courses", "list", "items", "records")
_LONGEST_NAME = 120  # characters; a longer one is a sentence


@dataclass(frozen=True, slots=True)
class ListedSubject:
    """A subject in one list; `place` counts from 0."""

    name: str
    level: str
    introduction: str
    subtopics: tuple[str, ...]
    place: int


@dataclass(frozen=True, slots=True)
class SubjectList:
    """One list's subjects, and the records that are none."""

    subjects: Sequence[ListedSubject]
    dropped: Sequence[Loss]


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    name: OneText = Field(
        "",
        validation_alias=AliasChoices(
            "name", "subjectname", "subject", "title", "course", "coursename"
        ),
    )
    level: OneText = ""
    introduction: OneText = Field(
        "", validation_alias=AliasChoices("introduction", "intro", "description", "summary")
    )
    subtopics: ManyTexts = Field(
        [], validation_alias=AliasChoices("subtopics", "subtopic", "topics", "keytopics")
    )


def read_subjects(row_id: str, answer: str, text: str, fewest: int) -> SubjectList | Loss:
    """Return the subjects that an answer copied from a text.

    A record is dropped as "invented" if the text does not name it, as "not_a_name" if its name is
    blank or a sentence. The list as a whole is "unparseable", or "too_few_subjects" if fewer than
    `fewest` are left.
    """

    def loss(reason: str, detail: str) -> Loss:
        return Loss(row_id=row_id, reason=reason, detail=detail)

    try:
        records = [_Record.model_validate(record) for record in records_in(answer, _LISTS)]
    except ValueError as error:
        return loss("unparseable", " ".join(str(error).split())[:300])
    names = NamesIn(text)
    subjects: list[ListedSubject] = []
    dropped: list[Loss] = []
    for place, record in enumerate(records):
        name = plain_name(record.name)
        if not name_key(name) or len(name) > _LONGEST_NAME:
            dropped.append(loss("not_a_name", repr(record.name[:200])))
        elif not names.has(name):
            dropped.append(loss("invented", f"{name!r} is not in the list"))
        else:
            subjects.append(_listed(record, name, place))
    different = {name_key(subject.name) for subject in subjects}
    if len(different) < fewest:
        count = f"{len(different)} of {len(records)} records are subjects"
        return loss("too_few_subjects", "; ".join([count, *(d.detail for d in dropped[:3])]))
    return SubjectList(subjects, dropped)


def _listed(record: _Record, name: str, place: int) -> ListedSubject:
    subtopics = map(plain_name, record.subtopics)
    return ListedSubject(
        name=name,
        level=level_of(record.level),
        introduction=record.introduction,
        subtopics=tuple(subtopic for subtopic in subtopics if subtopic),
        place=place,
    )
