"""What the newest selection of a dataset says of candidates: taken, or why not."""

from collections.abc import Collection

from gleanery.deployments.trace_stores import newest_receipts
from gleanery.infra.losses import Loss
from gleanery.infra.row_search import find_rows
from gleanery.infra.storage import Store
from gleanery.tasks.release.selection_part import Selected
from gleanery.tasks.release.stages import SELECTION


def selected(dataset: Store, ids: Collection[str]) -> dict[str, str]:
    """Return what became of candidates when the dataset was last built, by their ids.

    One that came since is not among them, and none is before the first selection.
    """
    found: dict[str, str] = {}
    for receipt in newest_receipts(dataset, SELECTION).values():
        for row in find_rows(dataset, receipt.data, "id", ids, Selected):
            found[row.id] = f"taken for {row.split}"
        for loss in (
            find_rows(dataset, receipt.losses, "row_id", ids, Loss) if receipt.losses else ()
        ):
            detail = f", {loss.detail}" if loss.detail else ""
            found[loss.row_id] = f"left out as {loss.reason}{detail}"
    return found
