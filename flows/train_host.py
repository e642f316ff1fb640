"""One of several hosts that train together, other than the first: served on each of them."""

from prefect import flow
from prefect.logging import get_run_logger

from gleanery.flows.interruption import stop_when_told
from gleanery.flows.run import open_store
from gleanery.flows.train_model import plan_training
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.settings import read_settings
from gleanery.tasks.training.launch import HostPlace
from gleanery.tasks.training.tasks import train_part


@flow(name="train-host", flow_run_name="host {place.rank}: {config.name}")
def train_host(config: TrainingConfig, place: HostPlace) -> None:
    """Do this host's part of a training; `train_model`, on the first host, starts it.

    All that it needs comes from the store; the first host stores what is made.
    """
    settings = read_settings()
    store = open_store(config, settings)
    training = plan_training(config, settings)
    with stop_when_told() as stop:
        trained = train_part.submit(store, training, place, stop).result()
    get_run_logger().info("done" if trained else "nothing to do: the model stands")
