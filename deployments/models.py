"""Trained models from the command line: `gleanery models`, and to say by hand which is the latest.

A training is named by its own file or by an improvement's; without, all below the root are meant.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from gleanery.deployments.model_configs import read_any_config
from gleanery.deployments.models_listed import print_models
from gleanery.deployments.pipelines import find_trainings
from gleanery.deployments.terminal import open_console
from gleanery.flows.improvement_config import ImproveConfig
from gleanery.flows.pipeline_config import ConfigError
from gleanery.flows.run import open_store
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.folders import FolderReceipt
from gleanery.infra.lease import hold_lease
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.training.model_evaluations import fetch_model, write_card
from gleanery.tasks.training.model_pointer import (
    before_latest,
    latest_key,
    latest_model,
    promote,
    read_promotions,
    settle_pointer,
)
from gleanery.tasks.training.trained_models import model_key, trained_models

LATEST = "latest"

app = typer.Typer(
    help="List trained models, fetch one with its card, and say by hand which is the latest.",
    no_args_is_help=True,
)

Config = Annotated[
    Path | None,
    typer.Argument(help="The training's or improvement's file; without, all below the root."),
]
Root = Annotated[str, typer.Option(help="Where to look; empty takes GLEANERY_ROOT.")]
Key = Annotated[str, typer.Argument(help="A model's key or its beginning; or `latest`.")]
Reason = Annotated[str, typer.Option(help="Why, for the record.")]


@app.command(name="list")
def list_models(config: Config = None, root: Root = "") -> None:
    """List models: what they learnt, how they did, what was decided, and which is the latest."""
    console = open_console()
    for store in _stores(config, root):
        print_models(store, console)


@app.command(name="promote")
def promote_by_hand(key: Key, config: Config = None, root: Root = "", reason: Reason = "") -> None:
    """Make a model the latest one, which `trained:NAME` and evaluations then take."""
    store, model = _find(_stores(config, root), key)
    _promote(store, model, reason or "promoted by hand")


@app.command(name="rollback")
def roll_back(config: Config = None, root: Root = "", reason: Reason = "") -> None:
    """Make the model the latest again that was it before."""
    stores = [store for store in _stores(config, root) if read_promotions(store)]
    if not stores:
        raise ValueError("no model was promoted yet, so there is none to go back from")
    if len(stores) > 1:
        raise ValueError(
            f"{len(stores)} trainings have a latest model: name the file of the one to roll back"
        )
    [store] = stores
    before = before_latest(store)
    if not before:
        raise ValueError(
            "no model was the latest before this one, the first: promote another one, or measure "
            "and serve the base"
        )
    _promote(store, _find([store], before)[1], reason or "rolled back")


@app.command(name="fetch")
def fetch(
    key: Key,
    folder: Annotated[Path, typer.Argument(help="A new folder for it.")],
    config: Config = None,
    root: Root = "",
) -> None:
    """Write a model into a folder, its card with all that was measured so far beside it."""
    store, model = _find(_stores(config, root), key)
    fetch_model(store, model, folder)
    open_console().print(
        f"{model_key(model)} of {store.root} is at {folder}/model, {model.size / 1e6:,.1f} MB; "
        "transformers and vLLM load that folder as it is.",
        soft_wrap=True,
    )


def _promote(store: Store, model: FolderReceipt, reason: str) -> None:
    with hold_lease(store):
        latest = latest_key(store)
        if latest == model_key(model):
            settle_pointer(store)
            open_console().print(f"{latest} is the latest model already.")
            return
        promote(store, model, latest, reason)
        write_card(store, model)
    open_console().print(
        f"{model_key(model)} is the latest model of {store.root} now, in place of "
        f"{latest or 'none'}. What names the training takes it: trained:NAME, and evaluations.",
        soft_wrap=True,
    )


def _stores(config_file: Path | None, root: str) -> Sequence[Store]:
    settings = read_settings()
    if config_file is None:
        return find_trainings(root, settings)
    config = read_any_config(config_file)
    if isinstance(config, ImproveConfig):
        config = config.training
    if not isinstance(config, TrainingConfig):
        raise ConfigError(f"{config_file} trains nothing: name a training or an improvement")
    return [open_store(config, settings)]


def _find(stores: Sequence[Store], key: str) -> tuple[Store, FolderReceipt]:
    """Return the one model whose key begins so; "latest" is the one that counts as the latest."""
    found = [
        (store, model)
        for store in stores
        for model in trained_models(store)
        if model_key(model).startswith(model_key(latest_model(store)) if key == LATEST else key)
    ]
    if len(found) == 1:
        return found[0]
    places = ", ".join(store.root for store in stores)
    if not found:
        raise ValueError(f"there is no model {key} at {places}: `gleanery models` lists them")
    raise ValueError(
        f"{len(found)} models at {places} are called {key}: give more characters of its key, or "
        "the training's file"
    )
