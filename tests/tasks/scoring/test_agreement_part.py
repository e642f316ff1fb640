"""Agreement of a part in worker processes: committed, standing, done again when rows change."""

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from gleanery.infra.compute import ComputeConfig, LocalWorkers
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt
from gleanery.infra.storage import Store
from gleanery.tasks.dataset_records import Candidate, ExampleScore
from gleanery.tasks.scoring.agreement_config import AgreementConfig
from gleanery.tasks.scoring.agreement_part import agreement_scorer
from gleanery.tasks.scoring.scoring_part import Scored, Scorer, score_part, standing_scores

Make = Callable[..., Candidate]
BOMB = "\\boxed{(9^{9})^{(9^{9})}}"


@pytest.fixture
def workers() -> Iterator[LocalWorkers]:
    with LocalWorkers(ComputeConfig(workers=1)) as started:
        yield started


def commit_candidates(parts: Parts, rows: Sequence[Candidate]) -> Receipt:
    plan = Plan(stage="candidates", version=1, part="p0", inputs=(), decides={})
    newest = parts.newest("candidates", "p0")
    outcome = Outcome(list(rows), [], [], len(rows))
    return parts.commit(plan, outcome, Candidate, time.monotonic(), newest)


def test_a_part_is_scored_once_and_again_when_its_rows_change(
    tmp_path: Path, workers: LocalWorkers, make_candidate: Make
) -> None:
    parts = Parts(Store(str(tmp_path)))
    rows = [
        make_candidate(answer="\\boxed{2\\sqrt{2}}", name="a", original="\\boxed{\\sqrt{8}}"),
        make_candidate(answer="\\boxed{3}", name="b", original="\\boxed{4}"),
        make_candidate(answer="\\boxed{3}", name="c"),
        make_candidate(answer=BOMB, name="d", original="\\boxed{\\sqrt{7}}"),
    ]
    config = AgreementConfig(comparison_mb=512)
    candidates = commit_candidates(parts, rows)
    receipt, stood = score_part(workers, parts, candidates, agreement_scorer(config))
    assert not stood
    assert (receipt.stage, receipt.rows_in, receipt.rows_out) == ("agreement", 4, 2)
    assert receipt.rejected == {"not_comparable": 1}
    assert receipt.notes == {"comparisons_given_up": 0}  # the alarm came in time
    values = {(row.id, row.name): row.value for row in parts.rows(receipt, ExampleScore)}
    assert values == {("a", "kept_result"): 1, ("b", "kept_result"): 0}
    assert score_part(workers, parts, candidates, agreement_scorer(config)) == (receipt, True)

    fewer = commit_candidates(parts, rows[:2])
    again, stood = score_part(workers, parts, fewer, agreement_scorer(config))
    assert (stood, again.generation, again.rows_in) == (False, 2, 2)
    assert standing_scores(parts, fewer, agreement_scorer(config)) == again
    assert standing_scores(parts, fewer, agreement_scorer(AgreementConfig())) is None


def kill_the_worker(candidates: Sequence[Candidate], config: AgreementConfig) -> Scored:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_a_part_whose_workers_die_stays_open_and_is_done_by_the_next_run(
    tmp_path: Path, workers: LocalWorkers, make_candidate: Make
) -> None:
    parts = Parts(Store(str(tmp_path)))
    candidates = commit_candidates(parts, [make_candidate(answer="3", original="3")])
    deadly = Scorer("agreement", 1, AgreementConfig(), kill_the_worker)
    receipt, stood = score_part(workers, parts, candidates, deadly)
    assert (stood, receipt.closed, receipt.failed) == (False, False, {"worker_died": 1})
    (loss,) = parts.losses(receipt)
    assert "SIGKILL" in loss.detail
    mended, stood = score_part(workers, parts, candidates, agreement_scorer(AgreementConfig()))
    assert (stood, mended.closed, mended.rows_out) == (False, True, 1)
