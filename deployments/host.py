"""Serving a host to trainings that another one leads."""

import os

import typer

HOST_DEPLOYMENT = "on-demand"


def host() -> None:
    """Take part in the trainings that the configured Prefect server has for this host.

    Raises `ValueError` where no server is configured: the first host's would be another one.
    """
    if not os.environ.get("PREFECT_API_URL"):
        raise ValueError(
            "set PREFECT_API_URL to the Prefect server that the training's first host reports to"
        )
    # Imported here: Prefect reads its settings, the server's address among them, on import.
    from prefect import serve
    from prefect.deployments.runner import RunnerDeployment
    from prefect.types.entrypoint import EntrypointType

    from gleanery.flows.train_host import train_host

    deployment = RunnerDeployment.from_flow(
        train_host,
        name=HOST_DEPLOYMENT,
        description="A host's part of a training; `train_model` starts it on as many as it needs.",
        # The module path: loaded by file, the flow's modules would exist a second time.
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    typer.echo("This host takes part in trainings, one at a time. Ctrl-C ends that.")
    # One at a time: two would share the GPUs. Other hosts serve the same deployment, so that it
    # must not be paused when this one leaves.
    serve(deployment, limit=1, pause_on_shutdown=False, print_starting_message=False)
