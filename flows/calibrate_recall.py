"""The flow that makes the recall policy: rounds of training, recalling and judging sites."""

from prefect import flow
from prefect.logging import get_run_logger
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.artifacts import show_rounds, show_threshold_curve
from gleanery.flows.fan_out import PARTS_AT_ONCE, results_of
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.open_batches import HarvestRun
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, open_run
from gleanery.infra.receipts import Receipt
from gleanery.tasks.recall.calibration_pages import STAGE as PAGES
from gleanery.tasks.recall.calibration_pages import calibration_parts
from gleanery.tasks.recall.calibration_stage import commit_policy
from gleanery.tasks.recall.tasks import (
    judge_sites,
    read_calibration_pages,
    train_prefilter,
    train_round,
)
from gleanery.tasks.stage_output import StageOutput, stage_output


@flow(
    name="calibrate-recall",
    flow_run_name="calibrate recall: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def calibrate_recall(config: HarvestConfig) -> StageOutput:
    """Return the recall policy's stage output: classifier, threshold, and the sites' verdicts.

    Batches that are sealed from now on are recalled with it. Run again without a change, it
    finds everything done.
    """
    with open_run(config) as run:
        pages = _read_pages(run)
        rounds: list[Receipt] = []
        verdicts: Receipt | None = None
        for number in range(1, config.calibration.rounds.rounds + 1):
            before = (rounds[-1], verdicts) if verdicts else None
            rounds.append(
                train_round(run.parts, run.workers, number, pages, before, config.calibration)
            )
            verdicts = _judge(run, number, rounds[-1])
            agreed = rounds[-1].notes["overlap"]
            if agreed is not None and agreed >= config.calibration.rounds.overlap:
                get_run_logger().info("rounds %d and %d recall the same pages", number - 1, number)
                break
        assert verdicts is not None  # there is at least one round
        prefilter = None
        if config.recall.prefilter:
            prefilter = train_prefilter(
                run.parts,
                run.workers,
                pages,
                rounds[-1],
                config.calibration.classifier,
                config.recall.prefilter_keeps,
            )
        policy = commit_policy(
            run.parts, rounds[-1], verdicts, prefilter, config.recall.approved_share
        )
        show_rounds(rounds)
        show_threshold_curve(policy)
        return stage_output("policy", [policy], run.parts.writer)


def _read_pages(run: HarvestRun) -> list[Receipt]:
    config = run.config
    files = calibration_parts(
        config.source, config.calibration.most_files, config.recall.part_bytes, run.source_options
    )
    with StageProgress(PAGES, len(files)) as progress:
        futures = [
            read_calibration_pages.submit(
                run.parts, run.workers, part, config.source, config.recall, run.source_options
            )
            for part in files
        ]
        return results_of(futures, progress)


def _judge(run: HarvestRun, number: int, recalled: Receipt) -> Receipt:
    # Sites judged for an earlier calibration are asked about again where their pages changed.
    llm = run.llm(Again(backfill=True))
    config = run.config
    verdicts = judge_sites(llm, number, recalled, config.calibration.sites, config.judging_engine)
    if not verdicts.closed:
        raise RuntimeError(
            f"round {number}: {sum(verdicts.failed.values())} sites have no verdict yet "
            f"({', '.join(verdicts.failed)}): run calibrate_recall again when the endpoint is up"
        )
    return verdicts
