"""The flow that extracts question-answer pairs from recalled documents."""

import functools

from prefect import flow
from prefect.task_runners import ThreadPoolTaskRunner

from gleanery.flows.fan_out import PARTS_AT_ONCE, ask_for_parts, look_at_all
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.flows.open_batches import batches_of
from gleanery.flows.run import Again, open_run
from gleanery.tasks.extraction.extraction_part import extraction_part
from gleanery.tasks.stage_inputs import EXTRACT, documents_input, kept_documents
from gleanery.tasks.stage_output import StageOutput


@flow(
    name="extract-pairs",
    flow_run_name="extract pairs: {config.name}",
    task_runner=ThreadPoolTaskRunner(max_workers=PARTS_AT_ONCE),  # type: ignore[arg-type]
)
def extract_pairs(config: HarvestConfig, again: Again = Again()) -> StageOutput:
    """Return the pairs found in every document that recall kept and that has none yet."""
    with open_run(config) as run:
        parts = [part for batch in batches_of(run, again) for part in batch.parts]
        made_from = look_at_all(lambda part: documents_input(run.parts, part.name), parts)
        return ask_for_parts(
            run,
            EXTRACT,
            [
                extraction_part(
                    part.name,
                    inputs,
                    functools.partial(kept_documents, run.parts, part.name),
                    config.extraction,
                    config.engine,
                )
                for part, inputs in zip(parts, made_from, strict=True)
                if inputs
            ],
            again,
        )
