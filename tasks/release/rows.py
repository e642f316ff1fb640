"""The released row: what a trainer reads, what a filter reads, and where the row came from."""

import math
import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Literal

import pyarrow as pa
from pydantic import Field

from gleanery.infra.tables import arrow_schema
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.records import ChatMessage, Record
from gleanery.tasks.release.licences import canonical_licence, family_of
from gleanery.tasks.release.rows_lineage import row_lineage

SPLITS = ("train", "validation")
SCORE_PREFIX = "score_"

# What each column holds, as the card says it; the columns of a release stand in this order.
COLUMNS = {
    "id": "Names the row in every release that has it.",
    "messages": "The whole conversation: a list of turns with `role` and `content`.",
    "prompt": "All turns before the last one.",
    "completion": "The last turn, which is the assistant's, as a list of one.",
    "source": "The pipeline that made the row.",
    "method": "`harvest`, `taxonomy` or `skills`.",
    "split": "`train` or `validation`.",
    "url": "The page that the row was taken from; empty for a synthesis.",
    "licence": "The licence that the page declares, by its one name (`CC-BY-SA-4.0`); `unknown` "
    "where it declares none that we know, empty for a synthesis, which has no page.",
    "licence_family": "What that licence allows: `permissive`, `share-alike`, `non-commercial`, "
    "`no-derivatives`, `reserved` or `unknown`; empty for a synthesis.",
    "subject": "The page's subject, the discipline or the query type.",
    "lineage": "JSON: how the row was made; its keys are listed below.",
}
SCORE_COLUMN = "What a scorer says of the row, null where it was not asked"  # of one unknown


class ReleasedRow(Record):
    """A row of a release.

    `prompt` and `completion` are `messages` cut before its last turn: a trainer that knows both
    puts the loss on the completion alone. `scores` are by column name, see `score_column`; a
    column that is not among them is null. `lineage` is JSON, see `rows_lineage.Lineage`.
    """

    id: str
    messages: list[ChatMessage] = Field(min_length=2)
    prompt: list[ChatMessage] = Field(min_length=1)
    completion: list[ChatMessage] = Field(min_length=1)
    source: str
    method: str
    split: Literal["train", "validation"]
    url: str
    licence: str
    licence_family: str
    subject: str
    scores: dict[str, float]
    lineage: str


class BadRow(ValueError):
    """A row that cannot be released as it is."""


def released_row(
    candidate: Candidate,
    split: Literal["train", "validation"],
    scores: Iterable[ExampleScore] = (),
) -> ReleasedRow:
    """Return a candidate as a row of a release.

    `scores` are those of the scorers, to which the ones that
    the candidate was made with are added under its method's name. Raises `BadRow` if the
    conversation has no prompt or does not end with the assistant, or if a score is no number.
    """
    turns = candidate.messages
    if len(turns) < 2 or turns[-1].role != "assistant":
        raise BadRow(
            f"row {candidate.id}: has {len(turns)} turns and must have a prompt and then the "
            f"assistant's answer; its roles are {[turn.role for turn in turns]}"
        )
    given = [*own_scores(candidate), *scores]
    licence, family = released_licence(candidate)
    return ReleasedRow(
        id=candidate.id,
        messages=turns,
        prompt=turns[:-1],
        completion=turns[-1:],
        source=candidate.pipeline,
        method=candidate.method,
        split=split,
        url=candidate.url,
        licence=licence,
        licence_family=family,
        subject=candidate.subject,
        scores=flat_scores(candidate.id, given),
        lineage=row_lineage(candidate, given),
    )


def released_licence(candidate: Candidate) -> tuple[str, str]:
    """Return the licence of a candidate by its one name, and its family.

    Both are empty for a synthesis: no page stands behind it. The page's own words, which may be
    anything, stay in the lineage.
    """
    if candidate.method != "harvest" and not candidate.licence:
        return "", ""
    name = canonical_licence(candidate.licence)
    return name, family_of(name)


def own_scores(candidate: Candidate) -> list[ExampleScore]:
    """Return the scores that a candidate was made with, its method as their scorer."""
    return [
        ExampleScore(
            id=candidate.id,
            scorer=candidate.method,
            name=score.name,
            value=score.value,
            detail=score.detail,
        )
        for score in candidate.scores
    ]


def flat_scores(row_id: str, scores: Iterable[ExampleScore]) -> dict[str, float]:
    """Return scores by column, in the order of the columns' names.

    Raises `BadRow` where two scores have one column, or where one is no finite number.
    """
    found: dict[str, float] = {}
    for score in scores:
        if is_detail(score.name):
            continue
        column = score_column(score.scorer, score.name)
        if column in found:
            raise BadRow(f"row {row_id}: two scores for {column}; give one")
        if not math.isfinite(score.value):
            raise BadRow(f"row {row_id}: {column} is {score.value}; leave it out instead")
        found[column] = score.value
    return dict(sorted(found.items()))


def is_detail(name: str) -> bool:
    """Return whether a score is about one thing among many ("exercises:<skill>").

    Such scores stay in the lineage: as columns they would be as many as there are skills.
    """
    return ":" in name


@lru_cache(maxsize=1024)
def score_column(scorer: str, name: str) -> str:
    """Return the column of a score: `score_judge_correct` for the judge's "correct"."""
    return SCORE_PREFIX + re.sub(r"\W+", "_", f"{scorer}_{name}".lower(), flags=re.ASCII)


def released_schema(score_columns: Sequence[str]) -> pa.Schema:
    """Return the Parquet schema of a release that has these score columns, lineage the last."""
    fixed = {field.name: field.type for field in arrow_schema(ReleasedColumns)}
    fields = [pa.field(name, fixed[name]) for name in COLUMNS if name != "lineage"]
    fields += [pa.field(name, pa.float64()) for name in score_columns]
    return pa.schema([*fields, pa.field("lineage", pa.string())])


class ReleasedColumns(Record):
    """The columns that every release has, by their types."""

    id: str
    messages: list[ChatMessage]
    prompt: list[ChatMessage]
    completion: list[ChatMessage]
    source: str
    method: str
    split: str
    url: str
    licence: str
    licence_family: str
    subject: str
    lineage: str
