"""Training from the command line."""

from pathlib import Path

import typer

from gleanery.deployments.model_configs import read_training_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.flows.run import open_store
from gleanery.infra.folders import FolderReceipt
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.training.loss_curve import CURVE


def train(config_file: Path) -> None:
    """Train to the end, or go on from the last checkpoint; say where the model is."""
    config = read_training_config(config_file)
    settings = read_settings()
    with prefect_server(settings.server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.train_model import train_model

        made = train_model(config)
    tell_model(open_store(config, settings), made)


def tell_model(store: Store, made: FolderReceipt) -> None:
    """Print where a model is, how it came to be, and how well it foretells what it has not seen."""
    place, notes = store.uri(made.at), made.notes
    typer.echo(f"\nThe model is at {place}/model: {notes['steps']} steps, mean")
    typer.echo(f"loss {notes['loss']:.4f}. transformers and vLLM load that folder as it is.")
    if (held_out := notes.get("held_out_loss")) is not None:
        beside = ""
        if (unigram := notes.get("unigram_loss")) is not None:
            beside = f"; a unigram model of the same tokens comes to {unigram:.4f}"
        typer.echo(f"Held-out loss: {held_out:.4f} nats a token{beside}.")
    if any(file.path == CURVE for file in made.files):
        typer.echo(f"Curve: {place}/{CURVE}")
