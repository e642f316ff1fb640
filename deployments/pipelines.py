"""What lies below a root: its pipelines, its trainings, and the parts that a pipeline has."""

from gleanery.flows.run import storage_options
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store
from gleanery.tasks.training.trained_models import MODELS


def find_pipelines(root: str, settings: Settings) -> list[Store]:
    """Return the store of every folder of the root that holds parts, in the order of their names.

    `root` empty takes the settings' root. Raises `ValueError` when there is none.
    """
    if found := _holding("parts", root, settings):
        return found
    raise ValueError(
        f"no pipeline has parts below {root or settings.root}: run a harvest first, or say where "
        "it is with --root or GLEANERY_ROOT"
    )


def find_trainings(root: str, settings: Settings) -> list[Store]:
    """Return the store of every folder of the root that holds models, in the order of their names.

    `root` empty takes the settings' root. Raises `ValueError` when there is none.
    """
    if found := _holding(MODELS, root, settings):
        return found
    raise ValueError(
        f"there is no trained model below {root or settings.root}: train one first, or say where "
        "it is with --root or GLEANERY_ROOT"
    )


def part_names(store: Store, stage: str) -> list[str]:
    """Return the names of a stage's parts."""
    folder = f"parts/{stage}/"
    infos = store.list(folder.rstrip("/"))
    return sorted({info.path.removeprefix(folder).partition("/")[0] for info in infos})


def _holding(folder: str, root: str, settings: Settings) -> list[Store]:
    """Return the stores right below a root that have a folder of this name."""
    all_of_it = Store((root or settings.root).rstrip("/"), storage_options(settings))
    stores = map(all_of_it.below, all_of_it.folders())
    return [store for store in stores if folder in store.folders()]
