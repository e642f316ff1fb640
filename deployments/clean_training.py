"""Housekeeping of a training's store: what no whole checkpoint or model needs any more."""

from collections.abc import Collection, Iterator

from gleanery.infra.folders import RECEIPT, find_folder
from gleanery.infra.leftovers import Leftover
from gleanery.infra.storage import ObjectInfo, Store
from gleanery.tasks.training.checkpoints import CHECKPOINTS
from gleanery.tasks.training.snapshots import SNAPSHOTS
from gleanery.tasks.training.trained_models import MODELS

UNFINISHED = "files of unfinished checkpoints and models"
SUPERSEDED = "checkpoints of no training of this file"

_ATTEMPT = {MODELS: 3, SNAPSHOTS: 4, CHECKPOINTS: 4}  # steps of a path down to one attempt's files


def leftovers_of_training(
    store: Store, before: float, current: Collection[str] = ()
) -> list[Leftover]:
    """Return files from before a time that no receipt names: of writes that were cut off.

    With `current`, the keys of the trainings as they are configured now, also the checkpoints of
    other keys: of trainings that were killed, and changed before they went on. Receipts go first.
    """
    found = [info for prefix in _ATTEMPT for info in _unfinished(store, prefix, before)]
    left = [Leftover(UNFINISHED, info.path, info.size) for info in found]
    if not current:
        return left
    listed = {leftover.path for leftover in left}
    superseded: dict[str, list[ObjectInfo]] = {}
    for info in store.list(CHECKPOINTS):
        superseded.setdefault(info.path.split("/")[1], []).append(info)
    return left + [
        Leftover(SUPERSEDED, info.path, info.size)
        for key, infos in superseded.items()
        if key not in current and all(info.modified < before for info in infos)
        for info in sorted(infos, key=lambda info: not info.path.endswith(f"/{RECEIPT}"))
        if info.path not in listed
    ]


def _unfinished(store: Store, prefix: str, before: float) -> Iterator[ObjectInfo]:
    """Yield the files of attempts without a receipt in which nothing is newer than a time."""
    attempts: dict[str, list[ObjectInfo]] = {}
    for info in store.list(prefix):
        steps = info.path.split("/")
        if len(steps) > _ATTEMPT[prefix]:
            attempts.setdefault("/".join(steps[: _ATTEMPT[prefix]]), []).append(info)
    # Read later than the files were listed: what was finished meanwhile has its receipt.
    names = {attempt.rpartition("/")[0] for attempt in attempts}
    whole = {receipt.at for name in names if (receipt := find_folder(store, name))}
    for attempt, infos in attempts.items():
        if attempt not in whole and all(info.modified < before for info in infos):
            yield from infos
