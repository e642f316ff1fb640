"""The configuration of an evaluation: which models, on which benchmarks."""

from typing import Any, Literal

from pydantic import Field, field_validator

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
    as_chat: bool = Field(
        False, description="Ask it in a turn of a talk; a base model goes on with a text."
    )


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
        for model in models:
            if model.trained and model.engine.kind != "vllm":
                raise ValueError(
                    f"{model.label}: a trained model is served by a managed engine: set "
                    "engine.kind to vllm"
                )
        return models
