"""The trainings below a root: the folders that hold models."""

from collections.abc import Mapping
from typing import Any

import fsspec

from gleanery.infra.storage import Store
from gleanery.tasks.training.trained_models import MODELS


def training_stores(root: str, options: Mapping[str, Any]) -> list[Store]:
    """Return the store of every folder of a root that has models, in the order of their names."""
    fs, base = fsspec.core.url_to_fs(root, **options)
    try:
        entries = fs.ls(base, detail=True)
    except (FileNotFoundError, NotADirectoryError):
        return []
    paths = sorted(entry["name"].rstrip("/") for entry in entries if entry["type"] == "directory")
    return [
        Store(f"{root}/{path.rpartition('/')[2]}", options)
        for path in paths
        if fs.isdir(f"{path}/{MODELS}")
    ]
