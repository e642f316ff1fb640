"""Running a sweep from the command line."""

from pathlib import Path

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table

from gleanery.deployments.model_configs import read_sweep_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.deployments.terminal import open_console
from gleanery.flows.run import open_store
from gleanery.flows.sweep_config import SweepIncomplete
from gleanery.infra.settings import read_settings


def sweep(config_file: Path) -> None:
    """Train and measure all variants, or what is missing of them; print them side by side."""
    config = read_sweep_config(config_file)
    settings = read_settings()
    missing: SweepIncomplete | None = None
    with prefect_server(settings.server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.run_sweep import run_sweep
        from gleanery.flows.sweep_report import CURVE, REPORT, read_points, sweep_rows

        try:
            run_sweep(config)
        except SweepIncomplete as incomplete:
            missing = incomplete
    store = open_store(config, settings)
    open_console().print(_table(sweep_rows(read_points(store))))
    typer.echo(f"Report: {store.uri(REPORT)}, curve: {store.uri(CURVE)}")
    if missing:
        raise missing


def _table(rows: list[dict[str, str]]) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in rows[0] if rows else ():
        table.add_column(name, justify="left" if name == "variant" else "right")
    for row in rows:
        table.add_row(*row.values())
    return table
