"""What the papers report, for whoever wants to set their own figures beside it.

Prompts, shots and items differ from paper to paper and even, in one of them, from model to model:
these are a bearing and no yardstick. The same base model differs by 20 points between the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """Where figures stand: `name` with the table, and the address of the paper."""

    name: str
    link: str


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """A model of a paper with its accuracies in percent, by benchmark."""

    name: str
    source: Source
    figures: Mapping[str, float]


MAMMOTH2 = Source(
    "Yue et al. (2024), MAmmoTH2, Table 2; GPQA is its diamond subset",
    "https://arxiv.org/abs/2405.03548",
)
GLAN = Source(
    "Li et al. (2024), GLAN, Tables 1, 2 (MMLU-STEM) and 4 (IFEval, by prompt, strict); GLAN's own "
    "without solved examples but for MBPP and BBH",
    "https://arxiv.org/abs/2402.13064",
)

PUBLISHED = (
    PublishedModel(
        "Mistral-7B", MAMMOTH2,
        {
            "theoremqa": 19.2, "math": 11.2, "gsm8k": 36.2, "gpqa": 24.7,
            "mmlu_stem": 50.1, "bbh": 55.7, "arc_challenge": 74.2,
        },
    ),
    PublishedModel(
        "MAmmoTH2-7B", MAMMOTH2,
        {
            "theoremqa": 29.0, "math": 36.7, "gsm8k": 68.4, "gpqa": 32.4,
            "mmlu_stem": 62.4, "bbh": 58.6, "arc_challenge": 81.7,
        },
    ),
    PublishedModel(
        "MAmmoTH2-7B-Plus", MAMMOTH2,
        {
            "theoremqa": 29.2, "math": 45.0, "gsm8k": 84.7, "gpqa": 36.8,
            "mmlu_stem": 64.5, "bbh": 63.1, "arc_challenge": 83.0,
        },
    ),
    PublishedModel(
        "Mistral-7B", GLAN,
        {
            "humaneval": 28.0, "mbpp": 50.2, "gsm8k": 43.4, "math": 10.0,
            "bbh": 56.1, "arc_challenge": 53.9, "mmlu_stem": 52.0,
        },
    ),
    PublishedModel(
        "GLAN-7B", GLAN,
        {
            "humaneval": 48.8, "mbpp": 57.6, "gsm8k": 80.8, "math": 32.7,
            "bbh": 60.7, "arc_challenge": 81.1, "mmlu_stem": 60.1, "ifeval": 34.0,
        },
    ),
)  # fmt: skip


def sources_of(models: Sequence[PublishedModel] = PUBLISHED) -> list[Source]:
    """Return the sources of published models, each once."""
    return list(dict.fromkeys(model.source for model in models))


def published_name(model: PublishedModel, sources: Sequence[Source] | None = None) -> str:
    """Return a model's name with the number of its source, from 1: "GLAN-7B [2]"."""
    return f"{model.name} [{(sources or sources_of()).index(model.source) + 1}]"


def published_on(benchmark: str) -> list[PublishedModel]:
    """Return the models that have a published accuracy on a benchmark."""
    return [model for model in PUBLISHED if benchmark in model.figures]
