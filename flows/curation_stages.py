"""The stages of curation, each over the parts of the one before."""

from collections.abc import Sequence

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.fan_out import do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Run
from gleanery.flows.stage_parts import Stage, finished
from gleanery.tasks.curation.candidates_part import (
    SourcePart,
    gather_candidates,
    standing_candidates,
)
from gleanery.tasks.curation.duplicates_part import (
    ALL,
    DUPLICATES,
    duplicates_part,
    standing_duplicates,
)
from gleanery.tasks.curation.signatures_part import (
    SIGNATURES,
    signature_part,
    standing_signatures,
)
from gleanery.tasks.stage_inputs import CANDIDATES
from gleanery.tasks.tasks import do_part

DatasetRun = Run[DatasetConfig]


def gather(run: DatasetRun, sources: Sequence[SourcePart]) -> Stage:
    """Return the candidates: every current row of every source that is made already."""
    with StageProgress(CANDIDATES, len(sources)) as progress:
        receipts = do_parts(
            CANDIDATES,
            sources,
            lambda source: standing_candidates(run.parts, source),
            lambda source: do_part.submit(
                run.workers, CANDIDATES, source.name, gather_candidates, run.parts, source
            ),
            progress,
        )
    return finished(run, CANDIDATES, receipts)


def sign(run: DatasetRun, sources: Sequence[SourcePart]) -> Stage:
    """Return the signatures of every part of candidates: what duplicates are found by."""
    with StageProgress(SIGNATURES, len(sources)) as progress:
        receipts = do_parts(
            SIGNATURES,
            sources,
            lambda source: standing_signatures(run.parts, source),
            lambda source: do_part.submit(
                run.workers, SIGNATURES, source.name, signature_part, run.parts, source
            ),
            progress,
        )
    return finished(run, SIGNATURES, receipts)


def find_duplicates(run: DatasetRun, signatures: Stage) -> Stage:
    """Return the duplicates, exact and near, among everything that is signed."""
    names = [receipt.part for receipt in signatures.receipts]
    config = run.config.duplicates
    with StageProgress(DUPLICATES, 1) as progress:
        receipts = do_parts(
            DUPLICATES,
            [names],
            lambda names: standing_duplicates(run.parts, names, config),
            lambda names: do_part.submit(
                run.workers, DUPLICATES, ALL, duplicates_part, run.parts, names, config
            ),
            progress,
        )
    return finished(run, DUPLICATES, receipts)
