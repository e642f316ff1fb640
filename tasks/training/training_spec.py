"""What a training process is told: one JSON file, in which nothing is secret."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from gleanery.infra.config import Config
from gleanery.tasks.training.row_choice import RowChoice
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning


class FreshModel(Config):
    """A model of random weights, in the shape of Qwen2 (2024), with a tokenizer of the release."""

    layers: int = Field(4, ge=1, le=256, description="Number of layers.")
    width: int = Field(128, ge=8, le=16384, description="Numbers that a token is held in.")
    heads: int = Field(
        2, ge=1, le=256, description="Attention heads; their width is even, for vLLM 64 or more."
    )
    vocabulary: int = Field(2048, ge=300, le=1_000_000, description="Tokens, all bytes among them.")
    context: int = Field(1024, ge=8, le=1_000_000, description="Longest text, in tokens.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Decides the weights.")

    @model_validator(mode="after")
    def _heads_share_the_width(self) -> "FreshModel":
        if self.width % (2 * self.heads):
            raise ValueError(
                f"a width of {self.width} cannot be shared by {self.heads} heads of an even width: "
                f"set width to {self.width // (2 * self.heads) * 2 * self.heads or 2 * self.heads}"
            )
        return self


class BaseModelConfig(Config):
    """The model that training starts from."""

    path: str = Field(
        "",
        description="A hub id or a folder; or, as trained:NAME, the latest model of the training "
        "of that name below the same root: the one promoted last, else the newest.",
    )
    fresh: FreshModel | None = Field(
        None, description="In place of a path: start from random weights, of this shape."
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
    """Where training runs; the weights do not depend on it, but for two things.

    Sums are rounded in another order. And where devices cannot evenly share the rows that a pass
    has left for its last step, rows of its beginning fill that step up.
    """

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
    hosts: int = Field(
        1, ge=1, le=1024, description="Hosts that train together, each with so many processes."
    )
    meets_at: str = Field(
        "",
        pattern=r"^$|^[^\s:]+:\d{1,5}$",
        description="HOST:PORT of the first host, as the others reach it; empty is its address and "
        "a free port, which the flow tells them.",
    )
    host_deployment: str = Field(
        "train-host/on-demand",
        description="The deployment that the other hosts serve (`gleanery host`).",
    )
    network_timeout_s: float = Field(
        1800.0,
        ge=1,
        description="How long hosts wait for one another: at the start, and in every step.",
    )


class TrainingSpec(Config):
    """All that a training process needs to know. Paths are on this machine.

    `resume` is the folder of the checkpoint to go on from, `best` that of the best so far, whose
    loss is `best_loss`; "" where there is none. `agreed` is the same on all hosts that train the
    same and go on from the same checkpoint. `snapshots` are the numbers of examples after which
    a model is written that is not written yet.
    """

    model: BaseModelConfig
    tuning: Tuning
    recipe: TrainingRecipe
    devices: Devices
    rows: RowChoice = RowChoice()
    train_files: tuple[str, ...]
    validation_files: tuple[str, ...]
    folder: str
    resume: str = ""
    best: str = ""
    best_loss: float | None = None
    agreed: str = ""
    checkpoint_minutes: float = 15.0
    snapshots: tuple[int, ...] = ()
    trackers: tuple[str, ...] = ()
    name: str = "model"

    @property
    def work(self) -> Path:
        """The folder that everything is written below."""
        return Path(self.folder)
