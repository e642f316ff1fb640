"""Calibration as stages: the corpus read once, then each round trained, recalled and judged."""

import time
from collections.abc import Sequence

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import digest, digest_bytes
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.recall.calibration import (
    CalibrationPage,
    RecalledPage,
    RoundsConfig,
    overlap,
    run_round,
)
from gleanery.tasks.recall.classifier import ClassifierConfig
from gleanery.tasks.recall.domain_prompt import FINGERPRINT
from gleanery.tasks.recall.domains import DomainVerdict, request_for, verdict_from
from gleanery.tasks.recall.policy import PART, STAGE
from gleanery.tasks.recall.seeds import SeedsConfig, read_seeds
from gleanery.tasks.recall.site_groups import (
    DomainConfig,
    DomainGroup,
    DomainSample,
    group_by_domain,
)
from gleanery.tasks.recall.thresholds import Evaluation, ThresholdConfig
from gleanery.tasks.records import Loss

ROUND, JUDGE = "calibration-round", "judge-sites"
VERSION = 1


class CalibrationConfig(Config):
    """How the recall policy is made."""

    seeds: SeedsConfig = Field(SeedsConfig(), description="Examples to begin with.")
    most_files: int = Field(
        100, ge=1, description="How many source files make the calibration corpus: the first."
    )
    classifier: ClassifierConfig = Field(ClassifierConfig(), description="fastText's training.")
    threshold: ThresholdConfig = Field(ThresholdConfig(), description="How it is chosen.")
    rounds: RoundsConfig = Field(RoundsConfig(), description="Rounds of recall and retraining.")
    sites: DomainConfig = Field(DomainConfig(), description="How sites are judged.")


def train_part(
    parts: Parts,
    number: int,
    pages: Sequence[Receipt],
    before: tuple[Receipt, Receipt] | None,
    config: CalibrationConfig,
) -> Receipt:
    """Return the receipt of a round: its rows are the pages recalled, its notes the numbers.

    `before` holds the receipts of the round before and of its verdicts. The classifier is kept
    beside the parts, under its digest.
    """
    started = time.monotonic()
    seeds = read_seeds(config.seeds)
    plan = _round_plan(number, pages, before, config, digest(seeds))
    newest = parts.newest(ROUND, plan.part)
    if newest and newest.key == plan.key:
        return newest
    rows = [page for receipt in pages for page in parts.rows(receipt, CalibrationPage)]
    verdicts = parts.rows(before[1], DomainVerdict) if before else []
    result = run_round(
        seeds,
        rows,
        {verdict.key: verdict.approved for verdict in verdicts},
        parts.rows(before[0], RecalledPage) if before else [],
        config.classifier,
        config.threshold,
        config.rounds,
    )
    data = result.classifier.to_bytes()
    path = f"classifiers/{digest_bytes(data)}.zip"
    parts.store.write(path, data)
    recalled = {page.id for page in result.recalled}
    outcome = Outcome(
        rows=result.recalled,
        rejected=[
            Loss(row_id=page.id, reason="below_threshold", detail=page.url)
            for page in rows
            if page.id not in recalled
        ],
        failed=[],
        rows_in=len(rows),
        notes={
            "classifier": path,
            "examples": result.examples,
            "evaluation": result.evaluation.model_dump(mode="json"),
            "overlap": overlap(parts.rows(before[0], RecalledPage), result.recalled)
            if before
            else None,
        },
    )
    return parts.commit(plan, outcome, RecalledPage, started, newest)


def _round_plan(
    number: int,
    pages: Sequence[Receipt],
    before: tuple[Receipt, Receipt] | None,
    config: CalibrationConfig,
    seeds_digest: str,
) -> Plan:
    return Plan(
        stage=ROUND,
        version=VERSION,
        part=f"round-{number}",
        inputs=tuple(
            Input(stage=receipt.stage, part=receipt.part, row_digest=receipt.row_digest)
            for receipt in [*pages, *(before or ())]
        ),
        decides={
            "seeds": seeds_digest,
            "classifier": config.classifier.model_dump(mode="json"),
            "threshold": config.threshold.model_dump(mode="json"),
            "rounds": config.rounds.model_dump(mode="json", exclude={"rounds", "overlap"}),
        },
    )


def judging_part(
    parts: Parts, number: int, recalled: Receipt, config: DomainConfig, engine: EngineConfig
) -> LLMPart[DomainGroup, DomainVerdict]:
    """Return the work of judging the sites that a round has recalled pages from."""

    def groups() -> list[DomainGroup]:
        samples = (
            DomainSample(page.url, page.domain, page.title, page.score)
            for page in parts.rows(recalled, RecalledPage)
        )
        return group_by_domain(samples, config)

    def dialogue(group: DomainGroup, attempt: int) -> Dialogue[RowOutcome[DomainVerdict]]:
        request = request_for(group, config, engine.identity, attempt)
        results = yield {0: [request]}
        verdict = verdict_from(group, results[request.key])
        if isinstance(verdict, Loss):
            return RowOutcome(losses=[verdict])
        return RowOutcome(rows=[verdict])

    return LLMPart(
        plan=Plan(
            stage=JUDGE,
            version=VERSION,
            part=f"round-{number}",
            inputs=(Input(stage=ROUND, part=recalled.part, row_digest=recalled.row_digest),),
            decides={
                "config": config.model_dump(mode="json"),
                "prompt": FINGERPRINT,
                "model": [engine.model, engine.revision],
            },
        ),
        load=groups,
        row_id=lambda group: group.key,
        row_type=DomainVerdict,
        origin=lambda verdict: verdict.key,
        engines=[engine],
        dialogue=dialogue,
    )


def commit_policy(
    parts: Parts,
    last_round: Receipt,
    verdicts: Receipt,
    prefilter: Receipt | None,
    approved_share: float,
) -> Receipt:
    """Return the policy's receipt, a new generation only if anything in it has changed.

    Pages of approved sites are kept from `approved_share` of the threshold on.
    """
    started = time.monotonic()
    threshold = Evaluation.model_validate(last_round.notes["evaluation"]).threshold
    raw = prefilter.notes["prefilter"] if prefilter else None
    plan = Plan(
        stage=STAGE,
        version=VERSION,
        part=PART,
        inputs=tuple(
            Input(stage=receipt.stage, part=receipt.part, row_digest=receipt.row_digest)
            for receipt in (last_round, verdicts)
        ),
        decides={
            "classifier": last_round.notes["classifier"],
            "threshold": threshold,
            "approved_share": approved_share,
            "prefilter": raw,
        },
    )
    newest = parts.newest(STAGE, PART)
    if newest and newest.key == plan.key:
        return newest
    rows = parts.rows(verdicts, DomainVerdict)
    outcome = Outcome(
        rows=rows,
        rejected=[],
        failed=[],
        rows_in=len(rows),
        notes={
            "classifier": last_round.notes["classifier"],
            "threshold": threshold,
            "approved_threshold": threshold * approved_share,
            "evaluation": last_round.notes["evaluation"],
            "prefilter": raw,
        },
    )
    return parts.commit(plan, outcome, DomainVerdict, started, newest)
