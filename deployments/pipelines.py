"""The pipelines below a root, and the parts that each of them has."""

import fsspec

from gleanery.flows.run import storage_options
from gleanery.infra.settings import Settings
from gleanery.infra.storage import Store


def find_pipelines(root: str, settings: Settings) -> list[Store]:
    """Return the store of every folder of the root that holds parts, in the order of their names.

    `root` empty takes the settings' root. Raises `ValueError` when there is none.
    """
    root = (root or settings.root).rstrip("/")
    options = storage_options(settings)
    fs, base = fsspec.core.url_to_fs(root, **options)
    try:
        entries = fs.ls(base, detail=True)
    except (FileNotFoundError, NotADirectoryError):
        entries = []
    paths = sorted(entry["name"].rstrip("/") for entry in entries if entry["type"] == "directory")
    found = [
        Store(f"{root}/{path.rpartition('/')[2]}", options)
        for path in paths
        if fs.isdir(f"{path}/parts")
    ]
    if not found:
        raise ValueError(
            f"no pipeline has parts below {root}: run a harvest first, or say where it is with "
            "--root or GLEANERY_ROOT"
        )
    return found


def part_names(store: Store, stage: str) -> list[str]:
    """Return the names of a stage's parts."""
    folder = f"parts/{stage}/"
    infos = store.list(folder.rstrip("/"))
    return sorted({info.path.removeprefix(folder).partition("/")[0] for info in infos})
