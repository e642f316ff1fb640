"""What a training process is told: one JSON file, in which nothing is secret."""

from pathlib import Path
from typing import Literal

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning


class BaseModelConfig(Config):
    """The model that training starts from."""

    path: str = Field(
        "",
        description="A hub id or a folder; or, as trained:NAME, what the training of that name "
        "below the same root has made.",
    )
    revision: str = Field("", description="The hub's revision, so that the base stays the same.")
    chat_template: str = Field(
        "",
        description="A Jinja file, or `plain` for one that needs no tokens of its own; empty takes "
        "the tokenizer's.",
    )
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        "auto", description="What is computed in; auto is bfloat16 on GPUs and float32 elsewhere."
    )
    attention: str = Field(
        "",
        description="Attention in transformers' words, such as sdpa; empty lets it choose.",
    )
    kernels: bool = Field(False, description="Use the hub's kernels where transformers knows some.")


class Devices(Config):
    """Where training runs; the weights do not depend on it, but for rounding."""

    processes: int = Field(
        0, ge=0, le=1024, description="Processes on this machine; 0 is one per GPU, or one."
    )
    most_per_device: int = Field(
        8, ge=1, le=65536, description="Most examples that a device takes at once."
    )
    parallel: Literal["ddp", "fsdp2"] = Field(
        "ddp", description="Every device holds the model, or a share of it (FSDP2)."
    )
    activation_checkpointing: bool = Field(
        False, description="Compute activations again in place of keeping them: slower, smaller."
    )
    threads: int = Field(0, ge=0, le=1024, description="Threads of each process on CPUs; 0 is all.")


class TrainingSpec(Config):
    """All that a training process needs to know. Paths are on this machine.

    `resume` is the folder of the checkpoint to go on from, `best` that of the best so far, whose
    loss is `best_loss`; "" where there is none.
    """

    model: BaseModelConfig
    tuning: Tuning
    recipe: TrainingRecipe
    devices: Devices
    train_files: tuple[str, ...]
    validation_files: tuple[str, ...]
    folder: str
    resume: str = ""
    best: str = ""
    best_loss: float | None = None
    checkpoint_minutes: float = 15.0
    trackers: tuple[str, ...] = ()
    name: str = "model"

    @property
    def work(self) -> Path:
        """The folder that everything is written below."""
        return Path(self.folder)
