"""The suites that have no answer key and need a judge: how each is asked, shown and counted.

AlpacaEval: Dubois et al. 2024, arXiv 2404.04475. MT-Bench: Zheng et al. 2023, arXiv 2306.05685.
Arena-Hard: Li et al. 2024, arXiv 2406.11939. WildBench: Lin et al. 2024, arXiv 2406.04770. The
questions are theirs, the judge's prompts are our own: figures are a bearing beside published ones.

What else is not as published: AlpacaEval asks for one order, drawn by lot, and takes the judge's
probabilities; here both orders are asked. WildBench's reward goes from -1 to 1 and is 2 x our win
rate - 1; its length margin (a slight win by an answer much longer is a tie) is not taken, as the
win rate at equal length is there for every suite. Its score is (points - 5) x 2.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource

SuiteName = Literal["alpaca_eval", "mt_bench", "arena_hard", "wildbench"]

# What a verdict is worth to the answer shown first: its share of the win, and how often it counts.
Worth = Mapping[str, tuple[float, float]]
BETTER_OR_TIE: Worth = {"A>B": (1, 1), "A=B": (0.5, 1), "B>A": (0, 1)}
STRONG_COUNTS_THRICE: Worth = {
    "A>>B": (1, 3),
    "A>B": (1, 1),
    "A=B": (0.5, 1),
    "B>A": (0, 1),
    "B>>A": (0, 3),
}
SLIGHT_IS_HALF: Worth = {
    "A>>B": (1, 1),
    "A>B": (0.75, 1),
    "A=B": (0.5, 1),
    "B>A": (0.25, 1),
    "B>>A": (0, 1),
}


@dataclass(frozen=True, slots=True)
class Suite:
    """One suite. `worth` is None where answers are not compared; `points`: whether they are graded.

    Judges see known good answers in the categories of `with_references`. `layout` says that the
    win rate is controlled for headings, lists and bold type besides length.
    """

    name: SuiteName
    source: BenchmarkSource
    max_tokens: int
    worth: Worth | None = None
    points: bool = False
    layout: bool = False
    with_references: frozenset[str] = frozenset()
    temperatures: Mapping[str, float] = field(default_factory=dict)


SUITES: Mapping[str, Suite] = {
    suite.name: suite
    for suite in (
        Suite(
            "alpaca_eval",
            # A file and no dataset: that one is a script, which `datasets` no longer runs.
            BenchmarkSource(
                path="hf://datasets/tatsu-lab/alpaca_eval/alpaca_eval_gpt4_baseline.json"
            ),
            max_tokens=2048,
            worth=BETTER_OR_TIE,
        ),
        Suite(
            "mt_bench",
            BenchmarkSource(dataset="HuggingFaceH4/mt_bench_prompts", split="train"),
            max_tokens=1024,
            points=True,
            with_references=frozenset({"math", "reasoning", "coding"}),
            # FastChat's: models that are asked greedily write worse stories than they can.
            temperatures={"writing": 0.7, "roleplay": 0.7, "stem": 0.1, "humanities": 0.1},
        ),
        Suite(
            "arena_hard",
            BenchmarkSource(dataset="lmarena-ai/arena-hard-auto-v0.1", split="train"),
            max_tokens=4096,
            worth=STRONG_COUNTS_THRICE,
            layout=True,
        ),
        Suite(
            "wildbench",
            BenchmarkSource(dataset="allenai/WildBench", dataset_configs=("v2",)),
            max_tokens=4096,
            worth=SLIGHT_IS_HALF,
            points=True,
        ),
    )
}
