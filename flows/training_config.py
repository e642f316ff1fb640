"""The configuration of a training: which release, which base, by which recipe."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from gleanery.flows.pipeline_config import PipelineName, StoredConfig
from gleanery.infra.config import Config
from gleanery.tasks.training.row_choice import RowChoice
from gleanery.tasks.training.trackers import Tracker
from gleanery.tasks.training.training_recipe import TrainingRecipe, Tuning
from gleanery.tasks.training.training_spec import BaseModelConfig, Devices


class ReleaseName(Config):
    """A release of a dataset."""

    dataset: str = Field("dataset", description="The dataset's name.")
    root: str = Field("", description="Where it lies; empty takes the training's own root.")
    version: str = Field("latest", description="Which of its releases.")


class TrainingConfig(StoredConfig):
    """Everything that fine-tuning needs to know."""

    method: Literal["training"] = Field("training", description="What this file configures.")
    name: PipelineName = "model"
    release: ReleaseName = Field(ReleaseName(), description="What is learnt.")
    rows: RowChoice = Field(RowChoice(), description="Which of its rows; by default all.")
    model: BaseModelConfig = Field(BaseModelConfig(), description="What learns it.")
    tuning: Tuning = Field(Tuning(), description="Which weights are trained.")
    recipe: TrainingRecipe = Field(TrainingRecipe(), description="How they are trained.")
    devices: Devices = Field(Devices(), description="On what.")
    checkpoint_minutes: float = Field(
        15.0, ge=0, description="A checkpoint is stored every so many minutes; 0 is at every step."
    )
    snapshots: tuple[Annotated[int, Field(gt=0)], ...] = Field(
        (),
        description="After how many examples, those seen again counted again, a whole model is "
        "kept beside the last one.",
    )
    trackers: tuple[Tracker, ...] = Field(
        (),
        description="Who else is told of losses and speed, by the names that transformers has for "
        "them; each needs its package where training runs. What is logged to disk is stored with "
        "the checkpoints and the model.",
    )
    python: str = Field(
        "", description="The Python that trains, where torch lives in an environment of its own."
    )
    work: str = Field(
        "", description="Folder on this machine for what is being trained; empty takes .gleanery."
    )
    grace_s: float = Field(
        600.0, ge=1, description="How long a training that is told to stop may take to save."
    )

    @field_validator("model")
    @classmethod
    def _names_a_base(cls, model: BaseModelConfig) -> BaseModelConfig:
        if bool(model.path) == bool(model.fresh):
            raise ValueError(
                "set either model.path to the base model (a hub id, a folder, or trained:NAME) or "
                "model.fresh to the shape of one of random weights"
            )
        return model
