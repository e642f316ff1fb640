"""What selection looks at: a row of a few columns for each candidate, without its texts."""

from gleanery.infra.tables import arrow_schema
from gleanery.tasks.records import Record

SCORE = "score:"  # what the name of a column of scores begins with, as in "score:judge.correct"


class SelectionRow(Record):
    """A candidate as selection sees it.

    `split_by` is its document or plan. `same_as` are the ids of what it is a duplicate of, of
    whichever kind; `duplicates` and `leaks` are the kinds of its verdicts. `forgotten` if its
    source was asked to be left out. Scores are columns of their own beside these, with a null
    where nobody gave that score.
    """

    id: str
    pipeline: str
    method: str
    strategy: str
    origin: str
    split_by: str
    domain: str
    licence: str
    subject: str
    nodes: list[str]
    split: str
    question_characters: int
    answer_characters: int
    same_as: list[str]
    duplicates: list[str]
    leaks: list[str]
    forgotten: bool


SCHEMA = arrow_schema(SelectionRow)
