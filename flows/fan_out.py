"""Running a stage's parts as Prefect tasks, all of them to their end, whatever some come to."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, TypeVar

from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger

from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, Run
from gleanery.flows.summary import finish_stage
from gleanery.tasks.llm_part import LLMPart
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.tasks import ask_for_part

PARTS_AT_ONCE = 8

T = TypeVar("T")


def results_of(futures: Sequence[PrefectFuture[T]], progress: StageProgress) -> list[T]:
    """Return what all parts came to, in their order, once every part has ended.

    A part that raised does not stop the others; its error is raised after them.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    for future in futures:
        try:
            results.append(future.result())
        except Exception as error:
            get_run_logger().error("%s", error)
            errors.append(error)
        progress.part_finished()
    if errors:
        raise errors[0]
    return results


def ask_for_parts(
    run: Run[Any], stage: str, work: Sequence[LLMPart[Any, Any] | None], again: Again
) -> StageOutput:
    """Return the output of a stage that asks models, once each of its parts has ended.

    `None` stands for a part that the stage before has not got to.
    """
    llm = run.llm(again)
    ready = [part for part in work if part]
    with StageProgress(stage, len(ready)) as progress:
        futures = [
            ask_for_part.submit(llm, replace(part, progress=progress.part(part.plan.part)))
            for part in ready
        ]
        return finish_stage(run, stage, results_of(futures, progress))
