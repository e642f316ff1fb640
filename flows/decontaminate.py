"""Benchmark items: looked for in pairs before refinement, and in candidates for a release."""

from collections.abc import Sequence
from typing import Any

from gleanery.flows.fan_out import do_parts
from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Run
from gleanery.flows.stage_parts import Stage, finished
from gleanery.tasks.curation.leaks_part import candidate_leaks, harvest_leaks, standing_leaks
from gleanery.tasks.curation.leaks_store import stored_index
from gleanery.tasks.stage_inputs import LEAKS
from gleanery.tasks.tasks import do_part


def seek_leaks(run: Run[Any], parts: Sequence[str], before_refinement: bool) -> Stage:
    """Return the benchmark items found in each part, which are looked for in worker processes.

    Raises `BenchmarkError` for benchmarks that cannot be used, before anything is looked for.
    """
    index = stored_index(run.store, run.config.decontamination, run.source_options)
    seek = harvest_leaks if before_refinement else candidate_leaks
    with StageProgress(LEAKS, len(parts)) as progress:
        found = do_parts(
            LEAKS,
            parts,
            lambda part: standing_leaks(run.parts, part, index, before_refinement),
            lambda part: do_part.submit(run.workers, LEAKS, part, seek, run.parts, part, index),
            progress,
        )
    return finished(run, LEAKS, found)
