"""What selection looks at: a row of a few columns for each candidate, without its texts."""

from collections.abc import Iterable

import pyarrow as pa

from gleanery.infra.tables import arrow_schema
from gleanery.tasks.records import Record

SCORE = "score:"  # what the name of a column of scores begins with, as in "score:judge.correct"


class SelectionRow(Record):
    """A candidate as selection sees it.

    `split_by` is its page (by the key of its address, so that a page that changed is the same), its
    document or its plan. `same_as` names what it is like: the ids of the candidates that it is a
    duplicate of, of whichever kind, and its page's text; `duplicates` and `leaks` are the kinds of
    its verdicts. `forgotten` if its source was asked to be left out, `superseded` if its page came
    in again later: such rows are never in, and hold together what they are like all the same.
    Scores are columns of their own beside these, named "score:judge.correct", with a null where
    nobody gave that score.
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
    superseded: bool = False


SCHEMA = arrow_schema(SelectionRow)

KEYS = ("id", "origin", "split_by")
LISTS_OF_KEYS = ("nodes", "same_as")
REPEATED = ("pipeline", "method", "strategy", "domain", "licence", "subject", "split")


def _compact(field: pa.Field) -> pa.Field:
    if field.name in KEYS:
        return field.with_type(pa.uint64())
    if field.name in LISTS_OF_KEYS:
        return field.with_type(pa.list_(pa.uint64()))
    return field.with_type(_TEXTS) if field.name in REPEATED else field


_TEXTS = pa.dictionary(pa.int32(), pa.string())

# The same in a tenth of the memory: what is only compared is there by its key
# (`selection_columns.text_keys`), and what many rows say is there once.
COMPACT = pa.schema([_compact(field) for field in SCHEMA])


def joined(tables: Iterable[pa.Table]) -> pa.Table:
    """Return compact tables of several parts as one; a score that a part does not have is null."""
    return pa.concat_tables(
        [COMPACT.empty_table(), *tables], promote_options="default"
    ).unify_dictionaries()
