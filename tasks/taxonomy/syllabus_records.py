"""The class sessions of one syllabus, as the second call copied them."""

from pydantic import AliasChoices, BaseModel, ConfigDict, Field

from gleanery.tasks.taxonomy.records import ClassSession
from gleanery.tasks.taxonomy.same_name import name_words, plain_name
from gleanery.tasks.taxonomy.sloppy_records import ManyTexts, OneText, records_in

_LISTS = ("sessions", "classsessions", "syllabus", "classes", "weeks", "list", "items", "records")


class _Record(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    title: OneText = Field(
        "",
        validation_alias=AliasChoices("title", "sessiontitle", "name", "topic", "session", "class"),
    )
    description: OneText = Field(
        "", validation_alias=AliasChoices("description", "summary", "overview", "content")
    )
    concepts: ManyTexts = Field(
        [], validation_alias=AliasChoices("concepts", "keyconcepts", "concept", "topics", "terms")
    )


def read_sessions(answer: str) -> list[ClassSession]:
    """Return the sessions in an answer, in its order; in one session a concept stands once.

    Raises `ValueError` for an answer without records, or with one that has no title.
    """
    records = [_Record.model_validate(record) for record in records_in(answer, _LISTS)]
    if not all(name_words(record.title) for record in records):
        raise ValueError("a session has no title")
    return [
        ClassSession(
            title=plain_name(record.title),
            description=record.description,
            concepts=_different(record.concepts),
        )
        for record in records
    ]


def _different(concepts: list[str]) -> list[str]:
    first = {name_words(name): name for name in reversed([plain_name(c) for c in concepts])}
    return [name for words, name in reversed(first.items()) if words]
