"""Subjects and syllabi written by hand, as parts that stand as if a model had written them."""

import time

from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.storage import Store
from gleanery.tasks.taxonomy.choice import chosen_disciplines
from gleanery.tasks.taxonomy.records import ClassSession, Discipline, Subject, Syllabus
from gleanery.tasks.taxonomy.stage_parts import subjects_part, syllabi_part
from gleanery.tasks.taxonomy.stages import subjects_of
from gleanery.tasks.taxonomy.tree_files import load_taxonomy

TAXONOMY = """\
- Sciences:
    - Physics
    - Chemistry
    - Biology
"""


def commit_by_hand(config: TaxonomyConfig) -> None:
    """Write the subjects of chemistry and biology, and the syllabi of biology, for `TAXONOMY`."""
    parts = Parts(Store(f"{config.root}/{config.name}"))
    _, chemistry, biology = chosen_disciplines(load_taxonomy(config.taxonomy, {}), (), False)
    language, engine = config.language, config.engine
    for row in (chemistry, biology):
        subjects = [_subject(row, name) for name in ("First principles", "Measurement")]
        work = subjects_part(row, config.subjects, language, engine)
        parts.commit(work.plan, Outcome(subjects, [], [], 1), Subject, time.monotonic(), None)
    written = syllabi_part(parts, biology.id, config.syllabi, language, engine)
    assert written
    rows = [_syllabus(subject) for subject in subjects_of(parts, biology.id)]
    parts.commit(written.plan, Outcome(rows, [], [], 2), Syllabus, time.monotonic(), None)


def _subject(row: Discipline, name: str) -> Subject:
    return Subject(
        id=f"{row.id}-{name}",
        origin=row.row_id,
        discipline_id=row.id,
        discipline=row.name,
        name=name,
        level="introductory",
        introduction="",
        subtopics=[],
        lists=1,
        calls=[],
    )


def _syllabus(subject: Subject) -> Syllabus:
    sessions = [
        ClassSession(title=f"Session {n}", description="", concepts=[f"Idea {n}{c}" for c in "abc"])
        for n in range(4)
    ]
    named = subject.model_dump(include={"discipline_id", "discipline", "level"})
    return Syllabus(
        **named,
        id=f"syllabus of {subject.id}",
        subject_id=subject.id,
        subject=subject.name,
        sessions=sessions,
        calls=[],
    )
