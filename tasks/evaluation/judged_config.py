"""Which suites models answer for a judge, and who judges."""

from pydantic import Field, field_validator, model_validator

from gleanery.infra.config import Config
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import Sampling
from gleanery.tasks.attempts import AskingConfig
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource
from gleanery.tasks.evaluation.judged_suites import SUITES, Suite, SuiteName


class JudgedSuiteConfig(Config):
    """One judged suite, and what is different about it here."""

    name: SuiteName = Field("mt_bench", description="Which suite.")
    source: BenchmarkSource = Field(
        BenchmarkSource(),
        description="Where its questions are; without path and dataset the published ones on the "
        "hub.",
    )
    outputs: BenchmarkSource = Field(
        BenchmarkSource(),
        description="Where the answers are that models' are compared with, if not in the "
        "questions' file: rows with the questions' ids, such as Arena-Hard's model_answer files.",
    )
    reference: str = Field(
        "",
        description="Whose answers each model's are compared with: the label of a measured model; "
        "'' for the outputs that stand in a file.",
    )
    max_tokens: int | None = Field(
        None,
        ge=16,
        description="Longest answer of a turn in tokens; by default the papers': AlpacaEval 2,048, "
        "MT-Bench 1,024, Arena-Hard and WildBench 4,096.",
    )
    temperature: float | None = Field(
        None,
        ge=0,
        le=2,
        description="How freely models answer; by default 0, and on MT-Bench what its authors set "
        "by category (writing and roleplay 0.7, stem and humanities 0.1).",
    )

    @model_validator(mode="after")
    def _has_one_reference(self) -> "JudgedSuiteConfig":
        if self.reference and self.outputs.place_is_named:
            raise ValueError(f"{self.name}: name a reference or outputs, not both")
        if self.suite.worth is None and (self.reference or self.outputs.place_is_named):
            raise ValueError(f"{self.name} compares no answers: leave out reference and outputs")
        return self

    @property
    def suite(self) -> Suite:
        """Return the suite as it is defined."""
        return SUITES[self.name]

    @property
    def questions_source(self) -> BenchmarkSource:
        """Return where the questions are: what is configured, else the published ones."""
        return self.source if self.source.place_is_named else self.source.at(self.suite.source)

    def sampling(self, category: str) -> Sampling:
        """Return how a model answers a question of a category."""
        temperature = self.temperature
        if temperature is None:
            temperature = self.suite.temperatures.get(category, 0.0)
        return Sampling(
            temperature=temperature, max_tokens=self.max_tokens or self.suite.max_tokens
        )


class JudgeAsking(AskingConfig):
    """How each judge is asked for a verdict."""

    sampling: Sampling = Field(
        Sampling(max_tokens=4096),
        description="How a judge draws its verdict. Some 500 tokens are enough for a model that "
        "does not think first.",
    )
    tries: int = Field(
        2, ge=1, le=10, description="Times a judge is asked until its answer can be read."
    )


class JudgingConfig(Config):
    """Suites whose answers a judge compares or grades; empty for none."""

    suites: tuple[JudgedSuiteConfig, ...] = Field((), description="The suites, each once.")
    judges: tuple[EngineConfig, ...] = Field(
        (),
        description="Who judges, one after the other; with several, their mean stands beside each "
        "one's own figures.",
    )
    asking: JudgeAsking = Field(JudgeAsking(), description="How each judge is asked.")
    examples: int = Field(
        5,
        ge=0,
        le=100,
        description="Questions of each kind (lost, won, …) that the report shows with answers and "
        "verdicts; all verdicts are in the store.",
    )
    items_per_part: int = Field(
        250, ge=1, le=100_000, description="Questions that are asked, kept and judged together."
    )

    @field_validator("suites")
    @classmethod
    def _each_once(cls, suites: tuple[JudgedSuiteConfig, ...]) -> tuple[JudgedSuiteConfig, ...]:
        names = [suite.name for suite in suites]
        if twice := sorted({name for name in names if names.count(name) > 1}):
            raise ValueError(f"{', '.join(twice)} is listed more than once: once is enough")
        return suites

    @model_validator(mode="after")
    def _has_judges(self) -> "JudgingConfig":
        models = [(judge.model, judge.revision) for judge in self.judges]
        if self.suites and not models:
            raise ValueError("suites need a judge: name one in judges")
        if len(set(models)) < len(models):
            raise ValueError("a judge is listed more than once: its verdicts would be the same")
        return self
