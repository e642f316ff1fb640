"""The stages of curation, each over the parts of the one before."""

from collections.abc import Sequence

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.fan_out import do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Run
from gleanery.flows.summary import finish_stage
from gleanery.infra.receipts import Receipt
from gleanery.tasks.curation.candidates_part import (
    SourcePart,
    gather_candidates,
    standing_candidates,
)
from gleanery.tasks.stage_inputs import CANDIDATES
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.tasks import do_part

DatasetRun = Run[DatasetConfig]


def gather(run: DatasetRun, sources: Sequence[SourcePart]) -> tuple[StageOutput, Sequence[Receipt]]:
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
    made = [receipt for receipt in receipts if receipt]
    return finish_stage(run, CANDIDATES, made), made
