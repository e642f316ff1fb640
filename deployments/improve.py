"""Improving a model from the command line."""

from pathlib import Path

import typer

from gleanery.deployments.model_configs import read_improvement_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.flows.run import open_store
from gleanery.infra.settings import read_settings
from gleanery.tasks.training.model_pointer import latest_key


def improve(config_file: Path) -> None:
    """Build, train, measure and decide, or go on where a run was; say which model is the latest."""
    config = read_improvement_config(config_file)
    settings = read_settings()
    with prefect_server(settings.server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.improve_model import improve_model

        decision = improve_model(config)
    latest = latest_key(open_store(config.training, settings))
    if decision is None:
        typer.echo("\nNothing to do: no new model to train or to decide about.")
    else:
        is_latest = decision.candidate == latest
        outcome = "is the latest model" if is_latest else "does not become the latest model"
        typer.echo(f"\n{decision.candidate} {outcome}: {decision.why}.")
    typer.echo(f"Latest: {latest or 'none yet, so the newest counts'}. See `gleanery models`.")
