"""What an evaluation measures, and how models are asked."""

from typing import get_args

from pydantic import Field, model_validator

from gleanery.infra.compute import ComputeConfig
from gleanery.infra.config import Config
from gleanery.tasks.evaluation.benchmarks import BenchmarkConfig, BenchmarkName
from gleanery.tasks.evaluation.sandbox_records import SandboxLimits


class EvaluationConfig(Config):
    """Which benchmarks a model is measured on; every model gets the same prompts."""

    benchmarks: tuple[BenchmarkConfig, ...] = Field(
        tuple(BenchmarkConfig(name=name) for name in get_args(BenchmarkName) if name != "ifeval"),
        description="The benchmarks; by default the papers', with the items published on the hub.",
    )
    seed: int = Field(
        0,
        ge=0,
        description="Decides which solved examples are drawn from a train split, and in which "
        "order options are shown that have none.",
    )
    items_per_part: int = Field(
        250, ge=1, le=100_000, description="Items that are asked, kept and scored together."
    )
    comparison_s: float = Field(
        30,
        gt=0,
        description="Seconds after which a comparison of two expressions is given up, and the "
        "answer counts as wrong. The first one also loads the algebra.",
    )
    comparison_mb: int = Field(
        1024, ge=256, description="Most memory that the algebra may take, in MB."
    )

    sandbox: SandboxLimits = Field(
        SandboxLimits(), description="What a program that the model wrote may use."
    )
    sandbox_workers: int = Field(
        0, ge=0, le=512, description="Programs that run at a time; 0 for one per core."
    )

    @model_validator(mode="after")
    def _names_differ(self) -> "EvaluationConfig":
        names = [benchmark.name for benchmark in self.benchmarks]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(f"{', '.join(twice)} is listed more than once: once is enough")
        return self

    @property
    def compute(self) -> ComputeConfig:
        """Return the limits of the process that compares expressions."""
        return ComputeConfig(
            workers=1, tries=1, timeout_s=self.comparison_s, memory_mb=self.comparison_mb
        )
