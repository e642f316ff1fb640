"""One host's part of a training, started by a launcher such as SLURM's on each of the hosts."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typer

from gleanery.deployments.model_configs import read_training_config
from gleanery.deployments.train import tell_model
from gleanery.flows.interruption import stop_when_told
from gleanery.flows.run import open_store
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import read_settings
from gleanery.tasks.training.events import BATCH, EVALUATED, LOGGED, SAVED, STARTED
from gleanery.tasks.training.launch import HostPlace
from gleanery.tasks.training.started_lines import batch_line, cut_line, started_line
from gleanery.tasks.training.training_run import run_host, run_training

_TELL_EVERY_S = 5.0


def train_rank(config_file: Path, rank: int) -> None:
    """Train with the other hosts, without Prefect; the first one, 0, stores and tells.

    Raises `ValueError` where the configuration does not say where they meet.
    """
    # Imported here: it brings Prefect, which the other commands point at a server first.
    from gleanery.flows.train_model import plan_training

    config = read_training_config(config_file)
    _check(config, config_file, rank)
    settings = read_settings()
    store = open_store(config, settings)
    training = plan_training(config, settings)
    # By name, not by key: hosts that train something else are to meet, and to be told.
    place = HostPlace(rank=rank, meets_at=config.devices.meets_at, meeting=config.name)
    with stop_when_told() as stop:
        if rank:
            run_host(store, training, lambda _: None, stop, place)
            typer.echo(f"Host {rank} is done.")
            return
        with hold_lease(store):
            made, _ = run_training(store, training, _Telling(), stop, place)
    tell_model(store, made)


def _check(config: TrainingConfig, config_file: Path, rank: int) -> None:
    devices = config.devices
    if rank >= devices.hosts:
        raise ValueError(
            f"{config_file} has devices.hosts: {devices.hosts}, so that there is no host {rank}: "
            "the first one is 0"
        )
    if not devices.meets_at:
        raise ValueError(
            f"set devices.meets_at in {config_file} to HOST:PORT of the first host, as the others "
            "reach it"
        )


class _Telling:
    """Prints what a training sees first, and how it goes."""

    def __init__(self) -> None:
        self._told = 0.0

    def __call__(self, event: Mapping[str, Any]) -> None:
        """Print a line now and then."""
        if event["event"] == STARTED:
            typer.echo(started_line(event))
            if cut := cut_line(event):
                typer.echo(cut)
        elif event["event"] == BATCH:
            typer.echo(batch_line(event))
        elif event["event"] == EVALUATED:
            typer.echo(f"epoch {event['epoch']:.2f}: validation loss {event['loss']:.4f}")
        elif event["event"] == SAVED:
            typer.echo(f"checkpoint after step {event['step']}")
        elif event["event"] == LOGGED and time.monotonic() - self._told >= _TELL_EVERY_S:
            self._told = time.monotonic()
            typer.echo(
                f"step {event['step']} of {event['steps']}: loss {event['loss']:.4f}, "
                f"{event['tokens_per_second']:.0f} tokens/s"
            )
