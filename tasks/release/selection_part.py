"""Selection as a part: what is in, with its split, and every other candidate with its reason."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.records import Record
from gleanery.tasks.release.candidate_columns import read_candidates
from gleanery.tasks.release.candidate_scores import CandidateScores, score_tables
from gleanery.tasks.release.forgotten import FORGOTTEN, Forgotten
from gleanery.tasks.release.forgotten_pages import forgotten_now
from gleanery.tasks.release.forgotten_rows import forgotten_rows
from gleanery.tasks.release.newest_pages import NewestPages
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.selection import Selection, select
from gleanery.tasks.release.selection_details import COLUMNS, Details
from gleanery.tasks.release.selection_rows import joined
from gleanery.tasks.release.selection_table import CandidateVerdicts, selection_table
from gleanery.tasks.release.stages import SELECTION
from gleanery.tasks.release.verdict_columns import read_duplicates, read_leaks

PART = "all"
VERSION = 1


class Selected(Record):
    """A candidate that is in: the part of candidates that holds it, and its split."""

    id: str
    part: str
    split: str


@dataclass(frozen=True)
class Curated:
    """What selection reads: receipts of candidates, in their order, and of what was said of them.

    `scores` are the receipts of all scorers.
    """

    candidates: Sequence[Receipt]
    duplicates: Sequence[Receipt] = ()
    leaks: Sequence[Receipt] = ()
    scores: Sequence[Receipt] = ()

    @property
    def inputs(self) -> tuple[Input, ...]:
        """All of it, as what the selection is made from."""
        return tuple(
            Input(stage=receipt.stage, part=receipt.part, row_digest=receipt.row_digest)
            for receipts in (self.candidates, self.duplicates, self.leaks, self.scores)
            for receipt in receipts
        )


def select_candidates(
    parts: Parts,
    curated: Curated,
    recipe: Recipe,
    pipelines: Mapping[str, str],
    sources: Sequence[Store],
) -> tuple[Receipt, bool]:
    """Return the receipt of the selection, and whether it stood already.

    `pipelines` gives the method of each source, `sources` are their stores: addresses that were
    forgotten are looked for there. Of a page that came in more than once, the newest text counts.
    Its notes hold the selection's own and what each source gave. Raises `RecipeError` when the
    recipe asks for something that the candidates do not have.
    """
    started = time.monotonic()
    forgotten = forgotten_now(parts.store, sources)
    plan = _plan(curated, recipe, forgotten)
    newest = parts.newest(SELECTION, PART)
    if newest and newest.key == plan.key:
        return newest, True
    left_out = forgotten_rows(parts.store, curated.candidates, curated.duplicates, forgotten)
    pages = NewestPages(parts.store, curated.candidates)
    verdicts = read_verdicts(parts, curated, left_out, pages)
    table, scores = _gathered(parts, curated, recipe, verdicts)
    del verdicts  # what the details are told from is read again, when all is decided
    selection = select(table, recipe, pipelines, scores)
    outcome = Outcome[Selected]([], [], [], len(table), notes=_notes(selection))
    del table
    details = Details(
        parts.store, curated.candidates, curated.duplicates, curated.leaks, left_out, pages
    )
    with RowSpool(Selected) as rows_in, RowSpool(Loss) as losses:
        first = 0
        for receipt in curated.candidates:
            rows = read_columns(parts.store, receipt.data, COLUMNS)
            for row in _told(receipt.part, rows, selection, first, details):
                if isinstance(row, Selected):
                    rows_in.append(row)
                else:
                    losses.append(row)
            first += len(rows)
        return parts.commit_spooled(plan, outcome, rows_in, losses, started, newest), False


def _plan(curated: Curated, recipe: Recipe, forgotten: Forgotten) -> Plan:
    return Plan(
        stage=SELECTION,
        version=VERSION,
        part=PART,
        inputs=curated.inputs,
        decides={
            "recipe": recipe.model_dump(mode="json"),
            FORGOTTEN: forgotten_digest(forgotten),
        },
    )


def forgotten_digest(forgotten: Forgotten) -> str:
    """Return the name of what is forgotten, and of the texts that are known of it."""
    return digest(
        [[source.key, sorted(forgotten.texts.get(source.key, ()))] for source in forgotten.sources]
    )


def read_verdicts(
    parts: Parts, curated: Curated, left_out: Collection[str], pages: NewestPages
) -> CandidateVerdicts:
    """Return what was said of the candidates so far; `left_out` are those of forgotten sources."""
    return CandidateVerdicts(
        read_duplicates(parts.store, curated.duplicates),
        read_leaks(parts.store, curated.leaks),
        left_out,
        pages,
    )


def part_table(
    parts: Parts,
    curated: Curated,
    candidates: Receipt,
    verdicts: CandidateVerdicts,
    wanted: Collection[str],
) -> tuple[pa.Table, set[str]]:
    """Return a part of candidates as selection sees it, and the names of all their scores.

    There are columns of those scores that are wanted.
    """
    rows = read_candidates(parts.store, candidates.data)
    scores = CandidateScores(rows, score_tables(parts, curated.scores, candidates), wanted)
    return selection_table(rows, verdicts, scores.columns()), scores.names


def _gathered(
    parts: Parts, curated: Curated, recipe: Recipe, verdicts: CandidateVerdicts
) -> tuple[pa.Table, set[str]]:
    """Return all candidates, some 150 bytes each, and the names of all their scores."""
    names: set[str] = set()
    tables = []
    for receipt in curated.candidates:
        table, given = part_table(parts, curated, receipt, verdicts, recipe.scores_named)
        tables.append(table)
        names |= given
    return joined(tables), names


def _told(
    part: str, rows: pa.Table, selection: Selection, first: int, details: Details
) -> Iterator[Selected | Loss]:
    """Yield what became of the rows of a part, the first of which is the `first` of all."""
    reasons = selection.reasons[first : first + len(rows)]
    sides = selection.validation[first : first + len(rows)].tolist()
    said = [""] * len(rows)
    for code in np.unique(reasons).tolist():
        places = np.flatnonzero(reasons == code)
        found = details.of(rows.take(pa.array(places)), selection.names[code])
        for place, detail in zip(places.tolist(), found, strict=True):
            said[place] = detail
    for place, (row_id, code) in enumerate(
        zip(rows["id"].to_pylist(), reasons.tolist(), strict=True)
    ):
        if reason := selection.names[code]:
            yield Loss(row_id=row_id, reason=reason, detail=said[place])
        else:
            yield Selected(id=row_id, part=part, split=SPLITS[sides[place]])


def _notes(selection: Selection) -> dict[str, object]:
    return {
        "taken": [
            {
                "source": taken.source,
                "available": taken.available,
                "taken": taken.taken,
                "weight": taken.weight,
                "count": taken.count,
            }
            for taken in selection.taken
        ],
        "counts": [[*key, count] for key, count in sorted(selection.counts.items())],
        "warnings": list(selection.notes),
    }
