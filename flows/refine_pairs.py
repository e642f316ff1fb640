"""The flow that refines extracted pairs with one or several LLMs."""

import functools
from collections.abc import Callable, Mapping

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.decontaminate import seek_leaks
from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts, look_at_all
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.open_batches import HarvestRun, batches_of
from gleanery.flows.run import Again, open_run
from gleanery.infra.losses import Loss
from gleanery.infra.receipts import Input
from gleanery.tasks.curation.leaks_part import leaked_pairs
from gleanery.tasks.llm_part import LLMPart
from gleanery.tasks.records import QAPair, RefinedPair
from gleanery.tasks.refinement.refinement_part import refinement_part
from gleanery.tasks.stage_inputs import LEAKS, REFINE, pairs_and_documents, pairs_input
from gleanery.tasks.stage_output import StageOutput


@flow(
    name="refine-pairs",
    flow_run_name="refine pairs: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def refine_pairs(config: HarvestConfig, again: Again = Again()) -> StageOutput:
    """Return every refiner's version of each extracted pair that has none yet.

    Where benchmarks are configured, pairs that hold an item of theirs are found first, and left
    out unasked.
    """
    with open_run(config) as run:
        parts = [part.name for batch in batches_of(run, again) for part in batch.parts]
        if config.decontamination.benchmarks:
            seek_leaks(run, parts, before_refinement=True)
        work = look_at_all(lambda part: _refinement_of(run, part), parts)
        return ask_for_parts(run, REFINE, work, again)


def _refinement_of(run: HarvestRun, part: str) -> LLMPart[QAPair, RefinedPair] | None:
    inputs, config = pairs_input(run.parts, part), run.config
    if inputs is None:
        return None
    leaks: tuple[Input, ...] = ()
    find_leaks: Callable[[], Mapping[str, Loss]] = dict
    if config.decontamination.benchmarks and (found := run.parts.newest(LEAKS, part)):
        leaks = (Input(stage=LEAKS, part=part, row_digest=found.row_digest),)
        find_leaks = functools.partial(leaked_pairs, run.parts, part, config.drop_leaking_pages)
    return refinement_part(
        part,
        inputs + leaks,
        functools.partial(pairs_and_documents, run.parts, part),
        config.refinement,
        config.refining_engines,
        find_leaks,
    )
