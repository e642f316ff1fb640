"""An estimate before a run: requests, tokens, money and time, and what each figure rests on."""

from pathlib import Path

from gleanery.deployments.estimate_dataset import estimate_dataset
from gleanery.deployments.estimate_harvest import estimate_harvest
from gleanery.deployments.estimate_synthesis import estimate_synthesis
from gleanery.deployments.methods import read_config
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.harvest_config import HarvestConfig
from gleanery.infra.settings import read_settings


def estimate(config_file: Path, requests_per_second: float) -> None:
    """Print what a run would ask, pay and take, and what that rests on; no model is asked."""
    config, settings = read_config(config_file), read_settings()
    if isinstance(config, DatasetConfig):
        estimate_dataset(config, settings, requests_per_second)
    elif isinstance(config, HarvestConfig):
        estimate_harvest(config, settings, requests_per_second)
    else:
        estimate_synthesis(config, settings, requests_per_second)
