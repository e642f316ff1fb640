"""Forgetting a source: the next release leaves it out, its mirrors with it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gleanery.deployments.forget_report import print_forgotten, print_list
from gleanery.deployments.methods import read_config
from gleanery.deployments.pipelines import find_pipelines
from gleanery.deployments.terminal import open_console
from gleanery.deployments.trace import UnknownSource, source_of, trace_source, unknown
from gleanery.deployments.trace_records import ASKED
from gleanery.deployments.trace_stores import Harvested, dataset_stores, name_of, read_harvests
from gleanery.flows.dataset_config import DatasetConfig
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.run import open_store
from gleanery.infra.settings import Settings, read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.release.forgotten import (
    add_texts,
    forget_source,
    read_forgotten,
    remember_source,
)


@dataclass(frozen=True)
class Reach:
    """The datasets that a request reaches, and the pipelines that their pages come from.

    `others` are the datasets that stand beside them and are not reached.
    """

    datasets: Sequence[Store]
    harvests: Sequence[Harvested]
    others: Sequence[str] = ()


def find_reach(config: Path | None, root: str) -> Reach:
    """Return one dataset with its sources, or every dataset and pipeline below the root.

    Raises `ConfigError` for the file of another method, `ValueError` where no dataset is.
    """
    settings = read_settings()
    if config:
        dataset = read_config(config)
        if not isinstance(dataset, DatasetConfig):
            raise ConfigError(f"{config} configures no dataset: its method is not `dataset`")
        store = open_store(dataset, settings)
        sources = [open_store(source, settings) for source in dataset.sources]
        return Reach([store], read_harvests(sources), _others(store, settings))
    stores = find_pipelines(root, settings)
    if datasets := dataset_stores(stores):
        return Reach(datasets, read_harvests(stores))
    raise ValueError(
        f"there is no dataset beside {', '.join(store.root for store in stores)}, and a source is "
        "forgotten by datasets: give the dataset's YAML file, or another --root"
    )


def forget(
    address: str, reach: Reach, reason: str = "", site: bool = False, unseen: bool = False
) -> None:
    """Leave a page or a site out of each dataset's next release; print what that comes to.

    Asked for again, it stays as it is, with texts that came since. Raises `UnknownSource` if
    nothing is known of it, unless it is to be forgotten `unseen`.
    """
    source = source_of(address, site, reason)
    found = trace_source(source, reach.harvests, reach.datasets)
    if found.empty and not unseen:
        raise UnknownSource(
            f"{unknown(source, found.searched, reach.harvests)}. Or forget it all the same, should "
            "it ever come: add --unseen"
        )
    texts = {page.text_key for page in found.pages if page.found_by == ASKED}
    asked = {}
    for dataset in reach.datasets:
        known = read_forgotten(dataset).texts.get(source.key, frozenset())
        add_texts(dataset, source, texts - known)  # first: the source is what makes them count
        asked[name_of(dataset)] = forget_source(dataset, source)
    print_forgotten(found, asked, reach.harvests, reach.others, open_console())


def undo(address: str, reach: Reach, site: bool = False) -> None:
    """Take a source off the lists of all these datasets. Raises `ValueError` if none has it."""
    source = source_of(address, site)
    names = [name_of(store) for store in reach.datasets if remember_source(store, source.key)]
    if not names:
        kind = "site" if site else "page"
        raise ValueError(
            f"no dataset forgets the {kind} {source.address}; see what they do forget with "
            "`gleanery forget --list`"
        )
    console = open_console()
    console.print(
        f"The next releases of {', '.join(names)} may have rows from {source.address} again.",
        soft_wrap=True,
    )
    for store in reach.datasets:
        if still := read_forgotten(store).by_address(source.address):
            console.print(f"But {name_of(store)} forgets {still.address} too.", soft_wrap=True)


def show_list(reach: Reach) -> None:
    """Print all that the datasets leave out."""
    lists = {name_of(store): read_forgotten(store) for store in reach.datasets}
    print_list(lists, open_console())


def _others(dataset: Store, settings: Settings) -> list[str]:
    root = dataset.root.rpartition("/")[0]
    try:
        stores = find_pipelines(root, settings)
    except ValueError:  # nothing has been made there yet
        return []
    return [name_of(store) for store in dataset_stores(stores) if store.root != dataset.root]
