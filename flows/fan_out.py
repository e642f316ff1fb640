"""Running a stage's parts as Prefect tasks, all of them to their end, whatever some come to.

A part that stands already makes no task: a task costs some 20 ms of CPU, and a run after which
little is new has thousands of such parts. They are told by a log line and counted as reused.
"""

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any, TypeVar

from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger

from gleanery.flows.progress import StageProgress
from gleanery.flows.run import Again, Run
from gleanery.flows.summary import finish_stage
from gleanery.tasks.llm_part import LLMPart, standing_llm_part
from gleanery.tasks.stage_output import StageOutput
from gleanery.tasks.tasks import ask_for_part

PARTS_AT_ONCE = 8
_LOOKS_AT_ONCE = 16  # each waits for the storage, and holds no more than a receipt

T = TypeVar("T")
W = TypeVar("W")


def look_at_all(look: Callable[[W], T], work: Iterable[W]) -> list[T]:
    """Return what `look` says of each, in their order; several wait for the storage at once."""
    pool = ThreadPoolExecutor(_LOOKS_AT_ONCE, thread_name_prefix="look")
    try:
        return list(pool.map(look, work))
    finally:
        pool.shutdown(cancel_futures=True)


def do_parts(
    stage: str,
    work: Sequence[W],
    stands: Callable[[W], T | None],
    submit: Callable[[W], PrefectFuture[T]],
    progress: StageProgress,
) -> list[T]:
    """Return what all parts came to, in their order; those that `stands` gives are not submitted.

    As with `results_of`, all parts end before the error of one is raised.
    """

    def look(part: W) -> T | None:
        try:
            return stands(part)
        except Exception:  # its task meets the same error, and tells it as that part's own
            return None

    found = look_at_all(look, work)
    submitted = [submit(part) for part, there in zip(work, found, strict=True) if there is None]
    progress.parts_finished(len(work) - len(submitted))
    if len(submitted) < len(work):
        get_run_logger().info(
            "%s: %d of %d parts stand already and are reused; tasks are run for the other %d",
            stage,
            len(work) - len(submitted),
            len(work),
            len(submitted),
        )
    done = iter(results_of(submitted, progress))
    return [next(done) if there is None else there for there in found]


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
        progress.parts_finished()
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
        receipts = do_parts(
            stage,
            ready,
            lambda part: standing_llm_part(llm, part),
            lambda part: ask_for_part.submit(
                llm, replace(part, progress=progress.part(part.plan.part))
            ),
            progress,
        )
        return finish_stage(run, stage, receipts)
