"""Scores that ask no model, for one part of the candidates, computed in a worker process."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from gleanery.infra.compute import WorkerDied, Workers
from gleanery.infra.config import Config
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, ExampleScore


@dataclass(frozen=True, slots=True)
class Scored:
    """What a scorer says of a part's candidates; `notes` go to the receipt."""

    scores: Sequence[ExampleScore]
    losses: Sequence[Loss] = ()
    notes: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Scorer:
    """A stage of its own: a function of candidates and configuration, in an importable module."""

    stage: str
    version: int
    config: Config
    score: Callable[[Sequence[Candidate], Any], Scored]

    def plan(self, candidates: Receipt) -> Plan:
        """Return what decides the scores of a part of candidates."""
        made_from = Input(
            stage=candidates.stage, part=candidates.part, row_digest=candidates.row_digest
        )
        return Plan(
            stage=self.stage,
            version=self.version,
            part=candidates.part,
            inputs=(made_from,),
            decides={"config": self.config.model_dump(mode="json")},
        )


def standing_scores(parts: Parts, candidates: Receipt, scorer: Scorer) -> Receipt | None:
    """Return the receipt of a part's scores if they are just what would be computed, or `None`."""
    newest = parts.newest(scorer.stage, candidates.part)
    stands = newest and newest.closed and newest.key == scorer.plan(candidates).key
    return newest if stands else None


def score_part(
    workers: Workers, parts: Parts, candidates: Receipt, scorer: Scorer
) -> tuple[Receipt, bool]:
    """Return the receipt of a part's scores, and whether they stood already.

    A part whose workers die is left open, under the reason "worker_died", for the next run.
    """
    if standing := standing_scores(parts, candidates, scorer):
        return standing, True
    try:
        made = workers.run(_score_in_worker, parts.store, parts.writer, candidates, scorer)
    except WorkerDied as died:
        loss = Loss(row_id=candidates.part, reason="worker_died", detail=str(died))
        outcome: Outcome[ExampleScore] = Outcome([], [], [loss], candidates.rows_out)
        newest = parts.newest(scorer.stage, candidates.part)
        plan = scorer.plan(candidates)
        made = parts.commit(plan, outcome, ExampleScore, time.monotonic(), newest)
    return made, False


def _score_in_worker(store: Store, writer: str, candidates: Receipt, scorer: Scorer) -> Receipt:
    started = time.monotonic()
    parts = Parts(store, writer)
    plan = scorer.plan(candidates)
    newest = parts.newest(plan.stage, plan.part)
    rows = parts.rows(candidates, Candidate)
    scored = scorer.score(rows, scorer.config)
    outcome = Outcome(scored.scores, scored.losses, [], len(rows), notes=scored.notes)
    return parts.commit(plan, outcome, ExampleScore, started, newest)
