"""The flow that refines extracted pairs with one or several LLMs."""

import functools

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts, look_at_all
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.open_batches import batches_of
from gleanery.flows.run import Again, open_run
from gleanery.tasks.refinement.refinement_part import refinement_part
from gleanery.tasks.stage_inputs import REFINE, pairs_and_documents, pairs_input
from gleanery.tasks.stage_output import StageOutput


@flow(
    name="refine-pairs",
    flow_run_name="refine pairs: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def refine_pairs(config: HarvestConfig, again: Again = Again()) -> StageOutput:
    """Return every refiner's version of each extracted pair that has none yet."""
    with open_run(config) as run:
        parts = [part for batch in batches_of(run, again) for part in batch.parts]
        made_from = look_at_all(lambda part: pairs_input(run.parts, part.name), parts)
        return ask_for_parts(
            run,
            REFINE,
            [
                refinement_part(
                    part.name,
                    inputs,
                    functools.partial(pairs_and_documents, run.parts, part.name),
                    config.refinement,
                    config.refining_engines,
                )
                for part, inputs in zip(parts, made_from, strict=True)
                if inputs
            ],
            again,
        )
