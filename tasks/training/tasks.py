"""Training as Prefect sees it: a light task that follows a process of its own."""

import threading

from prefect import task
from prefect.cache_policies import NO_CACHE

from gleanery.infra.folders import FolderReceipt
from gleanery.infra.storage import Store
from gleanery.tasks.training.followed_process import Told
from gleanery.tasks.training.training_plan import Training
from gleanery.tasks.training.training_run import run_training


@task(
    name="train", task_run_name="train {training.spec.name}", persist_result=False,
    cache_policy=NO_CACHE,
)  # fmt: skip
def train(
    store: Store, training: Training, told: Told, stop: threading.Event
) -> tuple[FolderReceipt, bool]:
    """Return the receipt of the trained model, and whether it stood already."""
    return run_training(store, training, told, stop)
