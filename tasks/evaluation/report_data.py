"""What the report of an evaluation says: figures, and whom and what they are of."""

from collections.abc import Mapping, Sequence

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.evaluation.findings import Finding, Overall, decide, sum_up
from gleanery.tasks.evaluation.judged_records import Judged
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.side_by_side import Measured
from gleanery.tasks.records import Record


class EvaluationReportConfig(Config):
    """How much of an evaluation its report shows; all items are in the file beside it."""

    items_per_list: int = Field(
        15,
        ge=0,
        le=500,
        description="Items shown of each list: won, lost, both wrong, unparseable.",
    )
    longest_text: int = Field(
        3000,
        ge=200,
        le=100_000,
        description="Characters shown of a prompt or answer; of longer ones the beginning and the "
        "end.",
    )
    alpha: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Level at which a model is called better or worse on a benchmark, held over "
        "all its benchmarks together (Holm).",
    )


class ModelFacts(Record):
    """A measured model: what tables call it, and which one it is; `revision` may be ""."""

    label: str
    model: str
    revision: str
    as_chat: bool


class BenchmarkFacts(Record):
    """How a benchmark was asked: solved examples in the prompt, longest answer, and its items."""

    name: str
    shots: int
    max_tokens: int
    source: str


class EvaluationFacts(Record):
    """What was measured: who, on what, and how.

    `seed` decides examples and the order of options; `unanswered` counts the items without an
    answer by model and benchmark: figures are not final before there are none.
    """

    name: str
    models: list[ModelFacts]
    benchmarks: list[BenchmarkFacts]
    seed: int
    unanswered: dict[str, dict[str, int]] = Field(default_factory=dict)


class EvaluationFigures(Record):
    """Everything that the report says in figures; the first model is what others are set against.

    `alpha` is the level of the findings.
    """

    facts: EvaluationFacts
    alpha: float
    measured: list[Measured]
    findings: list[Finding]
    overall: list[Overall]
    judged: Judged | None = None

    @property
    def labels(self) -> list[str]:
        """Return what the models are called, the first one first."""
        return [model.label for model in self.facts.models]

    @property
    def benchmarks(self) -> list[str]:
        """Return the benchmarks that have a score, in their order."""
        return list(dict.fromkeys(one.score.benchmark for one in self.measured))

    @property
    def unanswered(self) -> int:
        """Return how many items have no answer yet, all models together."""
        return sum(sum(of_model.values()) for of_model in self.facts.unanswered.values())


def evaluation_figures(
    facts: EvaluationFacts,
    measured: Sequence[Measured],
    items: Mapping[str, Sequence[ScoredItem]],
    alpha: float,
    judged: Judged | None = None,
) -> EvaluationFigures:
    """Return the figures of a report; `items` are all answers by model, the base's first."""
    return EvaluationFigures(
        facts=facts,
        alpha=alpha,
        measured=list(measured),
        findings=decide(measured, alpha),
        overall=sum_up(items),
        judged=judged,
    )
