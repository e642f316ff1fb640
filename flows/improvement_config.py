"""The configuration of an improvement: what is learnt from, how, and what decides about a model."""

from pathlib import Path
from typing import Any, Literal, Self

from pydantic import Field, ValidationInfo, field_validator, model_validator

from gleanery.flows.dataset_config import DatasetConfig, with_files
from gleanery.flows.evaluation_config import MeasuredModel, ModelEvaluationConfig
from gleanery.flows.pipeline_config import ConfigError, PipelineName, StoredConfig, read_values
from gleanery.flows.training_config import TrainingConfig
from gleanery.infra.budget import BudgetConfig
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.model_decision import PromotionRule
from gleanery.tasks.model_records import Purpose
from gleanery.tasks.training.starting_weights import TRAINED

BASE = ""
"""The key of the model that a training starts from, where keys of trained models stand."""

_NAME_SHOWN = 30  # characters: with a purpose behind it, a name must not be too long for one


class ImproveConfig(StoredConfig):
    """Everything that improving a model by what a dataset gained needs to know."""

    method: Literal["improvement"] = Field("improvement", description="What this file configures.")
    name: PipelineName = "improvement"
    growth: float = Field(
        0.1,
        ge=0,
        le=100,
        description="Train once so many rows are new for each that the newest model learnt from: "
        "0.1 is a tenth more. 0 trains on every release that is another.",
    )
    promotion: PromotionRule = Field(
        PromotionRule(), description="What a candidate has to show to become the latest model."
    )
    refresh: bool = Field(
        True, description="Build the dataset first; if not, its newest release is taken as it is."
    )
    validation: EvaluationConfig = Field(
        EvaluationConfig(benchmarks=()), description="The suites that decide about a candidate."
    )
    reported: EvaluationConfig | None = Field(
        None,
        description="The benchmarks that base and promoted model are measured on once it is "
        "decided; they have no part in it.",
    )
    training: TrainingConfig = Field(
        description="How a candidate is trained. In a YAML file, the path of a training's own file "
        "may stand here."
    )
    dataset: DatasetConfig = Field(
        description="What it learns from. In a YAML file, a path may stand here as well."
    )
    tuned: MeasuredModel = Field(
        MeasuredModel(label="tuned", engine=EngineConfig(kind="vllm")),
        description="How a trained model is measured, as in an evaluation; which one is filled in.",
    )
    base: MeasuredModel | None = Field(
        None,
        description="How the base is measured; by default the training's base as tuned models are, "
        "but one that was not trained here as a text to go on with.",
    )
    budget: BudgetConfig = Field(BudgetConfig(), description="What all measuring may spend.")

    @field_validator("validation")
    @classmethod
    def _decides_by_something(cls, validation: EvaluationConfig) -> EvaluationConfig:
        if not validation.benchmarks:
            raise ValueError(
                "name the suites that decide, under benchmarks: other items than the reported ones"
            )
        return validation

    @field_validator("tuned", mode="before")
    @classmethod
    def _is_of_the_training(cls, tuned: Any, info: ValidationInfo) -> Any:
        training = info.data.get("training")
        if not (isinstance(tuned, dict) and training) or tuned.get("path"):
            return tuned
        return tuned | {"trained": tuned.get("trained") or training.name}

    @model_validator(mode="after")
    def _belongs_together(self) -> Self:
        release = self.training.release
        roots = {self.root, self.dataset.root, self.training.root, release.root or self.root}
        if len(roots) > 1:
            raise ValueError(
                f"root differs: {', '.join(sorted(root or 'none given' for root in roots))}; give "
                "the improvement, its dataset and its training the same"
            )
        if release.dataset != self.dataset.name or release.version != "latest":
            raise ValueError(
                f"the training learns from {release.dataset} {release.version}: set its release's "
                f"dataset to {self.dataset.name}, and its version to latest"
            )
        if (
            self.tuned.path
            or self.tuned.trained_key
            or (self.tuned.trained not in (None, self.training.name))
        ):
            raise ValueError(
                f"tuned is the model of {self.training.name}: set `trained` to that name, or leave "
                "it out, with neither path nor trained_key"
            )
        names = [self.name, self.training.name, *(source.name for source in self.dataset.sources)]
        names.append(self.dataset.name)
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"several parts are called {', '.join(twice)}: rename one")
        return self

    @property
    def has_base(self) -> bool:
        """Return whether training starts from a model that can answer, not from random weights."""
        return self.training.model.fresh is None

    def as_measured(self, label: str, key: str) -> MeasuredModel:
        """Return a trained model by its key, or the base, as it is measured under a label."""
        base = self.training.model
        which: dict[str, object] = {"label": label, "trained": None}
        if key != BASE:
            which |= {"trained": self.training.name, "trained_key": key}
        elif self.base:
            return self.base.model_copy(update={"label": label})
        elif base.path.startswith(TRAINED):
            which |= {"trained": base.path.removeprefix(TRAINED)}
        else:
            which |= {"path": base.path, "revision": base.revision, "as_chat": False}
        return MeasuredModel.model_validate(self.tuned.model_dump() | which)

    def measuring(
        self, purpose: Purpose, evaluation: EvaluationConfig, models: tuple[MeasuredModel, ...]
    ) -> ModelEvaluationConfig:
        """Return the evaluation of models, the first of which the others are compared with."""
        return ModelEvaluationConfig(
            name=f"{self.name[:_NAME_SHOWN]}-{purpose}",
            root=self.root,
            models=models,
            evaluation=evaluation,
            budget=self.budget,
        )


def with_parts(path: Path, values: dict[str, object]) -> dict[str, object]:
    """Return an improvement file's values, each part that is a path replaced by what it holds.

    Raises `ConfigError` with file and reason.
    """
    read = dict(values)
    dataset = values.get("dataset")
    if isinstance(dataset, str):
        file = path.parent / dataset
        read["dataset"] = with_files(file, read_values(file))
    elif isinstance(dataset, dict):
        read["dataset"] = with_files(path, dataset)
    if isinstance(training := values.get("training"), str):
        read["training"] = read_values(path.parent / training)
    for name in ("validation", "reported"):
        if isinstance(file_name := values.get(name), str):
            read[name] = _benchmarks(path.parent / file_name)
    return read


def _benchmarks(path: Path) -> object:
    values = read_values(path)
    if "evaluation" not in values:
        raise ConfigError(f"{path} has no key evaluation: name the file of an evaluation")
    return values["evaluation"]
