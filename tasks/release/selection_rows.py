"""What selection looks at: a row of a few columns for each candidate, without its texts."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence

import pyarrow as pa

from gleanery.infra.tables import arrow_schema
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.records import Record
from gleanery.tasks.release.rows import is_detail, own_scores

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


class CandidateVerdicts:
    """What curation says of candidates, by their ids or, of whole pages, by their documents'.

    `forgotten` and `superseded` are ids to leave out.
    """

    def __init__(
        self,
        duplicates: Iterable[Duplicate] = (),
        leaks: Iterable[Leak] = (),
        forgotten: Collection[str] = (),
        superseded: Collection[str] = (),
    ) -> None:
        self.same_as: defaultdict[str, set[str]] = defaultdict(set)
        self.duplicates: defaultdict[str, set[str]] = defaultdict(set)
        self.leaks: defaultdict[str, set[str]] = defaultdict(set)
        self.forgotten = frozenset(forgotten)
        self.superseded = frozenset(superseded)
        for duplicate in duplicates:
            self.same_as[duplicate.id].add(duplicate.kept_id)
            self.same_as[duplicate.kept_id].add(duplicate.kept_id)
            self.duplicates[duplicate.id].add(duplicate.kind)
        for leak in leaks:
            self.leaks[leak.id].add(leak.kind)


def selection_row(candidate: Candidate, verdicts: CandidateVerdicts) -> SelectionRow:
    """Return a candidate as selection sees it."""
    # Of pages that are alike, all pairs of the one go with it.
    names = [name for name in (candidate.id, candidate.document_id) if name]
    same_as = {other for name in names for other in verdicts.same_as.get(name, ())}
    duplicates = {kind for name in names for kind in verdicts.duplicates.get(name, ())}
    if candidate.page_text:
        same_as.add(f"text {candidate.page_text}")
    return SelectionRow(
        id=candidate.id,
        pipeline=candidate.pipeline,
        method=candidate.method,
        strategy=candidate.strategy,
        origin=candidate.origin,
        split_by=candidate.page or candidate.document_id or candidate.plan_id,
        domain=candidate.domain,
        licence=candidate.licence,
        subject=candidate.subject,
        nodes=candidate.nodes,
        split=candidate.split,
        question_characters=len(candidate.question),
        answer_characters=len(candidate.answer),
        same_as=sorted(same_as),
        duplicates=sorted(duplicates),
        leaks=sorted(verdicts.leaks.get(candidate.id, ())),
        forgotten=candidate.id in verdicts.forgotten,
        superseded=candidate.id in verdicts.superseded,
    )


def selection_table(
    candidates: Sequence[Candidate],
    verdicts: CandidateVerdicts,
    scores: Iterable[ExampleScore] = (),
) -> pa.Table:
    """Return some candidates as a table, with a column for each score that one of them has.

    Scores are called "scorer.name"; those that a candidate was made with have its method for a
    scorer. Scores of other candidates are passed over, and details (`rows.is_detail`). Raises
    `ValueError` where two scores of a candidate have one name.
    """
    rows = [selection_row(candidate, verdicts) for candidate in candidates]
    arrays = [pa.array([getattr(row, one.name) for row in rows], one.type) for one in SCHEMA]
    table = pa.Table.from_arrays(arrays, schema=SCHEMA)
    place = {candidate.id: number for number, candidate in enumerate(candidates)}
    columns: dict[str, list[float | None]] = {}
    own = (score for candidate in candidates for score in own_scores(candidate))
    for score in (*own, *scores):
        name = f"{SCORE}{score.scorer}.{score.name}"
        if (number := place.get(score.id)) is None or is_detail(score.name):
            continue
        if (column := columns.get(name)) is None:
            column = columns[name] = [None] * len(rows)
        if column[number] is not None:
            raise ValueError(f"candidate {score.id} has two scores {name.removeprefix(SCORE)}")
        column[number] = score.value
    for name in sorted(columns):
        table = table.append_column(name, pa.array(columns[name], pa.float64()))
    return table


def joined(tables: Sequence[pa.Table]) -> pa.Table:
    """Return the tables of several parts as one; a score that a part does not have is null."""
    return pa.concat_tables([SCHEMA.empty_table(), *tables], promote_options="default")
