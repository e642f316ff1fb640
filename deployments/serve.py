"""A Prefect server with its UI on this machine, and the harvest served from this process.

`make serve`, or `python -m gleanery.deployments.serve [--port 4200]`. For trying things out:
production has a server of its own, and deployments/prefect.yaml.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gleanery.deployments.dead_runs import close_dead_runs
from gleanery.deployments.prefect_server import ServerNotStarted, prefect_server
from gleanery.flows.harvest_config import read_harvest_config
from gleanery.flows.pipeline_config import ConfigError
from gleanery.infra.settings import read_settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

QUICKSTART = Path(__file__).parent / "quickstart" / "harvest.yaml"
NIGHTLY = "0 2 * * *"
_DEFAULT_PORT = 4200


def serve(
    config: Annotated[
        Path, typer.Option(help="YAML file that the forms are filled in from.")
    ] = QUICKSTART,
    port: Annotated[
        int, typer.Option(help="Port of the UI; 0 takes PREFECT_SERVER_API_PORT, or 4200.")
    ] = 0,
) -> None:
    """Serve the harvest, on demand and nightly, until Ctrl-C; then stop the server too."""
    own_server = not os.environ.get("PREFECT_API_URL")
    port = port or int(os.environ.get("PREFECT_SERVER_API_PORT", _DEFAULT_PORT))
    os.environ["PREFECT_SERVER_API_PORT"] = str(port)  # tells the UI where its server is
    try:
        parameters = {"config": read_harvest_config(config).model_dump(mode="json")}
        with prefect_server(read_settings().server_home, port) as url:
            if own_server:
                _report_dead_runs()
            _serve_deployments(parameters, url.removesuffix("/api"))
    except (ConfigError, ServerNotStarted, ValueError) as error:
        typer.secho(f"gleanery: {error}", fg="red", err=True)
        raise typer.Exit(1) from None


def _report_dead_runs() -> None:
    for name in close_dead_runs():
        typer.echo(f"The run {name!r} ended with the server before this one: marked as crashed.")


def _serve_deployments(parameters: dict[str, Any], ui: str) -> None:
    # Imported here: Prefect reads its settings, the server's address among them, on import.
    from prefect import serve as serve_deployments

    deployments = harvest_deployments(parameters)
    typer.echo(f"Prefect's UI is at {ui}; both deployments are under {ui}/deployments.")
    typer.echo("Ctrl-C stops the runs, the deployments and the server.")
    serve_deployments(*deployments, print_starting_message=False)


def harvest_deployments(parameters: dict[str, Any]) -> list["RunnerDeployment"]:
    """Return the deployment for runs on demand and the nightly one, their forms filled in."""
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from gleanery.flows.harvest import harvest

    # The module path: loaded by file, the flow's modules would exist a second time.
    entrypoint = EntrypointType.MODULE_PATH
    on_demand = RunnerDeployment.from_flow(
        harvest,
        name="on-demand",
        parameters=parameters,
        description="Harvest a corpus: fill in the form and run.",
        entrypoint_type=entrypoint,
    )
    nightly = RunnerDeployment.from_flow(
        harvest,
        name="nightly",
        parameters=parameters,
        schedule=Cron(NIGHTLY, timezone="UTC"),
        paused=False,  # it was paused when the process before this one ended
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        description="Take in the archives that are new; a night that is still busy is left alone.",
        entrypoint_type=entrypoint,
    )
    return [on_demand, nightly]


if __name__ == "__main__":
    typer.run(serve)
