"""The configuration of an evaluation: which models, on which benchmarks."""

from typing import Any, Literal, Self

from pydantic import Field, field_validator, model_validator

from gleanery.flows.pipeline_config import PipelineName, StoredConfig
from gleanery.infra.budget import BudgetConfig
from gleanery.infra.config import Config
from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.config import EvaluationConfig


class MeasuredModel(Config):
    """A model that is measured."""

    label: PipelineName = Field("base", description="What the tables call it.")
    engine: EngineConfig = Field(EngineConfig(), description="Who answers for it.")
    trained: PipelineName | None = Field(
        None,
        description="Name of a training below the same root: its newest model is fetched and "
        "served by a vllm engine.",
    )
    trained_key: str = Field(
        "", description="Which of that training's models: its key, the last part of its name."
    )
    path: str = Field(
        "", description="Or the hub id or folder of a model that a vllm engine is to serve."
    )
    revision: str = Field("", description="With a hub id: its revision.")
    as_chat: bool = Field(
        False, description="Ask it in a turn of a talk; a base model goes on with a text."
    )

    @model_validator(mode="after")
    def _says_who_answers(self) -> Self:
        if self.trained and self.path:
            raise ValueError(f"{self.label}: name a training or a path, not both")
        if self.trained_key and not self.trained:
            raise ValueError(f"{self.label}: trained_key needs `trained`, the training's name")
        if (self.trained or self.path) and self.engine.kind != "vllm":
            raise ValueError(
                f"{self.label}: weights are served by a managed engine: set engine.kind to vllm"
            )
        return self


class ModelEvaluationConfig(StoredConfig):
    """Everything that measuring models needs to know."""

    method: Literal["evaluation"] = Field("evaluation", description="What this file configures.")
    name: PipelineName = "evaluation"
    models: tuple[MeasuredModel, ...] = Field(
        (), description="The models; each but the first is compared with the first, item by item."
    )
    evaluation: EvaluationConfig = Field(
        EvaluationConfig(), description="The benchmarks, and how models are asked."
    )
    budget: BudgetConfig = Field(BudgetConfig(), description="What all runs together may spend.")

    @field_validator("models")
    @classmethod
    def _have_labels_of_their_own(cls, models: tuple[MeasuredModel, ...]) -> Any:
        labels = [model.label for model in models]
        if not labels:
            raise ValueError("name at least one model")
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"two models are called {', '.join(twice)}: rename one")
        return models
