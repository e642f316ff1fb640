"""Selection as a part: what is in, with its split, and every other candidate with its reason."""

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from gleanery.infra.digests import digest
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.row_search import read_columns
from gleanery.infra.storage import Store
from gleanery.infra.tables import RowSpool
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.records import Record
from gleanery.tasks.release.forgotten import FORGOTTEN, Forgotten
from gleanery.tasks.release.forgotten_pages import forgotten_now
from gleanery.tasks.release.forgotten_rows import forgotten_rows
from gleanery.tasks.release.recipe import Recipe
from gleanery.tasks.release.selection import KEPT, Selection, select
from gleanery.tasks.release.selection_rows import CandidateVerdicts, joined, selection_table
from gleanery.tasks.release.stages import SELECTION

PART = "all"
SUPERSEDED, LEAK = "superseded", "leak"
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
    verdicts, why = read_verdicts(parts, curated, forgotten)
    place_of: dict[str, tuple[str, str]] = {}  # part and document
    tables = []
    for receipt in curated.candidates:
        rows = parts.rows(receipt, Candidate)
        place_of.update((row.id, (receipt.part, row.document_id)) for row in rows)
        tables.append(selection_table(rows, verdicts, scores_of_part(parts, curated, receipt)))
    table = joined(tables)
    selection = select(table, recipe, pipelines)
    outcome = Outcome[Selected]([], [], [], len(table), notes=_notes(selection))
    with RowSpool(Selected) as rows_in, RowSpool(Loss) as losses:
        for row_id, reason, split in _told(selection, table["id"].to_pylist()):
            part, document_id = place_of[row_id]
            if reason == KEPT:
                rows_in.append(Selected(id=row_id, part=part, split=split))
            else:
                detail = why(row_id, document_id, reason)
                losses.append(Loss(row_id=row_id, reason=reason, detail=detail))
        return parts.commit_spooled(plan, outcome, rows_in, losses, started, newest), False


def superseded(parts: Parts, candidates: Sequence[Receipt]) -> dict[str, str]:
    """Return the ids of candidates whose page came in again later, with the newer document's id.

    The order of the receipts is the order in which pages came in. Memory holds an id for each
    candidate from a page.
    """
    newest: dict[str, str] = {}
    found: list[tuple[str, str, str]] = []
    for receipt in candidates:
        columns = read_columns(parts.store, receipt.data, ("id", "page", "document_id"))
        for row in columns.to_pylist():
            if row["page"]:
                newest[row["page"]] = row["document_id"]
                found.append((row["id"], row["page"], row["document_id"]))
    return {row_id: newest[page] for row_id, page, document in found if newest[page] != document}


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


class Why:
    """Why a candidate is out, in words."""

    def __init__(
        self,
        duplicates: Sequence[Duplicate],
        leaks: Sequence[Leak],
        forgotten: Mapping[str, str],
        newer: Mapping[str, str],
    ) -> None:
        self._same_as = {(row.id, row.kind): row for row in reversed(duplicates)}
        self._leaks = {row.id: row for row in reversed(leaks)}
        self._forgotten, self._newer = forgotten, newer

    def __call__(self, row_id: str, document_id: str, reason: str) -> str:
        """Return what stands behind a reason; "" where the reason says it all."""
        kind = reason.partition("_")[2]
        own = self._same_as.get((row_id, kind))
        if duplicate := own or self._same_as.get((document_id, kind)):
            return f"{duplicate.similarity:.3f} like {duplicate.kept_id} ({duplicate.level})"
        if reason == LEAK and (leak := self._leaks.get(row_id)):
            return f"{leak.benchmark} {leak.item_id} ({leak.side}): {leak.matched[:200]}"
        if reason == SUPERSEDED:
            return f"the page came in again, as document {self._newer[row_id]}"
        return self._forgotten.get(row_id, "") if reason == FORGOTTEN else ""


def read_verdicts(
    parts: Parts, curated: Curated, forgotten: Forgotten
) -> tuple[CandidateVerdicts, Why]:
    """Return what was said of the candidates so far, and why in words."""
    duplicates = [row for receipt in curated.duplicates for row in parts.rows(receipt, Duplicate)]
    leaks = [row for receipt in curated.leaks for row in parts.rows(receipt, Leak)]
    left_out = forgotten_rows(parts.store, curated.candidates, curated.duplicates, forgotten)
    newer = superseded(parts, curated.candidates)
    verdicts = CandidateVerdicts(duplicates, leaks, left_out.keys(), newer.keys())
    return verdicts, Why(duplicates, leaks, left_out, newer)


def scores_of_part(parts: Parts, curated: Curated, candidates: Receipt) -> Iterator[ExampleScore]:
    """Yield what all scorers say of a part of candidates: their parts have its name."""
    for receipt in curated.scores:
        if receipt.part == candidates.part:
            yield from parts.rows(receipt, ExampleScore)


def _told(selection: Selection, ids: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Yield id, reason and split of each row."""
    sides = ("train", "validation")
    for row_id, reason, validates in zip(
        ids, selection.reasons.tolist(), selection.validation.tolist(), strict=True
    ):
        yield row_id, selection.names[reason], sides[validates]


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
