"""The benchmarks: how each is asked, how it is scored, and where its items are by default.

Shots are those of the MAmmoTH2 paper (arXiv 2405.03548, appendix B); HumanEval has none, and MBPP
those of its own paper (Austin et al., arXiv 2108.07732). IFEval is not among theirs: it runs where
it is named.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.evaluation.benchmark_source import BenchmarkSource

BenchmarkName = Literal[
    "gsm8k",
    "math",
    "theoremqa",
    "gpqa",
    "mmlu_stem",
    "bbh",
    "arc_challenge",
    "mbpp",
    "humaneval",
    "ifeval",
]
MMLU_STEM = (
    "abstract_algebra astronomy college_biology college_chemistry college_computer_science "
    "college_mathematics college_physics computer_security conceptual_physics "
    "electrical_engineering elementary_mathematics high_school_biology high_school_chemistry "
    "high_school_computer_science high_school_mathematics high_school_physics "
    "high_school_statistics machine_learning anatomy"
)
MATH = (
    "algebra counting_and_probability geometry intermediate_algebra number_theory prealgebra "
    "precalculus"
)
BBH = (
    "boolean_expressions causal_judgement date_understanding disambiguation_qa dyck_languages "
    "formal_fallacies geometric_shapes hyperbaton logical_deduction_five_objects "
    "logical_deduction_seven_objects logical_deduction_three_objects movie_recommendation "
    "multistep_arithmetic_two navigate object_counting penguins_in_a_table "
    "reasoning_about_colored_objects ruin_names salient_translation_error_detection snarks "
    "sports_understanding temporal_sequences tracking_shuffled_objects_five_objects "
    "tracking_shuffled_objects_seven_objects tracking_shuffled_objects_three_objects web_of_lies "
    "word_sorting"
)


class Kind(StrEnum):
    """How answers are scored."""

    NUMBER = "number"
    EXPRESSION = "expression"
    THEOREM = "theorem"
    CHOICE = "choice"
    BBH = "bbh"
    CODE = "code"
    INSTRUCTIONS = "instructions"


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark. `instruction` stands once, before the examples; `stop` are texts that end an
    answer where a model goes on with a prompt: it may invent a next question.
    """

    name: BenchmarkName
    kind: Kind
    shots: int
    instruction: str
    source: BenchmarkSource
    exemplars: BenchmarkSource | None = None
    stop: tuple[str, ...] = ("\nQuestion:",)
    max_tokens: int = 2048


_SOLVE = (
    "Solve each problem step by step. End your solution with a sentence of the form "
    '"The answer is …." that states nothing but the result.'
)
_CHOOSE = (
    "Each question has several options, of which exactly one is right. Reason step by step, and "
    'end with a sentence of the form "The answer is (…)." that names the letter of the right one.'
)

BENCHMARKS: dict[str, Benchmark] = {
    benchmark.name: benchmark
    for benchmark in (
        Benchmark(
            "gsm8k",
            Kind.NUMBER,
            shots=4,
            instruction=_SOLVE,
            source=BenchmarkSource(dataset="openai/gsm8k", dataset_configs=("main",)),
            exemplars=BenchmarkSource(
                dataset="openai/gsm8k", dataset_configs=("main",), split="train"
            ),
        ),
        Benchmark(
            "math",
            Kind.EXPRESSION,
            shots=4,
            instruction=_SOLVE,
            source=BenchmarkSource(
                dataset="EleutherAI/hendrycks_math", dataset_configs=tuple(MATH.split())
            ),
        ),
        Benchmark(
            "theoremqa",
            Kind.THEOREM,
            shots=5,
            instruction=f"{_SOLVE} Write numbers as decimals, lists in brackets, and True or False "
            "where that is asked.",
            source=BenchmarkSource(dataset="TIGER-Lab/TheoremQA"),
        ),
        Benchmark(
            "gpqa",
            Kind.CHOICE,
            shots=5,
            instruction=_CHOOSE,
            source=BenchmarkSource(
                dataset="Idavidrein/gpqa", dataset_configs=("gpqa_diamond",), split="train"
            ),
        ),
        Benchmark(
            "mmlu_stem",
            Kind.CHOICE,
            shots=5,
            instruction=_CHOOSE,
            source=BenchmarkSource(dataset="cais/mmlu", dataset_configs=tuple(MMLU_STEM.split())),
        ),
        Benchmark(
            "bbh",
            Kind.BBH,
            shots=3,
            instruction="Reason step by step, and end with a sentence of the form "
            '"The answer is …." that states nothing but the result.',
            source=BenchmarkSource(dataset="lukaemon/bbh", dataset_configs=tuple(BBH.split())),
        ),
        Benchmark(
            "arc_challenge",
            Kind.CHOICE,
            shots=8,
            instruction=_CHOOSE,
            source=BenchmarkSource(dataset="allenai/ai2_arc", dataset_configs=("ARC-Challenge",)),
        ),
        Benchmark(
            "mbpp",
            Kind.CODE,
            shots=3,
            instruction="Write a Python program for each task, in one block of code.",
            source=BenchmarkSource(
                dataset="google-research-datasets/mbpp", dataset_configs=("full",)
            ),
            exemplars=BenchmarkSource(
                dataset="google-research-datasets/mbpp",
                dataset_configs=("full",),
                split="prompt",
            ),
            max_tokens=1024,
        ),
        Benchmark(
            "humaneval",
            Kind.CODE,
            shots=0,
            instruction="",
            source=BenchmarkSource(dataset="openai/openai_humaneval"),
            stop=("\nclass ", "\ndef ", "\n#", "\nif ", "\nprint("),
            max_tokens=1024,
        ),
        Benchmark(
            "ifeval",
            Kind.INSTRUCTIONS,
            shots=0,
            instruction="",
            source=BenchmarkSource(dataset="google/IFEval", split="train"),
            stop=(),
        ),
    )
}


class BenchmarkConfig(Config):
    """One benchmark of an evaluation, and what is different about it here."""

    name: BenchmarkName = Field("gsm8k", description="Which benchmark.")
    source: BenchmarkSource = Field(
        BenchmarkSource(),
        description="Where its items are; without path and dataset the published ones on the hub.",
    )
    exemplars: BenchmarkSource = Field(
        BenchmarkSource(),
        description="Where the solved examples of its prompt are drawn from; by default a train "
        "split where there is one with worked solutions, and else examples of our own.",
    )
    shots: int | None = Field(
        None, ge=0, le=32, description="Solved examples in the prompt; by default the papers'."
    )
    max_tokens: int | None = Field(
        None, ge=16, description="Longest answer in tokens; by default 2,048, for code 1,024."
    )

    @property
    def benchmark(self) -> Benchmark:
        """Return the benchmark as it is defined."""
        return BENCHMARKS[self.name]

    @property
    def items_source(self) -> BenchmarkSource:
        """Return where the items are: what is configured, else the published ones."""
        return self.source if self.source.place_is_named else self.source.at(self.benchmark.source)

    @property
    def exemplar_source(self) -> BenchmarkSource | None:
        """Return where the examples are drawn from; None for those of this package."""
        return self.exemplars if self.exemplars.place_is_named else self.benchmark.exemplars

    @property
    def shots_asked(self) -> int:
        """Return how many solved examples a prompt has."""
        return self.benchmark.shots if self.shots is None else self.shots
