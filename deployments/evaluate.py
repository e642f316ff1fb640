"""Measuring models from the command line."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.table import Table

from gleanery.deployments.model_configs import read_evaluation_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.deployments.terminal import open_console
from gleanery.infra.settings import read_settings


def evaluate(config_file: Path) -> None:
    """Measure the configured models and print them side by side."""
    config = read_evaluation_config(config_file)
    with prefect_server(read_settings().server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.evaluate_model import evaluate_model, evaluation_rows

        rows = evaluation_rows(evaluate_model(config))
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in rows[0] if rows else ():
        table.add_column(name, justify="left" if name in ("benchmark", "model") else "right")
    for row in rows:
        table.add_row(*map(str, row.values()))
    open_console().print(table)
