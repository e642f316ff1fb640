"""Training as Prefect sees it: a light task that follows a process of its own."""

import threading
from collections.abc import Callable

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.logging import get_run_logger

from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.tasks.training.followed_process import Told
from gleanery.tasks.training.launch import HostPlace
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_run import run_host, run_training


@task(
    name="train", task_run_name="train {training.spec.name}", persist_result=False,
    cache_policy=NO_CACHE,
)  # fmt: skip
def train(
    store: Store,
    training: Training,
    told: Told,
    stop: threading.Event,
    place: HostPlace | None = None,
    lost: Callable[[], str] = lambda: "",
) -> tuple[FolderReceipt, bool]:
    """Return the receipt of the trained model, and whether it stood already."""
    return run_training(store, training, told, stop, place, lost)


@task(
    name="train-part", task_run_name="host {place.rank}: {training.spec.name}",
    persist_result=False, cache_policy=NO_CACHE,
)  # fmt: skip
def train_part(store: Store, training: Training, place: HostPlace, stop: threading.Event) -> bool:
    """Return whether there was anything to do for this host, which is not the first."""
    logger = get_run_logger()
    return run_host(store, training, lambda event: logger.info(event["event"]), stop, place)
