"""What came of a source's pages: pairs, refined versions, candidates, and rows of releases."""

import contextlib
from collections import defaultdict
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from gleanery.deployments.trace_records import (
    TracedCandidate,
    TracedLoss,
    TracedPage,
    TracedPair,
    TracedRow,
    TracedVersion,
)
from gleanery.deployments.trace_selection import selected
from gleanery.deployments.trace_stores import Harvested, name_of, newest_receipts
from gleanery.infra.losses import Loss
from gleanery.infra.receipts import Receipt
from gleanery.infra.row_search import find_rows, read_columns
from gleanery.infra.storage import Store
from gleanery.tasks.curation.duplicates_part import DUPLICATES
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import QAPair, RefinedPair
from gleanery.tasks.release.forgotten import Forgotten
from gleanery.tasks.release.forgotten_rows import forgotten_rows
from gleanery.tasks.release.manifest import Manifest, release_folder
from gleanery.tasks.release.published import list_releases
from gleanery.tasks.release.rows import SPLITS
from gleanery.tasks.stage_inputs import CANDIDATES, EXTRACT, REFINE


def with_rows(harvests: Sequence[Harvested], pages: Sequence[TracedPage]) -> list[TracedPage]:
    """Return the pages with the pairs that were found in each, and what was made of the pairs."""
    of_pipeline: dict[str, list[TracedPage]] = defaultdict(list)
    for page in pages:
        of_pipeline[page.pipeline].append(page)
    made = {
        place: (pairs, losses)
        for harvest in harvests
        for place, pairs, losses in _rows_of(harvest, of_pipeline[harvest.name])
    }
    return [
        page.model_copy(update=dict(zip(("pairs", "losses"), made[page.place], strict=True)))
        if page.place in made
        else page
        for page in pages
    ]


def candidates_of(dataset: Store, asked: Forgotten) -> list[TracedCandidate]:
    """Return the candidates that a dataset would leave out if this was forgotten."""
    receipts = newest_receipts(dataset, CANDIDATES)
    duplicates = newest_receipts(dataset, DUPLICATES)
    why = forgotten_rows(dataset, [*receipts.values()], [*duplicates.values()], asked)
    selection = selected(dataset, why) if why else {}
    return [
        TracedCandidate(
            dataset=name_of(dataset),
            id=row.id,
            pipeline=row.pipeline,
            document_id=row.document_id,
            url=row.url,
            origin=row.origin,
            strategy=row.strategy,
            question=row.question,
            why=why[row.id],
            selection=selection.get(row.id, ""),
        )
        for receipt in (receipts.values() if why else ())
        for row in find_rows(dataset, receipt.data, "id", why, Candidate)
    ]


def released_of(dataset: Store, urls: Container[str], ids: Collection[str]) -> list[TracedRow]:
    """Return the rows of all releases of a dataset with one of these addresses or ids."""
    wanted = pa.array([*ids], pa.string())
    return [
        TracedRow(dataset=name_of(dataset), release=manifest.version, **row)
        for manifest in standing_releases(dataset)
        for table in _released_tables(dataset, manifest)
        for row in _released_from(table, urls, wanted)
    ]


def standing_releases(dataset: Store) -> Iterator[Manifest]:
    """Yield the manifests of a dataset's releases, the oldest first, but for withdrawn ones."""
    for version in list_releases(dataset):
        # Not `read_manifest`: it reads the list of all releases for each of them.
        with contextlib.suppress(FileNotFoundError):  # its folder was taken away
            manifest = dataset.read(f"{release_folder(version)}/manifest.json")
            yield Manifest.model_validate_json(manifest)


def _released_tables(dataset: Store, manifest: Manifest) -> Iterator[pa.Table]:
    for split in SPLITS:
        for path in manifest.data_files(split):
            yield read_columns(dataset, f"{manifest.folder}/{path}", ("id", "split", "url"))


def _released_from(table: pa.Table, urls: Container[str], ids: pa.Array) -> list[dict[str, str]]:
    its = pa.array([url for url in table["url"].unique().to_pylist() if url in urls], pa.string())
    of_source = pc.or_(pc.is_in(table["id"], ids), pc.is_in(table["url"], its))
    rows: list[dict[str, str]] = table.filter(of_source).to_pylist()
    return rows


def _rows_of(
    harvest: Harvested, pages: Iterable[TracedPage]
) -> list[tuple[tuple[str, str, str], list[TracedPair], list[TracedLoss]]]:
    of_part: dict[str, set[str]] = defaultdict(set)
    for page in pages:
        of_part[page.part].add(page.document_id)
    found = []
    for part, documents in of_part.items():
        extracted, refined = (harvest.receipts[stage].get(part) for stage in (EXTRACT, REFINE))
        if extracted is None:
            continue
        pairs = find_rows(harvest.store, extracted.data, "document_id", documents, QAPair)
        traced = _pairs(harvest.store, pairs, refined)
        losses = _losses(harvest.store, extracted, documents)
        of_document: dict[str, list[TracedPair]] = defaultdict(list)
        for pair in pairs:
            of_document[pair.document_id].append(traced[pair.id])
        found += [
            ((harvest.name, part, document), of_document[document], losses[document])
            for document in documents
        ]
    return found


def _pairs(store: Store, pairs: Sequence[QAPair], refined: Receipt | None) -> dict[str, TracedPair]:
    ids = {pair.id for pair in pairs}
    rows = find_rows(store, refined.data, "pair_id", ids, RefinedPair) if refined and ids else []
    losses = _losses(store, refined, ids) if refined and ids else defaultdict(list)
    versions: dict[str, list[TracedVersion]] = defaultdict(list)
    for row in rows:
        version = TracedVersion(id=row.id, outcome=row.outcome, refiner=row.refiner)
        versions[row.pair_id].append(version)
    return {
        pair.id: TracedPair(
            id=pair.id,
            question=pair.question,
            origin=pair.origin,
            versions=versions[pair.id],
            losses=losses[pair.id],
        )
        for pair in pairs
    }


def _losses(store: Store, receipt: Receipt, ids: Container[str]) -> Mapping[str, list[TracedLoss]]:
    found: dict[str, list[TracedLoss]] = defaultdict(list)
    for row in find_rows(store, receipt.losses, "row_id", ids, Loss) if receipt.losses else ():
        loss = TracedLoss(stage=receipt.stage, reason=row.reason, detail=row.detail)
        found[row.row_id].append(loss)
    return found
