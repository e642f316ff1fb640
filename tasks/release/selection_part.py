"""Selection as a part: what is in, with its split, and every other candidate with its reason."""

import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.records import Record
from gleanery.tasks.release.forgotten import FORGOTTEN, Forgotten
from gleanery.tasks.release.forgotten_pages import forgotten_now
from gleanery.tasks.release.forgotten_rows import forgotten_rows
from gleanery.tasks.release.newest_pages import NewestPages
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.selection import Selection, select
from gleanery.tasks.release.selection_details import COLUMNS, Details
from gleanery.tasks.release.selection_gathered import all_candidates
from gleanery.tasks.release.selection_table import CandidateVerdicts
from gleanery.tasks.release.stages import SELECTION
from gleanery.tasks.release.trained_rows import TRAINED, TRAINS, Trained, held_to, trained_rows
from gleanery.tasks.release.verdict_columns import read_duplicates, read_leaks

PART = "all"
VERSION = 2  # white space around a text counts as none of its characters


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
    What the newest release trains on stays in training.
    Its notes hold the selection's own and what each source gave. Raises `RecipeError` when the
    recipe asks for something that the candidates do not have.
    """
    started = time.monotonic()
    forgotten = forgotten_now(parts.store, sources)
    newest = parts.newest(SELECTION, PART)
    trained = trained_rows(parts.store)
    plan = _plan(curated, recipe, forgotten, held_to(trained, newest))
    if newest and newest.key == plan.key:
        return newest, True
    left_out = forgotten_rows(parts.store, curated.candidates, curated.duplicates, forgotten)
    pages = NewestPages(parts.store, curated.candidates)
    selection = _selected(parts, curated, recipe, pipelines, left_out, pages, trained)
    details = Details(
        parts.store, curated.candidates, curated.duplicates, curated.leaks, left_out, pages
    )
    outcome = Outcome[Selected]([], [], [], len(selection.reasons), notes=_notes(selection))
    with RowSpool(Selected) as rows_in, RowSpool(Loss) as losses:
        for row in _told(parts, curated.candidates, selection, details):
            if isinstance(row, Selected):
                rows_in.append(row)
            else:
                losses.append(row)
        return parts.commit_spooled(plan, outcome, rows_in, losses, started, newest), False


def _plan(curated: Curated, recipe: Recipe, forgotten: Forgotten, trained: str) -> Plan:
    return Plan(
        stage=SELECTION,
        version=VERSION,
        part=PART,
        inputs=curated.inputs,
        decides={
            "recipe": recipe.model_dump(mode="json"),
            FORGOTTEN: forgotten_digest(forgotten),
            TRAINED: trained,
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


def _selected(
    parts: Parts,
    curated: Curated,
    recipe: Recipe,
    pipelines: Mapping[str, str],
    left_out: Collection[str],
    pages: NewestPages,
    trained: Trained,
) -> Selection:
    """Return what the recipe selects; nothing of what it looked at is held any more."""
    table, scores = all_candidates(
        parts,
        curated.candidates,
        curated.scores,
        read_verdicts(parts, curated, left_out, pages),
        recipe.scores_named,
    )
    return select(table, recipe, pipelines, scores, trained)


def _told(
    parts: Parts, candidates: Sequence[Receipt], selection: Selection, details: Details
) -> Iterator[Selected | Loss]:
    """Yield what became of every candidate, in their order."""
    first = 0
    for receipt in candidates:
        rows = read_columns(parts.store, receipt.data, COLUMNS)
        here = slice(first, first + len(rows))
        first += len(rows)
        reasons = selection.reasons[here]
        said = _details(rows, reasons, selection.names, details)
        for row_id, reason, validates, detail in zip(
            rows["id"].to_pylist(),
            reasons.tolist(),
            selection.validation[here].tolist(),
            said,
            strict=True,
        ):
            if reason:
                yield Loss(row_id=row_id, reason=selection.names[reason], detail=detail)
            else:
                yield Selected(id=row_id, part=receipt.part, split=SPLITS[validates])


def _details(
    rows: pa.Table, reasons: npt.NDArray[np.int16], names: Sequence[str], details: Details
) -> list[str]:
    """Return what stands behind the reasons of some rows, in their order."""
    said = [""] * len(rows)
    for code in np.unique(reasons).tolist():
        places = np.flatnonzero(reasons == code)
        found = details.of(rows.take(pa.array(places)), names[code])
        for place, detail in zip(places.tolist(), found, strict=True):
            said[place] = detail
    return said


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
        TRAINS: selection.trains,
    }
