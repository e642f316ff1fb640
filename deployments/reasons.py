"""Which reasons a retry can name: those that rows of this pipeline were rejected for."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from gleanery.deployments.methods import read_config, retried_stages, stages_by_rule
from gleanery.deployments.pipelines import part_names
from gleanery.flows.run import open_store
from gleanery.infra.parts import Parts
from gleanery.infra.receipts import merge_counts
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store


class UnknownReason(ValueError):
    """No row was rejected for this reason."""


def check_reason(config_file: Path, reason: str) -> None:
    """Raise `UnknownReason`, which lists the reasons there are, if a retry would find no row."""
    config = read_config(config_file)
    store = open_store(config, read_settings())
    rejected, failed = count_reasons_by_stage(store, retried_stages(config))
    if any(reason in counts for counts in rejected.values()):
        return
    if any(reason in counts for counts in failed.values()):
        raise UnknownReason(
            f"rows that failed as {reason} are still open: every run takes them up, so use "
            f"`gleanery run {config_file}`"
        )
    by_rule, _ = count_reasons_by_stage(store, stages_by_rule(config))
    raise UnknownReason(_no_such(config_file, store, reason, rejected, by_rule))


def _no_such(
    config_file: Path,
    store: Store,
    reason: str,
    rejected: Mapping[str, Mapping[str, int]],
    by_rule: Mapping[str, Mapping[str, int]],
) -> str:
    """Return why a retry for this reason would find no row, with all reasons that there are."""
    if deciding := [stage for stage, counts in by_rule.items() if reason in counts]:
        said = (
            f"{reason} is what a rule of {deciding[0]} says, and every run applies it: change the "
            f"configuration and use `gleanery run {config_file}`; a retry takes up what a model's "
            "answer or a page was rejected for"
        )
    else:
        said = f"no row was rejected as {reason} at {store.root}"
    there, ruled = _listed(rejected), _listed(by_rule)
    lines = ["reasons that can be retried:", *there] if there else ["nothing there can be retried."]
    if ruled:
        lines += ["reasons by rule, which no retry changes:", *ruled]
    return f"{said}; " + "\n".join(lines)


def _listed(reasons: Mapping[str, Mapping[str, int]]) -> list[str]:
    return [
        f"  {stage}: " + ", ".join(f"{count:,} {name}" for name, count in counts.items())
        for stage, counts in reasons.items()
        if counts
    ]


def count_reasons_by_stage(
    store: Store, stages: Sequence[str]
) -> tuple[dict[str, dict[str, int]], dict[str, dict[str, int]]]:
    """Return how many rows are rejected, and failed, for each reason in each stage."""
    parts = Parts(store)
    rejected, failed = {}, {}
    for stage in stages:
        newest = [parts.newest(stage, part) for part in part_names(store, stage)]
        receipts = [receipt for receipt in newest if receipt]
        rejected[stage] = merge_counts(receipt.rejected for receipt in receipts)
        failed[stage] = merge_counts(receipt.failed for receipt in receipts)
    return rejected, failed
