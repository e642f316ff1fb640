"""What a run would have to do: new source files, and what earlier runs left open."""

from collections.abc import Sequence
from dataclasses import dataclass

from gleanery.infra.parts import Parts
from gleanery.tasks.recall.batches import BatchPart, open_batches, read_batches
from gleanery.tasks.recall.source_files import SourceFile
from gleanery.tasks.stage_inputs import DEDUP, EXTRACT, RECALL, REFINE


@dataclass(frozen=True)
class Workload:
    """Files not read yet, documents without pairs, pairs without versions, requests that failed.

    `known_files` are in batches already, whether these are finished or not.
    """

    new_files: Sequence[SourceFile]
    known_files: int
    waiting_files: Sequence[SourceFile]
    documents: int
    pairs: int
    failed_extractions: int
    failed_refinements: int

    @property
    def files(self) -> list[SourceFile]:
        """Every file that is still to be read."""
        return [*self.new_files, *self.waiting_files]


def find_workload(parts: Parts, found: Sequence[SourceFile]) -> Workload:
    """Return what is left to do, given the files that the source has now."""
    batches = read_batches(parts.store)
    known = {(file.uri, file.etag) for batch in batches for file in batch.files}
    waiting: list[SourceFile] = []
    counts = [0, 0, 0, 0]
    for batch in open_batches(parts.store):
        for part in batch.parts:
            if parts.newest(RECALL, part.name) is None:
                waiting += part.files
            else:
                left = _left_in(parts, part)
                counts = [a + b for a, b in zip(counts, left, strict=True)]
    return Workload(
        [file for file in found if (file.uri, file.etag) not in known],
        sum((file.uri, file.etag) in known for file in found),
        waiting,
        *counts,
    )


def _left_in(parts: Parts, part: BatchPart) -> tuple[int, int, int, int]:
    """Return documents and pairs to do, and failed requests of both stages, of a recalled part."""
    newest = {s: parts.newest(s, part.name) for s in (RECALL, DEDUP, EXTRACT, REFINE)}
    extracted, refined = newest[EXTRACT], newest[REFINE]
    if extracted is None:
        documents = newest[DEDUP] or newest[RECALL]
        return (documents.rows_out if documents else 0), 0, 0, 0
    failed = sum(extracted.failed.values())
    if refined is None:
        return 0, extracted.rows_out, failed, 0
    return 0, 0, failed, sum(refined.failed.values())
