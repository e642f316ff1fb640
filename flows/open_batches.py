"""The batches that a run of the harvest goes over."""

from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.run import Again, Run
from gleanery.tasks.recall.batches import Batch, mark_open, open_batches, read_batches

HarvestRun = Run[HarvestConfig]


def batches_of(run: HarvestRun, again: Again) -> list[Batch]:
    """Return the batches that still have work; all of them when going back.

    Where none has work, the newest one is returned, so that a run shows what it reuses. Going
    back opens the finished ones again: whatever such a run leaves undone, even one that is
    killed, the next run takes up.
    """
    batches = open_batches(run.store)
    if not (again.backfill or again.only):
        return batches or read_batches(run.store)[-1:]
    has_work = {batch.number for batch in batches}
    batches = read_batches(run.store)
    for batch in batches:
        if batch.number not in has_work:
            mark_open(run.store, batch)
    return batches
