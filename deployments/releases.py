"""The releases of datasets: their rows, their dates, and what changed from one to the next."""

from pathlib import Path

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from gleanery.deployments.methods import read_config
from gleanery.deployments.pipelines import find_pipelines
from gleanery.deployments.terminal import open_console
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.run import open_store
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.release.manifest import Manifest
from gleanery.tasks.release.published import UnknownRelease, read_commits, read_manifest
from gleanery.tasks.release.report_address import report_address


def releases(config_file: Path | None, root: str) -> None:
    """Print the releases of a configuration's dataset, or of all datasets below a root.

    Raises `ConfigError` for a configuration of something else, and `ValueError` where there is no
    release.
    """
    stores = _stores(config_file, root)
    console = open_console()
    found = [store for store in stores if _print(store, console)]
    if not found:
        places = ", ".join(store.root for store in stores)
        raise ValueError(f"there is no release at {places}: make one with `gleanery run`")


def _stores(config_file: Path | None, root: str) -> list[Store]:
    settings = read_settings()
    if config_file is None:
        return find_pipelines(root, settings)
    config = read_config(config_file)
    if not isinstance(config, DatasetConfig):
        raise ConfigError(f"{config_file} is no dataset: only datasets have releases")
    return [open_store(config, settings)]


def _print(store: Store, console: Console) -> bool:
    """Print the releases of one store, the newest first; return whether there are any."""
    commits = read_commits(store)
    if not commits:
        return False
    table = Table(title=store.root, title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    table.add_column("release")
    table.add_column("made")
    for name in ("rows", "added", "removed", "changed"):
        table.add_column(name, justify="right")
    newest: Manifest | None = None
    said: list[str] = []
    for commit in reversed(commits):
        try:
            manifest = read_manifest(store, commit.version)
        except UnknownRelease:  # its folder was taken away
            table.add_row(commit.version, _minute(commit.created), "withdrawn", "", "", "")
            continue
        newest = newest or manifest
        if manifest.changes and manifest.changes.curation:
            said.append(f"Since {manifest.version}: {'; '.join(manifest.changes.curation)}")
        table.add_row(commit.version, _minute(commit.created), *_counts(manifest))
    console.print(table)
    for line in said:
        console.print(line, markup=False, highlight=False)
    if newest:
        console.print(f"Report of {newest.version}: {report_address(store, newest)}\n")
    return True


def _counts(manifest: Manifest) -> tuple[str, str, str, str]:
    rows = f"{manifest.rows.total:,}"
    if manifest.changes is None:
        return rows, rows, "0", "0"
    total = manifest.changes.total
    return rows, f"{total.added:,}", f"{total.removed:,}", f"{total.changed:,}"


def _minute(created: str) -> str:
    return created[:16].replace("T", " ")
