"""The table that selection looks at, gathered from the candidates and what was said of them."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.dataset_records import Duplicate, ExampleScore, Leak
from gleanery.tasks.release.rows import MADE, is_detail
from gleanery.tasks.release.selection_rows import SCHEMA, SCORE

_COLUMNS = [
    "id",
    "pipeline",
    "method",
    "strategy",
    "origin",
    "plan_id",
    "document_id",
    "domain",
    "licence",
    "subject",
    "nodes",
    "split",
    "messages",
    "scores",
]
_FROM_CANDIDATE = ("id", "pipeline", "method", "strategy", "origin", "domain", "licence", "subject")


class Verdicts:
    """What curation says of candidates, by their ids; rows that nobody complains of are absent."""

    def __init__(
        self,
        duplicates: Iterable[Duplicate] = (),
        leaks: Iterable[Leak] = (),
        left_out: Mapping[str, str] | None = None,
    ) -> None:
        self.same_as: dict[str, list[str]] = defaultdict(list)
        self.duplicates: dict[str, list[str]] = defaultdict(list)
        self.leaks: dict[str, list[str]] = defaultdict(list)
        self.left_out = dict(left_out or {})  # reasons by id
        for duplicate in duplicates:
            _append(self.same_as[duplicate.id], duplicate.kept_id)
            _append(self.duplicates[duplicate.id], duplicate.kind)
        for leak in leaks:
            _append(self.leaks[leak.id], leak.kind)

    @property
    def ids(self) -> frozenset[str]:
        """The candidates that something is said of: no judge need look at them."""
        return frozenset({*self.duplicates, *self.leaks, *self.left_out})


def _append(kinds: list[str], kind: str) -> None:
    if kind not in kinds:
        kinds.append(kind)


def selection_table(
    parts: Parts,
    candidates: Sequence[Receipt],
    verdicts: Verdicts,
    scores: Mapping[str, Collection[ExampleScore]],
) -> pa.Table:
    """Return a row for each candidate, with a column for each score that any of them has.

    `scores` are by the candidate's id; those that it was made with are added. Memory holds the
    texts of one part at a time.
    """
    tables = [_rows(parts, receipt, verdicts, scores) for receipt in candidates]
    if not tables:
        return SCHEMA.empty_table()
    return pa.concat_tables(tables, promote_options="default")


def _rows(
    parts: Parts,
    receipt: Receipt,
    verdicts: Verdicts,
    scores: Mapping[str, Collection[ExampleScore]],
) -> pa.Table:
    data = pa.BufferReader(parts.store.read(receipt.data))
    rows = pq.read_table(data, columns=_COLUMNS).to_pylist()
    table = pa.Table.from_pylist([_row(row, verdicts) for row in rows], schema=SCHEMA)
    given = [_scores_of(row, scores.get(row["id"], ())) for row in rows]
    for name in sorted({name for found in given for name in found}):
        values = pa.array([found.get(name) for found in given], pa.float64())
        table = table.append_column(f"{SCORE}{name}", values)
    return table


def _row(row: Mapping[str, Any], verdicts: Verdicts) -> dict[str, Any]:
    turns = row["messages"]
    asked = next((turn["content"] for turn in turns if turn["role"] == "user"), "")
    answers = [turn["content"] for turn in turns if turn["role"] == "assistant"]
    return {
        **{name: row[name] for name in _FROM_CANDIDATE},
        "split_by": row["document_id"] or row["plan_id"],
        "nodes": row["nodes"],
        "split": row["split"],
        "question_characters": len(asked),
        "answer_characters": len(answers[-1]) if answers else 0,
        "same_as": verdicts.same_as.get(row["id"], []),
        "duplicates": verdicts.duplicates.get(row["id"], []),
        "leaks": verdicts.leaks.get(row["id"], []),
        "left_out": verdicts.left_out.get(row["id"], ""),
    }


def _scores_of(row: Mapping[str, Any], scores: Collection[ExampleScore]) -> dict[str, float]:
    found = {f"{MADE}.{score['name']}": score["value"] for score in row["scores"]}
    found |= {f"{score.scorer}.{score.name}": score.value for score in scores}
    return {name: value for name, value in found.items() if not is_detail(name)}
