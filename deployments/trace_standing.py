"""Where a row stands in datasets: as a candidate, with every verdict on it, and in releases."""

from collections.abc import Container, Mapping, Sequence
from typing import TypeVar

from pydantic import BaseModel, ConfigDict

from gleanery.deployments.trace_rows import standing_releases
from gleanery.deployments.trace_selection import selected
from gleanery.deployments.trace_stores import dataset_stores, name_of, newest_receipts
from gleanery.infra.row_search import find_rows
from gleanery.infra.storage import Store
from gleanery.tasks.curation.duplicates_part import DUPLICATES
from gleanery.tasks.curation.paraphrase_part import PARAPHRASES
from gleanery.tasks.curation.semantic_part import SEMANTIC_DUPLICATES
from gleanery.tasks.dataset_records import Candidate, Duplicate, ExampleScore, Leak
from gleanery.tasks.records import Record
from gleanery.tasks.release.forgotten import FORGOTTEN, read_forgotten
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.release.rows_lineage import read_lineage
from gleanery.tasks.scoring.stages import AGREEMENT, HEURISTICS, JUDGEMENTS
from gleanery.tasks.stage_inputs import CANDIDATES, LEAKS

_DUPLICATES = (DUPLICATES, SEMANTIC_DUPLICATES)
_LEAKS = (LEAKS, PARAPHRASES)
_SCORES = (JUDGEMENTS, AGREEMENT, HEURISTICS)

Row = TypeVar("Row", bound=Record)


class Standing(Record):
    """A row in one dataset: `origin` is the pair or plan that it was written from.

    `candidate` says what it is among the candidates of today, "" for none; `selection` what became
    of it when the dataset was last built; `verdicts` are lines; `releases` those that hold it, each
    with its split.
    """

    dataset: str
    origin: str
    candidate: str
    selection: str
    verdicts: list[str]
    releases: list[str]


class _Released(BaseModel):
    """What is read of a released row; its other columns are left alone."""

    model_config = ConfigDict(extra="ignore")

    id: str
    split: str
    lineage: str


def find_standings(stores: Sequence[Store], row_id: str) -> list[Standing]:
    """Return where the row of an id stands, one for each dataset that has it."""
    found = [_standing(dataset, row_id) for dataset in dataset_stores(stores)]
    return [standing for standing in found if standing]


def _standing(dataset: Store, row_id: str) -> Standing | None:
    candidates = _rows(dataset, CANDIDATES, {row_id}, Candidate)
    released = _released(dataset, row_id)
    if not candidates and not released:
        return None
    candidate = candidates[0] if candidates else None
    origins = [read_lineage(row.lineage).origin for row in released.values()]
    return Standing(
        dataset=name_of(dataset),
        origin=candidate.origin if candidate else origins[-1],
        candidate=_described(candidate) if candidate else "",
        selection=selected(dataset, [row_id]).get(row_id, ""),
        verdicts=_verdicts(dataset, row_id, candidate),
        releases=[f"{version} ({row.split})" for version, row in released.items()],
    )


def _described(candidate: Candidate) -> str:
    return f"{candidate.strategy or candidate.method}, for {candidate.split}, {candidate.part}"


def _verdicts(dataset: Store, row_id: str, candidate: Candidate | None) -> list[str]:
    """Return in words what curation says of a row, of its own and of its source."""
    said = []
    ids = {row_id, candidate.document_id} - {""} if candidate else {row_id}  # of pages, by theirs
    for stage in _DUPLICATES:
        for row in _rows(dataset, stage, ids, Duplicate):
            alike = f"{row.level}, similarity {row.similarity:.2f}"
            said.append(f"{row.kind} duplicate of {row.kept_id} ({alike})")
    for stage in _LEAKS:
        for leak in _rows(dataset, stage, ids, Leak):
            said.append(f"leak of {leak.benchmark} {leak.item_id} ({leak.kind}, {leak.side})")
    for stage in _SCORES:
        for score in _rows(dataset, stage, {row_id}, ExampleScore):
            detail = f": {score.detail}" if score.detail else ""
            said.append(f"{score.scorer} {score.name} {score.value:.3g}{detail}")
    if candidate and candidate.url:
        forgotten = read_forgotten(dataset)
        source = forgotten.by_address(candidate.url) or forgotten.by_text(candidate.page_text)
        if source:
            said.append(f"{FORGOTTEN} with {source.address} since {source.since_when}")
    return said


def _rows(dataset: Store, stage: str, ids: Container[str], record: type[Row]) -> list[Row]:
    return [
        row
        for receipt in newest_receipts(dataset, stage).values()
        for row in find_rows(dataset, receipt.data, "id", ids, record)
    ]


def _released(dataset: Store, row_id: str) -> Mapping[str, _Released]:
    """Return the row in each release that has it, by version."""
    found = {}
    for manifest in standing_releases(dataset):
        for path in (path for split in SPLITS for path in manifest.data_files(split)):
            for row in find_rows(dataset, f"{manifest.folder}/{path}", "id", {row_id}, _Released):
                found[manifest.version] = row
    return found
