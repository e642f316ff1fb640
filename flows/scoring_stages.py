"""The stages that score candidates: each scorer writes rows of its own beside them."""

import functools
from collections.abc import Mapping, Sequence

from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.fan_out import ask_for_parts, do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, Run
from gleanery.flows.stage_parts import Stage, finished
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Input, Receipt
from gleanery.tasks.curation.candidates_part import SourcePart
from gleanery.tasks.curation.left_out import LeftOut
from gleanery.tasks.dataset_records import Candidate
from gleanery.tasks.records import Document
from gleanery.tasks.scoring.judgement_part import judgement_part
from gleanery.tasks.scoring.scoring_part import Scorer, standing_scores
from gleanery.tasks.scoring.stages import JUDGEMENTS
from gleanery.tasks.scoring.tasks import score_candidates
from gleanery.tasks.stage_inputs import RECALL

DatasetRun = Run[DatasetConfig]


def score(run: DatasetRun, candidates: Stage, scorer: Scorer) -> Stage:
    """Return the scores of a scorer that asks no model, made in worker processes."""
    with StageProgress(scorer.stage, len(candidates.receipts)) as progress:
        receipts = do_parts(
            scorer.stage,
            candidates.receipts,
            lambda receipt: standing_scores(run.parts, receipt, scorer),
            lambda receipt: score_candidates.submit(run.workers, run.parts, receipt, scorer),
            progress,
        )
    return finished(run, scorer.stage, receipts)


def judge(
    run: DatasetRun,
    candidates: Stage,
    sources: Mapping[str, SourcePart],
    left_out: LeftOut,
    again: Again,
) -> Stage:
    """Return what the judges say of every candidate that is not left out anyway."""
    work = [
        judgement_part(
            receipt.part,
            (Input(stage=receipt.stage, part=receipt.part, row_digest=receipt.row_digest),),
            functools.partial(_load, run.parts, receipt, sources[receipt.part], run.config),
            left_out.of_part(receipt),
            run.config.judge,
            run.config.judges,
        )
        for receipt in candidates.receipts
    ]
    output = ask_for_parts(run, JUDGEMENTS, work, again)
    made = [run.parts.newest(JUDGEMENTS, receipt.part) for receipt in candidates.receipts]
    return Stage(output, [receipt for receipt in made if receipt])


def _load(
    parts: Parts, candidates: Receipt, source: SourcePart, config: DatasetConfig
) -> tuple[Sequence[Candidate], Mapping[str, str]]:
    """Return a part's candidates and, if the judges are to see them, the texts of their pages."""
    rows = parts.rows(candidates, Candidate)
    wanted = {row.document_id for row in rows if row.document_id}
    if not (config.judge.show_source and wanted):
        return rows, {}
    pages = Parts(source.store)
    recalled = pages.newest(RECALL, source.part)
    documents = pages.rows(recalled, Document) if recalled else []
    return rows, {page.id: page.text for page in documents if page.id in wanted}
