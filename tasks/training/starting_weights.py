"""Which weights a training starts from, by a name that says so wherever they lie."""

from pathlib import Path

from gleanery.infra.digests import digest
from gleanery.infra.folders import file_digest

TRAINED = "trained:"
FRESH = "fresh"  # random weights: the training's configuration says all of them
_DECIDES = ("*.json", "*.safetensors", "*.bin", "*.jinja", "*.model", "*.txt")


def base_identity(path: str, revision: str) -> str:
    """Return what names a base: the digest of a folder's files, or a hub's id and revision.

    Raises `FileNotFoundError` for what looks like a folder and is none.
    """
    folder = Path(path)
    if folder.is_dir():
        names = sorted({file for pattern in _DECIDES for file in folder.glob(pattern)})
        if not names:
            raise FileNotFoundError(f"{folder} holds no model: no config.json, no weights")
        return digest([[file.name, file_digest(file)] for file in names])
    if path.startswith((".", "/", "~")) or path.count("/") > 1:
        raise FileNotFoundError(f"there is no base model at {path}: see model.path")
    return f"{path}@{revision}" if revision else path
