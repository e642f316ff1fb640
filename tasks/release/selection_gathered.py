"""Candidates as selection sees them, gathered from their parts and from what is said of them."""

from collections.abc import Collection, Sequence

import pyarrow as pa

from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.release.candidate_columns import read_candidates
from gleanery.tasks.release.candidate_scores import CandidateScores, score_tables
from gleanery.tasks.release.selection_rows import joined
from gleanery.tasks.release.selection_table import CandidateVerdicts, selection_table


def part_table(
    parts: Parts,
    candidates: Receipt,
    scores: Sequence[Receipt],
    verdicts: CandidateVerdicts,
    wanted: Collection[str],
) -> tuple[pa.Table, set[str]]:
    """Return a part of candidates as selection sees it, and the names of all their scores.

    There are columns of those scores that are wanted.
    """
    rows = read_candidates(parts.store, candidates.data)
    given = CandidateScores(rows, score_tables(parts, scores, candidates), wanted)
    return selection_table(rows, verdicts, given.columns()), given.names


def all_candidates(
    parts: Parts,
    candidates: Sequence[Receipt],
    scores: Sequence[Receipt],
    verdicts: CandidateVerdicts,
    wanted: Collection[str],
) -> tuple[pa.Table, set[str]]:
    """Return all parts as one table, some 150 bytes a row, and the names of all their scores."""
    names: set[str] = set()
    tables = []
    for receipt in candidates:
        table, given = part_table(parts, receipt, scores, verdicts, wanted)
        tables.append(table)
        names |= given
    return joined(tables), names
