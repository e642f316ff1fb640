"""Scoring the answers of a part: nothing is asked, so scores can be computed again at any time."""

import time
from collections.abc import Mapping, Sequence

from gleanery.infra.digests import digest
from gleanery.infra.incremental import standing_receipt
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.evaluation import scoring
from gleanery.tasks.evaluation.benchmarks import Benchmark
from gleanery.tasks.evaluation.records import AnsweredItem, BenchmarkItem, ScoredItem
from gleanery.tasks.evaluation.scoring import Answer, AnswerScorer
from gleanery.tasks.evaluation.stages import ITEM_SCORES
from gleanery.tasks.evaluation.verdicts import Verdict


def score_part(
    parts: Parts,
    answers: Receipt,
    benchmark: Benchmark,
    items: Mapping[str, BenchmarkItem],
    scorer: AnswerScorer,
) -> tuple[Receipt, bool]:
    """Return the receipt of the scores of a part of answers, and whether it stood already.

    `items` are the benchmark's, by id. Answers that a later run adds to the part are scored then.
    """
    rows = parts.rows(answers, AnsweredItem)
    plan = _plan(answers, [items[row.id] for row in rows])
    newest = parts.newest(plan.stage, plan.part)
    if standing := standing_receipt(parts, plan, newest, True, None):
        return standing, True
    started = time.monotonic()
    scored = score_answers(rows, benchmark, items, scorer)
    outcome = Outcome(scored, [], [], len(rows))
    return parts.commit(plan, outcome, ScoredItem, started, newest), False


def score_answers(
    answered: Sequence[AnsweredItem],
    benchmark: Benchmark,
    items: Mapping[str, BenchmarkItem],
    scorer: AnswerScorer,
) -> list[ScoredItem]:
    """Return what answers are worth, each with all that it was read from."""
    pairs = [
        (items[row.id], Answer.of(row.answer, row.finish_reason, not row.as_chat))
        for row in answered
    ]
    verdicts = scorer.score_all(benchmark, pairs)
    return [
        _scored(row, items[row.id], verdict)
        for row, verdict in zip(answered, verdicts, strict=True)
    ]


def _scored(answered: AnsweredItem, item: BenchmarkItem, verdict: Verdict) -> ScoredItem:
    return ScoredItem(
        **answered.model_dump(exclude={"detail"}),
        expected=item.answer,
        extracted=verdict.extracted,
        correct=int(verdict.correct),
        unparseable=verdict.unparseable,
        truncated=answered.finish_reason == "length",
        detail=answered.detail or verdict.detail,
        followed=list(verdict.followed),
        followed_loosely=list(verdict.followed_loosely),
    )


def _plan(answers: Receipt, items: list[BenchmarkItem]) -> Plan:
    expected = digest([item.model_dump() for item in items])
    return Plan(
        stage=ITEM_SCORES,
        version=scoring.VERSION,
        part=answers.part,
        inputs=(
            Input(stage=answers.stage, part=answers.part, row_digest=answers.row_digest),
            Input(stage="items", part=answers.part, row_digest=expected),
        ),
        decides={},
    )
