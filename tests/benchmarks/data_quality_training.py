"""The trainings of `data_quality.py`: releases, bases and models, by the product's own parts."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from data_quality_arms import Pairs
from training_examples import publish_examples

from gleanery.flows.train_model import plan_training
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.settings import read_settings
from gleanery.infra.storage import Store
from gleanery.tasks.training.training_run import run_training

FRESH = {"vocabulary": 1_024, "width": 64, "layers": 2, "heads": 2, "context": 512}
# What is not left out is read once, the smaller arms a little more often.
SCRATCH = {"learning_rate": 1e-2, "max_steps": 94, "global_batch": 32, "max_length": 512}
TUNING = {"learning_rate": 1e-3, "max_steps": 50, "global_batch": 8, "max_length": 512}
_BUILD = """
import json, sys
from pathlib import Path
from gleanery.tasks.training.process_fresh import build_fresh
from gleanery.tasks.training.training_spec import FreshModel
texts, fresh, seeds, folder = json.load(sys.stdin)
for seed in range(seeds):
    build_fresh(FreshModel(**fresh, seed=seed), texts, Path(folder, f"base-{seed}"))
"""


def build_bases(folder: Path, texts: Iterable[str], seeds: int) -> None:
    """Write a base of random weights for each seed, `base-SEED`; all have one tokenizer.

    Each release could bring its own (`model.fresh`), but then no loss could be compared by token.
    """
    told = json.dumps([list(texts), FRESH, seeds, str(folder)])
    subprocess.run([sys.executable, "-c", _BUILD], input=told, text=True, check=True)


def train_arm(
    folder: Path, name: str, pairs: Pairs, base: str, recipe: Mapping[str, Any], seed: int
) -> Path:
    """Return where the model lies that has learnt these pairs; one that stands is not made again.

    `base` is a folder, or trained:NAME of another arm.
    """
    root = folder / "root"
    data = Store(f"{root}/data-{name}")
    if not (root / f"data-{name}").is_dir():
        publish_examples(data, pairs)
    config = TrainingConfig.model_validate(
        {
            "name": name,
            "root": str(root),
            "release": {"dataset": f"data-{name}"},
            "model": {"path": base},
            "recipe": {**recipe, "seed": seed},
            "devices": {
                "threads": 1, "processes": 1, "most_per_device": recipe["global_batch"],
            },
            "work": str(folder / "work"),
        }
    )  # fmt: skip
    store = Store(f"{root}/{name}")
    training = plan_training(config, read_settings())
    receipt, _ = run_training(store, training, lambda event: None, threading.Event())
    return Path(root, name, receipt.at, "model")
