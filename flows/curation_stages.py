"""The stages of curation, each over the parts of the one before."""

from collections.abc import Sequence

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.fan_out import do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Run, open_store
from gleanery.flows.stage_parts import Stage, finished
from gleanery.tasks.curation.candidates_part import (
    SourcePart,
    gather_candidates,
    standing_candidates,
)
from gleanery.tasks.curation.duplicates_part import (
    DUPLICATES,
    duplicates_part,
    standing_duplicates,
)
from gleanery.tasks.curation.row_ranks import Ranking
from gleanery.tasks.curation.signatures_part import (
    SIGNATURES,
    signature_part,
    standing_signatures,
)
from gleanery.tasks.release.eligibility_part import find_ineligible
from gleanery.tasks.release.selection_part import Curated
from gleanery.tasks.release.stages import ELIGIBILITY
from gleanery.tasks.scoring.agreement import AGREEMENT_SCORER
from gleanery.tasks.scoring.heuristics import HEURISTICS_SCORER
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


def find_duplicates(run: DatasetRun, part: str, signatures: Stage, ranking: Ranking) -> Stage:
    """Return the duplicates, exact and near, among all pages, or among what is left of their rows.

    What cannot be in the release anyway is compared with nothing; of the rest the better ranked
    rows stay.
    """
    names, config = [receipt.part for receipt in signatures.receipts], run.config.duplicates
    with StageProgress(f"{DUPLICATES}-{part}", 1) as progress:
        receipts = do_parts(
            DUPLICATES,
            [part],
            lambda part: standing_duplicates(run.parts, part, names, config, ranking),
            lambda part: do_part.submit(
                run.workers,
                DUPLICATES,
                part,
                duplicates_part,
                run.parts,
                part,
                names,
                config,
                ranking,
            ),
            progress,
        )
    return finished(run, DUPLICATES, receipts)


def refuse_rows(run: DatasetRun, part: str, curated: Curated, but: Sequence[str] = ()) -> Stage:
    """Return the rows that the recipe refuses, given what is known of them so far.

    Among them are those that fail a threshold on a score that asks no judge. Those that are out for
    a reason in `but` alone are not.
    """
    config = run.config
    pipelines = {source.name: source.method for source in config.sources}
    stores = [open_store(source, run.settings) for source in config.sources]
    made = do_part.submit(
        run.workers,
        ELIGIBILITY,
        part,
        find_ineligible,
        run.parts,
        part,
        curated,
        config.recipe,
        pipelines,
        stores,
        but,
        (HEURISTICS_SCORER, AGREEMENT_SCORER),
    )
    return finished(run, ELIGIBILITY, [made.result()])
