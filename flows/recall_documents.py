"""The flow that takes in new archives and recalls their documents."""

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, do_parts
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.open_batches import HarvestRun, batches_of
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, open_run
from gleanery.flows.summary import finish_stage
from gleanery.infra.receipts import Receipt
from gleanery.tasks.recall.batches import Batch, read_batches, seal_batch
from gleanery.tasks.recall.policy import read_policy
from gleanery.tasks.recall.recall_stage import RecallWork, standing_part
from gleanery.tasks.recall.source_files import list_sources
from gleanery.tasks.recall.tasks import deduplicate_batch, recall_part
from gleanery.tasks.stage_inputs import RECALL
from gleanery.tasks.stage_output import StageOutput


@flow(
    name="recall-documents",
    flow_run_name="recall documents: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def recall_documents(config: HarvestConfig, again: Again = Again()) -> StageOutput:
    """Return the documents recalled from every archive of every open batch.

    Archives that no batch holds yet are sealed into a new one, with the newest policy. Raises
    `NoPolicy` before the first calibration.
    """
    with open_run(config) as run:
        policy = read_policy(run.parts)
        found = list_sources(config.source, run.source_options)
        seal_batch(run.store, found, policy.generation, config.recall.part_bytes)
        receipts = []
        for batch in batches_of(run, again):
            receipts += _recall_batch(run, batch, again)
            others = [other for other in read_batches(run.store) if other.number != batch.number]
            deduplicate_batch(run.parts, batch, others)
        return finish_stage(run, RECALL, receipts)


def _recall_batch(run: HarvestRun, batch: Batch, again: Again) -> list[Receipt]:
    work = RecallWork(
        policy=read_policy(run.parts, 0 if again.backfill else batch.policy),
        source=run.config.source,
        config=run.config.recall,
        options=run.source_options,
    )
    with StageProgress(RECALL, len(batch.parts)) as progress:
        return do_parts(
            RECALL,
            batch.parts,
            lambda part: standing_part(run.parts, part, work, again.backfill, again.only),
            lambda part: recall_part.submit(
                run.parts, run.workers, part, work, again.backfill, again.only
            ),
            progress,
        )
