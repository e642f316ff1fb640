"""Running a stage's parts as Prefect tasks, all of them to their end, whatever some come to."""

from collections.abc import Sequence

from prefect.futures import PrefectFuture
from prefect.logging import get_run_logger

from gleanery.flows.progress import StageProgress
from gleanery.infra.receipts import Receipt

PARTS_AT_ONCE = 8


def receipts_of(
    futures: Sequence[PrefectFuture[Receipt]], progress: StageProgress
) -> list[Receipt]:
    """Return the receipts of all parts, in their order, once every part has ended.

    A part that raised does not stop the others; its error is raised after them.
    """
    receipts: list[Receipt] = []
    errors: list[BaseException] = []
    for future in futures:
        try:
            receipts.append(future.result())
        except Exception as error:
            get_run_logger().error("%s", error)
            errors.append(error)
        progress.part_finished()
    if errors:
        raise errors[0]
    return receipts
