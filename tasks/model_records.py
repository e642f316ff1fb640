"""What is told about trained models across stages: how they did, and why one is the latest."""

from typing import Literal

from gleanery.tasks.records import Record

Purpose = Literal["validation", "reported", "measured"]


class BenchmarkResult(Record):
    """What a model came to on a benchmark.

    `accuracy` and the bounds of its 95 % interval are shares. `place` is where the items came
    from; prompts that nobody took, the `refused`, count as wrong. `difference` is against the
    model that `against` names, on the same items, with the two-sided exact p-value; `None` where
    it was compared with none.
    """

    benchmark: str
    place: str
    shots: int
    items: int
    correct: int
    accuracy: float
    low: float
    high: float
    unparseable: int
    truncated: int
    refused: int = 0
    against: str = ""
    difference: float | None = None
    p_value: float | None = None


class ModelResults(Record):
    """What a model came to in one evaluation.

    `purpose` says what for: to decide about the model ("validation"), to be reported once it was
    decided, or because somebody asked ("measured").
    """

    evaluation: str
    purpose: Purpose
    as_chat: bool
    created: str
    results: list[BenchmarkResult]


class SuiteDecision(Record):
    """What a validation suite says about a candidate.

    `won` and `lost` are the items that only the candidate, only the incumbent has right.
    `regression_p` is the p-value of the test that the candidate loses more than the bound, and
    `holds` whether such a loss is ruled out.
    """

    suite: str
    items: int
    incumbent_correct: int
    candidate_correct: int
    won: int
    lost: int
    regression_p: float
    holds: bool


class Decision(Record):
    """Whether a candidate takes the incumbent's place, with all figures that decided it.

    Models are named by the keys of their trainings; the incumbent "" is the base. `p_value` is of
    the one-sided exact test over the items of all suites; `alpha` is what this candidate, the
    `test`-th against its incumbent, had of `alpha_in_all`. `compared` is false where there was
    nothing to compare with.
    """

    candidate: str
    incumbent: str
    promoted: bool
    why: str
    compared: bool
    suites: list[SuiteDecision]
    items: int
    won: int
    lost: int
    p_value: float
    test: int
    alpha: float
    alpha_in_all: float
    regression_bound: float
    regression_alpha: float
    release: str
    created: str
    writer: str
