"""Commands that have a model propose a taxonomy or a skill set, written to a file to review."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from gleanery.deployments.methods import read_config
from gleanery.deployments.prefect_server import prefect_server
from gleanery.flows.pipeline_config import ConfigError, PipelineConfig
from gleanery.flows.skills_config import SkillsConfig
from gleanery.flows.taxonomy_config import TaxonomyConfig
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.edited_files import write_new_text

if TYPE_CHECKING:
    from gleanery.tasks.stage_output import StageOutput

C = TypeVar("C", bound=PipelineConfig)

Config = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="YAML file of the pipeline.", show_default=False)
]
Out = Annotated[str, typer.Argument(metavar="OUT", help="New file to write.", show_default=False)]


def propose_taxonomy_file(config: Config, out: Out) -> None:
    """Have the configured model propose a taxonomy; its nodes wait to be kept or removed."""
    chosen = _read(config, TaxonomyConfig)
    with prefect_server(read_settings().server_home):
        from gleanery.flows.propose_taxonomy import PROPOSED_FILE, propose_taxonomy

        _write([propose_taxonomy(chosen)], chosen, PROPOSED_FILE, out)
    typer.echo(f"Review it: gleanery taxonomy check {out}, then vote, or edit it by hand.")


def propose_skills_file(config: Config, out: Out) -> None:
    """Have the configured model propose skills, and extract those that datasets need."""
    chosen = _read(config, SkillsConfig)
    with prefect_server(read_settings().server_home):
        from gleanery.flows.propose_skills import PROPOSED_FILE, propose_skills

        _write(propose_skills(chosen), chosen, PROPOSED_FILE, out)
    typer.echo(f"Review it: gleanery skills check {out}, then edit it by hand.")


def _read(path: Path, kind: type[C]) -> C:
    config = read_config(path)
    if not isinstance(config, kind):
        method = kind.__name__.removesuffix("Config").lower()
        raise ConfigError(f"{path} configures another method: it needs `method: {method}`")
    return config


def _write(
    outputs: Sequence["StageOutput"], config: PipelineConfig, proposed: str, out: str
) -> None:
    """Print the funnel, and copy what the flow left in its store to a new file."""
    from gleanery.deployments.funnel import print_funnel
    from gleanery.flows.run import open_store, storage_options

    settings = read_settings()
    store: Store = open_store(config, settings)
    typer.echo()
    print_funnel(outputs)
    if not all(output.complete for output in outputs):
        typer.secho("Some requests have failed: propose again to take them up.", fg="yellow")
        raise typer.Exit(1)
    if not any(output.rows_out for output in outputs):
        raise ValueError("the model proposed nothing that can be used: the table says why")
    write_new_text(store.read(proposed).decode(), out, storage_options(settings))
    typer.echo(f"\nwritten to {out}")
