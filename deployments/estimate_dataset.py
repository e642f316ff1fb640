"""An estimate of a dataset: what its sources will ask, and then its judges."""

from collections.abc import Mapping, Sequence

from rich.console import Console

from gleanery.deployments.estimate_candidates import OpenCandidates, open_candidates
from gleanery.deployments.estimate_ground import Ground
from gleanery.deployments.estimate_harvest import estimate_harvest
from gleanery.deployments.estimate_parts import ForeseenParts
from gleanery.deployments.estimate_synthesis import estimate_synthesis
from gleanery.deployments.stage_estimates import (
    StageEstimate,
    asking_estimate,
    estimates_table,
    total_estimate,
)
from gleanery.deployments.terminal import open_console
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.run import open_store
from gleanery.infra.budget import open_budget
from gleanery.infra.settings import Settings
from gleanery.tasks.curation.paraphrase_part import PARAPHRASES
from gleanery.tasks.scoring.stages import JUDGEMENTS
from gleanery.tasks.stage_inputs import EXTRACT

# Requests for each candidate that is compared, where no earlier part tells: how many have a
# benchmark problem near them depends on both.
_ASSUMED_NEAR = 0.5


def estimate_dataset(
    config: DatasetConfig, settings: Settings, requests_per_second: float
) -> list[StageEstimate]:
    """Print what a dataset and its sources would ask, pay and take; return the dataset's stages.

    No model is asked.
    """
    console, store = open_console(), open_store(config, settings)
    sources = _estimate_sources(config, settings, requests_per_second, console)
    ground = Ground(ForeseenParts(store), console, requests_per_second)
    coming = sum(_rows_coming(config, stages) for stages in sources.values())
    console.rule(config.name)
    work = open_candidates(config, settings, ground.parts)
    console.print(f"Candidates that stand: {work.standing:,}, to come: {coming:,.0f}")
    stages = dataset_stages(config, work, coming, ground)
    if stages:
        console.print(estimates_table(stages))
    if sources:
        pipelines = {**sources, config.name: stages}
        totals = [total_estimate(name, stages) for name, stages in pipelines.items()]
        console.print(estimates_table(totals, of="pipeline"))
    budget = open_budget(config.budget, store)
    console.print(f"Spent by earlier runs, of the dataset's own budget: {budget.describe()}")
    console.print("\nThe dataset's figures rest on:")
    for words in [
        *ground.words,
        f"time: {requests_per_second:g} requests/s; what asks no model is not counted",
    ]:
        console.print(f"  {words}")
    console.print("No model was asked.")
    return stages


def dataset_stages(
    config: DatasetConfig, work: OpenCandidates, coming: float, ground: Ground
) -> list[StageEstimate]:
    """Return what the dataset itself will ask; `coming` rows are expected of its sources."""
    stages = []
    if config.paraphrase_judge and config.decontamination.benchmarks:
        near = work.requests_near
        how = "measured on earlier parts"
        if near is None:
            near, how = _ASSUMED_NEAR, "assumed"
        ground.words.append(f"{PARAPHRASES}: {near:.2f} requests a candidate, {how}")
        compared = work.compared + coming
        asking = ground.asking(PARAPHRASES, ground.receipts(PARAPHRASES, work.parts))
        engines = [config.paraphrase_judge]
        rows = (compared, 0.0)
        requests = compared * near + work.failed_comparisons
        stages.append(asking_estimate(PARAPHRASES, rows, requests, asking, engines, ground.rate))
    if config.judges:
        judged = work.judged + coming * work.kept
        how = "measured on earlier parts" if work.is_kept_measured else "assumed"
        ground.words.append(f"{JUDGEMENTS}: {work.kept:.0%} of new candidates are judged, {how}")
        ground.words.append(f"{JUDGEMENTS}: a request for each judge; second tries come on top")
        asking = ground.asking(JUDGEMENTS, ground.receipts(JUDGEMENTS, work.parts))
        requests = judged * len(config.judges)
        rows = (judged, judged)
        stages.append(
            asking_estimate(JUDGEMENTS, rows, requests, asking, config.judges, ground.rate)
        )
    if not stages:
        ground.words.append("the dataset has no judge: it asks no model itself")
    return stages


def _estimate_sources(
    config: DatasetConfig, settings: Settings, rate: float, console: Console
) -> Mapping[str, Sequence[StageEstimate]]:
    """Print the estimate of each source that will be run, and return their stages by its name."""
    if not config.refresh:
        console.print("The sources are taken as they are (refresh: false): they ask nothing.")
        return {}
    found: dict[str, Sequence[StageEstimate]] = {}
    for source in config.sources:
        console.rule(source.name)
        if isinstance(source, HarvestConfig):
            found[source.name] = estimate_harvest(source, settings, rate)
        else:
            found[source.name] = estimate_synthesis(source, settings, rate)
    return found


def _rows_coming(config: DatasetConfig, stages: Sequence[StageEstimate]) -> float:
    """Return the rows that a source is expected to add: of its last stage, or as extracted."""
    extracted = [stage for stage in stages if stage.stage == EXTRACT]
    if extracted and config.pairs == "extracted":
        return extracted[0].rows_out
    return stages[-1].rows_out if stages else 0.0
