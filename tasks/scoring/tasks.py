"""Scoring as Prefect sees it: one light task that waits for a worker process."""

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.compute import Workers
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import Receipt
from gleanery.tasks.scoring.scoring_part import Scorer, score_part
from gleanery.tasks.tasks import part_state


@task(
    name="score part",
    task_run_name="{scorer.stage} {candidates.part}",
    persist_result=False,
    cache_policy=NO_CACHE,
)
def score_candidates(
    workers: Workers, parts: Parts, candidates: Receipt, scorer: Scorer
) -> Receipt:
    """Return the receipt of a scorer's scores of a part of candidates."""
    return part_state(*score_part(workers, parts, candidates, scorer))
