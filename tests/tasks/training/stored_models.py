"""Models in a store without any training: what is known of them is what is tested."""

from pathlib import Path
from typing import Any

from gleanery.infra.folders import FolderReceipt, store_folder
from gleanery.infra.storage import Store
from gleanery.tasks.training.trained_models import model_name

NOTES: dict[str, Any] = {
    "base": "tiny/base",
    "lineage": {"dataset": "lessons", "release": "v0001-0a1b2c3d", "rows": 54},
    "tuning": {"method": "full"},
    "recipe": {"learning_rate": 1e-5, "epochs": 2},
    "steps": 8,
    "loss": 1.25,
    "held_out_loss": 2.5,
}


def store_model(store: Store, folder: Path, key: str, created: str = "2026-01-01") -> FolderReceipt:
    """Store a model of this key; its files say which it is."""
    model = folder / key / "model"
    model.mkdir(parents=True)
    (model / "model.safetensors").write_text(f"weights of {key}")
    (model / "README.md").write_text("the card as it was when the model was made")
    return store_folder(store, model_name(key), folder / key, NOTES | {"created": created})
