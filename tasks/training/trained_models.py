"""The models that a training has made: each a folder, named by all that decides its weights."""

from gleanery.infra.folders import FolderReceipt, find_folder, stored_folders
from gleanery.infra.storage import Store

MODELS = "models"


class NoModel(ValueError):
    """There is no trained model of this name."""


def model_name(key: str) -> str:
    """Return where the model of a training lies, below the root of its store."""
    return f"{MODELS}/{key}"


def model_key(model: FolderReceipt) -> str:
    """Return what names a model among those of its training."""
    return model.name.removeprefix(f"{MODELS}/")


def find_model(store: Store, key: str) -> FolderReceipt | None:
    """Return the model that a training has made, or `None` if it has not finished."""
    return find_folder(store, model_name(key))


def trained_models(store: Store) -> list[FolderReceipt]:
    """Return the models below a store, the oldest first."""
    return sorted(stored_folders(store, MODELS), key=lambda model: str(model.notes["created"]))


def newest_model(store: Store) -> FolderReceipt:
    """Return the model that was made last. Raises `NoModel` where there is none."""
    models = trained_models(store)
    if not models:
        raise NoModel(f"there is no model at {store.uri(MODELS)} yet: train one first")
    return models[-1]
