"""Running a pipeline from the command line, and saying what came of it."""

from pathlib import Path

import typer

from gleanery.deployments.methods import read_config, run_method
from gleanery.deployments.prefect_server import prefect_server
from gleanery.infra.settings import read_settings


def run(config_file: Path, backfill: bool = False, only: str = "", ask_again: bool = False) -> None:
    """Run a pipeline, with a local Prefect server if none is configured; print the funnel."""
    config = read_config(config_file)
    settings = read_settings()
    with prefect_server(settings.server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.deployments.funnel import print_funnel
        from gleanery.flows.run import Again, open_store

        again = Again(backfill=backfill, only=only, ask_again=ask_again)
        outputs = run_method(config, again)
        store = open_store(config, settings)
        typer.echo()
        print_funnel(outputs)
        typer.echo(f"\nEverything is at {store.root}: parts/{outputs[-1].stage} holds the result.")
        open_rows = sum(sum(output.failed.values()) for output in outputs)
        if open_rows:
            typer.secho(f"{open_rows} rows are still open: run again to take them up.", fg="yellow")
