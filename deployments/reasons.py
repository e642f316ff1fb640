"""Which reasons a retry can name: those that rows of this pipeline were rejected for."""

from pathlib import Path

from gleanery.deployments.pipelines import part_names
from gleanery.flows.harvest_config import read_harvest_config
from gleanery.flows.run import open_store
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import merge_counts
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.stage_inputs import EXTRACT, RECALL, REFINE

_RETRIED = (RECALL, EXTRACT, REFINE)  # dedup asks and parses nothing


class UnknownReason(ValueError):
    """No row was rejected for this reason."""


def check_reason(config_file: Path, reason: str) -> None:
    """Raise `UnknownReason`, which lists the reasons there are, if a retry would find no row."""
    store = open_store(read_harvest_config(config_file), read_settings())
    rejected, failed = count_reasons_by_stage(store)
    if any(reason in counts for counts in rejected.values()):
        return
    if any(reason in counts for counts in failed.values()):
        raise UnknownReason(
            f"rows that failed as {reason} are still open: every run takes them up, so use "
            f"`gleanery run {config_file}`"
        )
    lines = [
        f"  {stage}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items())
        for stage, counts in rejected.items()
        if counts
    ]
    there = "\n".join(["reasons there are:", *lines]) if lines else "nothing was rejected there."
    raise UnknownReason(f"no row was rejected as {reason} at {store.root}; {there}")


def count_reasons_by_stage(
    store: Store,
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Return how many rows are rejected, and failed, for each reason in each stage."""
    parts = Parts(store)
    rejected, failed = {}, {}
    for stage in _RETRIED:
        newest = [parts.newest(stage, part) for part in part_names(store, stage)]
        receipts = [receipt for receipt in newest if receipt]
        rejected[stage] = merge_counts(receipt.rejected for receipt in receipts)
        failed[stage] = merge_counts(receipt.failed for receipt in receipts)
    return rejected, failed
