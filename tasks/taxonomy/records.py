"""The rows of taxonomy synthesis, from a discipline to a question about its subjects."""

from gleanery.infra.digests import digest
from gleanery.tasks.records import Call, Record


class Discipline(Record):
    """A leaf of the taxonomy; `path` names its ancestors from the root down."""

    id: str
    name: str
    path: list[str]
    description: str

    @property
    def row_id(self) -> str:
        """The name of this row: it follows everything that a prompt shows of the discipline."""
        return digest(self.model_dump())


class Subject(Record):
    """A subject that a student of a discipline learns; `lists` says how many lists named it.

    `id` follows everything that a prompt shows of it; `origin` is the discipline's row id.
    """

    id: str
    origin: str
    discipline_id: str
    discipline: str
    name: str
    level: str
    introduction: str
    subtopics: list[str]
    lists: int
    calls: list[Call]


class ClassSession(Record):
    """One session of a syllabus."""

    title: str
    description: str
    concepts: list[str]


class Syllabus(Record):
    """The class sessions of one subject, in the order in which they are taught.

    `id` follows the content: an edited session makes another syllabus, and so other plans.
    """

    id: str
    subject_id: str
    discipline_id: str
    discipline: str
    subject: str
    level: str
    sessions: list[ClassSession]
    calls: list[Call]


class Concept(Record):
    """A key concept and the session (counted from 0) that it belongs to."""

    session: int
    name: str


class TaxonomyPlan(Record):
    """What one question will be about, drawn before any call.

    `strategy` is "single_session" or "two_sessions"; `index` counts the plans of a syllabus.
    """

    id: str
    syllabus_id: str
    subject_id: str
    discipline_id: str
    index: int
    strategy: str
    sessions: list[int]
    concepts: list[Concept]
    difficulty: str
    form: str


class Question(Record):
    """A question made for one plan; its id follows plan and text."""

    id: str
    plan: TaxonomyPlan
    discipline: str
    subject: str
    text: str
    calls: list[Call]
