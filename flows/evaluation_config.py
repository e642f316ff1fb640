"""The configuration of an evaluation: which models, on which benchmarks."""

from typing import Any, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator

from gleanery.flows.pipeline_config import PipelineName, StoredConfig
from gleanery.infra.budget import BudgetConfig
from gleanery.infra.config import Config
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.secret_names import refuse_secrets
from gleanery.tasks.evaluation.backend_spec import BackendName
from gleanery.tasks.evaluation.config import EvaluationConfig
from gleanery.tasks.evaluation.judged_config import JudgingConfig
from gleanery.tasks.evaluation.report_data import EvaluationReportConfig


class MeasuredModel(Config):
    """A model that is measured."""

    label: PipelineName = Field("base", description="What the tables call it.")
    engine: EngineConfig = Field(EngineConfig(), description="Who answers for it.")
    trained: PipelineName | None = Field(
        None,
        description="Name of a training below the same root, whose latest model is measured: by a "
        "vllm engine or a backend.",
    )
    trained_key: str = Field(
        "", description="Which of that training's models: its key, the last part of its name."
    )
    path: str = Field("", description="Or any weights: a hub id or a folder.")
    revision: str = Field("", description="With a hub id: its revision.")
    backend: Literal["engine", BackendName] = Field(
        "engine",
        description="Who runs the weights: the engine, or lm-eval's own hf or vllm in a process "
        "of its own.",
    )
    backend_args: dict[str, JsonValue] = Field(
        {},
        description="What that backend is to know, in lm-eval's words: `batch_size: 8`, "
        "`dtype: bfloat16`.",
    )
    python: str = Field(
        "",
        description="The Python that runs the backend, where that has an environment of its own.",
    )
    as_chat: bool | None = Field(
        None,
        description="Ask it in a turn of a talk, or let it go on with a text. By default a model "
        "that was trained here is asked in a talk, as its chat template taught it, and any other "
        "goes on with a text, as a base model does: set it for one that was tuned elsewhere. The "
        "text of the prompt is the same.",
    )

    @property
    def asked_as_chat(self) -> bool:
        """Whether it is asked in a turn of a talk."""
        return self.trained is not None if self.as_chat is None else self.as_chat

    @field_validator("backend_args")
    @classmethod
    def _no_secrets(cls, values: dict[str, JsonValue]) -> dict[str, JsonValue]:
        refuse_secrets(values.keys() - {"think_end_token"}, "the backend")
        return values

    @model_validator(mode="after")
    def _says_who_answers(self) -> Self:
        if self.trained and self.path:
            raise ValueError(f"{self.label}: name a training or a path, not both")
        if self.trained_key and not self.trained:
            raise ValueError(f"{self.label}: trained_key needs `trained`, the training's name")
        if self.backend != "engine" and not (self.trained or self.path):
            raise ValueError(f"{self.label}: a backend runs weights: set trained or path")
        if self.backend == "engine" and (self.backend_args or self.python):
            raise ValueError(f"{self.label}: backend_args and python are of a backend: set backend")
        if taken := sorted({"pretrained", "revision"} & set(self.backend_args)):
            raise ValueError(
                f"{self.label}: backend_args sets {', '.join(taken)}: use path and revision"
            )
        if self.backend == "engine" and (self.trained or self.path) and self.engine.kind != "vllm":
            raise ValueError(
                f"{self.label}: an engine of kind {self.engine.kind} starts no servers of weights: "
                "set engine.kind to vllm, or backend to hf"
            )
        return self


class ModelEvaluationConfig(StoredConfig):
    """Everything that measuring models needs to know."""

    method: Literal["evaluation"] = Field("evaluation", description="What this file configures.")
    name: PipelineName = "evaluation"
    models: tuple[MeasuredModel, ...] = Field(
        (),
        validate_default=True,
        description="The models; each but the first is compared with the first, item by item.",
    )
    evaluation: EvaluationConfig = Field(
        EvaluationConfig(), description="The benchmarks, and how models are asked."
    )
    report: EvaluationReportConfig = Field(
        EvaluationReportConfig(), description="How much of the answers the report shows."
    )
    judging: JudgingConfig = Field(
        JudgingConfig(), description="What judges are to compare and grade, and who judges."
    )
    budget: BudgetConfig = Field(BudgetConfig(), description="What all runs together may spend.")

    @model_validator(mode="after")
    def _references_are_measured(self) -> Self:
        labels = [model.label for model in self.models]
        for suite in self.judging.suites:
            if suite.reference and suite.reference not in labels:
                raise ValueError(
                    f"{suite.name}: the reference {suite.reference!r} is none of the models "
                    f"{', '.join(labels)}: name a label, or leave it out for the file's outputs"
                )
        return self

    @field_validator("models")
    @classmethod
    def _have_labels_of_their_own(cls, models: tuple[MeasuredModel, ...]) -> Any:
        labels = [model.label for model in models]
        if not labels:
            raise ValueError("name at least one model")
        if twice := sorted({label for label in labels if labels.count(label) > 1}):
            raise ValueError(f"two models are called {', '.join(twice)}: rename one")
        return models
