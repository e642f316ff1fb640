"""A Prefect server with its UI on this machine, and the pipelines served from this process.

`make serve`, or `python -m gleanery.deployments.serve [--port 4200]`. For trying things out:
production has a server of its own, and deployments/prefect.yaml.
"""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gleanery.deployments.dead_runs import close_dead_runs
from gleanery.deployments.model_configs import flow_of_any, read_any_config
from gleanery.deployments.prefect_server import ServerNotStarted, prefect_server
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.improvement_config import ImproveConfig
from gleanery.flows.pipeline_config import ConfigError, PipelineConfig, StoredConfig
from gleanery.infra.settings import read_settings

if TYPE_CHECKING:
    from prefect.deployments.runner import RunnerDeployment

QUICKSTARTS = [
    Path(__file__).parent / "quickstart" / name
    for name in ("harvest.yaml", "taxonomy.yaml", "skills.yaml", "dataset.yaml")
]
NIGHTLY = "0 2 * * *"
NIGHTLY_AFTER_SOURCES = "0 5 * * *"  # a dataset runs its sources, each of which has one writer
NIGHTLY_AFTER_DATASET = "0 8 * * *"
_DEFAULT_PORT = 4200


def serve(
    config: Annotated[
        list[Path] | None,
        typer.Option(
            help="YAML file that a form is filled in from, one per method; "
            "without any, those of the quickstart.",
            show_default=False,
        ),
    ] = None,
    port: Annotated[
        int, typer.Option(help="Port of the UI; 0 takes PREFECT_SERVER_API_PORT, or 4200.")
    ] = 0,
) -> None:
    """Serve all that runs, on demand and nightly, until Ctrl-C; then stop the server too."""
    own_server = not os.environ.get("PREFECT_API_URL")
    port = port or int(os.environ.get("PREFECT_SERVER_API_PORT", _DEFAULT_PORT))
    os.environ["PREFECT_SERVER_API_PORT"] = str(port)  # tells the UI where its server is
    try:
        configs = [read_any_config(path) for path in config or QUICKSTARTS]
        with prefect_server(read_settings().server_home, port) as url:
            if own_server:
                _report_dead_runs()
            _serve_deployments(configs, url.removesuffix("/api"))
    except (ConfigError, ServerNotStarted, ValueError) as error:
        typer.secho(f"gleanery: {error}", fg="red", err=True)
        raise typer.Exit(1) from None


def _report_dead_runs() -> None:
    for name in close_dead_runs():
        typer.echo(f"The run {name!r} ended with the server before this one: marked as crashed.")


def _serve_deployments(configs: Sequence[StoredConfig], ui: str) -> None:
    # Imported here: Prefect reads its settings, the server's address among them, on import.
    from prefect import serve as serve_deployments

    methods = [type(config) for config in configs]
    if len(set(methods)) < len(methods):
        raise ValueError("two configurations are of the same method: serve each from its own port")
    deployments = [made for config in configs for made in deployments_of(config)]
    typer.echo(f"Prefect's UI is at {ui}; all deployments are under {ui}/deployments.")
    typer.echo("Ctrl-C stops the runs, the deployments and the server.")
    serve_deployments(*deployments, print_starting_message=False)


def deployments_of(config: StoredConfig) -> list["RunnerDeployment"]:
    """Return the deployment for runs on demand, and the nightly one, their forms filled in.

    Trainings and evaluations have no nights of their own: an improvement's decides when.
    """
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.deployments.runner import RunnerDeployment
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    # The module path: loaded by file, the flow's modules would exist a second time.
    entrypoint = EntrypointType.MODULE_PATH
    flow = flow_of_any(config)
    parameters: dict[str, Any] = {"config": config.model_dump(mode="json")}
    on_demand = RunnerDeployment.from_flow(
        flow,
        name="on-demand",
        parameters=parameters,
        description="Fill in the form and run; run again to resume.",
        entrypoint_type=entrypoint,
    )
    if not (cron := _nightly_cron(config)):
        return [on_demand]
    nightly = RunnerDeployment.from_flow(
        flow,
        name="nightly",
        parameters=parameters,
        schedule=Cron(cron, timezone="UTC"),
        paused=False,  # it was paused when the process before this one ended
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        description="Take in what is new; a night that is still busy is left alone.",
        entrypoint_type=entrypoint,
    )
    return [on_demand, nightly]


def _nightly_cron(config: StoredConfig) -> str:
    """Return when a configuration runs by night, "" for one that does not."""
    if isinstance(config, ImproveConfig):
        return NIGHTLY_AFTER_DATASET
    if isinstance(config, DatasetConfig):
        return NIGHTLY_AFTER_SOURCES
    return NIGHTLY if isinstance(config, PipelineConfig) else ""


if __name__ == "__main__":
    typer.run(serve)
