"""Running pipelines from the command line, and saying what came of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from gleanery.deployments.methods import read_config, run_method
from gleanery.deployments.prefect_server import prefect_server
from gleanery.flows.pipeline_config import PipelineConfig
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.parts import Parts
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.stage_output import StageOutput

if TYPE_CHECKING:
    from gleanery.flows.run import Again


def run(
    config_files: Sequence[Path], backfill: bool = False, only: str = "", ask_again: bool = False
) -> None:
    """Run pipelines one after the other, with a local Prefect server if none is configured."""
    configs = [read_config(config_file) for config_file in config_files]
    with prefect_server(read_settings().server_home):
        # Imported here: Prefect reads its settings, the server's address among them, on import.
        from gleanery.flows.run import Again

        again = Again(backfill=backfill, only=only, ask_again=ask_again)
        for config in configs:
            _run_one(config, again)


def _report(
    config: TaxonomyConfig | SkillsConfig, store: Store, outputs: Sequence[StageOutput]
) -> None:
    from gleanery.flows.run import storage_options
    from gleanery.flows.synthesis_report import write_report

    settings = read_settings()
    folder = settings.server_home / "reports" / config.name
    write_report(config, Parts(store), storage_options(settings), outputs, folder)
    typer.echo(f"How diverse it is and what it covers: {folder / 'report.md'}")


def _run_one(config: PipelineConfig, again: "Again") -> None:
    from gleanery.deployments.funnel import print_funnel
    from gleanery.flows.run import open_store

    outputs = run_method(config, again)
    store = open_store(config, read_settings())
    typer.echo()
    print_funnel(outputs)
    typer.echo(f"\nEverything is at {store.root}: parts/{outputs[-1].stage} holds the result.")
    if isinstance(config, TaxonomyConfig | SkillsConfig):
        _report(config, store, outputs)
    open_rows = sum(sum(output.failed.values()) for output in outputs)
    if open_rows:
        typer.secho(f"{open_rows} rows are still open: run again to take them up.", fg="yellow")
