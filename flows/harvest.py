"""The harvest: from web archives to refined question-answer pairs, after MAmmoTH2."""

from prefect import flow
from prefect.logging import get_run_logger

from gleanery.flows.artifacts import show_funnel, show_samples
from gleanery.flows.calibrate_recall import calibrate_recall
from gleanery.flows.extract_pairs import extract_pairs
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.open_batches import HarvestRun, batches_of
from gleanery.flows.recall_documents import recall_documents
from gleanery.flows.refine_pairs import refine_pairs
from gleanery.flows.run import Again, open_run
from gleanery.flows.samples import draw_pairs
from gleanery.tasks.curation.benchmark_items import read_benchmarks
from gleanery.tasks.recall.batches import mark_finished, mark_open
from gleanery.tasks.recall.dedup_stage import dedup_output
from gleanery.tasks.recall.policy import NoPolicy, read_policy
from gleanery.tasks.stage_inputs import stages_closed
from gleanery.tasks.stage_output import StageOutput


@flow(name="harvest", flow_run_name="harvest: {config.name}")
def harvest(config: HarvestConfig, again: Again = Again()) -> list[StageOutput]:
    """Return the outputs of recall, dedup, extraction and refinement over everything open.

    The first run calibrates the recall policy; later ones apply it. A run that ends incomplete
    (an endpoint went down, the budget is spent) says so, and the next one takes up what is left.
    Raises `BenchmarkError` for benchmarks that cannot be used, before any work.
    """
    with open_run(config) as run:
        if config.decontamination.benchmarks:
            read_benchmarks(config.decontamination.benchmarks, run.source_options)
        try:
            read_policy(run.parts)
        except NoPolicy:
            calibrate_recall(config)
        recalled = recall_documents(config, again)
        outputs = [
            recalled,
            dedup_output(run.parts, recalled),
            extract_pairs(config, again),
            refine_pairs(config, again),
        ]
        _close_batches(run, outputs, again)
        for output in outputs:
            get_run_logger().info(
                "%s: %d in, %d out, %d rejected, %d failed",
                output.stage,
                output.rows_in,
                output.rows_out,
                sum(output.rejected.values()),
                sum(output.failed.values()),
            )
        show_funnel(outputs)
        show_samples(draw_pairs(run.parts, outputs[-1]))
        return outputs


def _close_batches(run: HarvestRun, outputs: list[StageOutput], again: Again) -> None:
    """Mark the batches whose parts are closed in every stage, so that no run looks again."""
    log = get_run_logger()
    for batch in batches_of(run, again):
        open_parts = [part.name for part in batch.parts if not stages_closed(run.parts, part.name)]
        if open_parts:
            mark_open(run.store, batch)
            log.warning(
                "batch %d is incomplete: %d of %d parts are open (%s); run again to take them up",
                batch.number,
                len(open_parts),
                len(batch.parts),
                ", ".join(open_parts[:5]),
            )
        else:
            mark_finished(run.store, batch)
