"""How a model is fine-tuned: the recipe, and those of the papers as presets.

- MAmmoTH2: Yue et al., "MAmmoTH2: Scaling Instructions from the Web" (2024), section 3.1: learning
  rate 5e-6 for Mistral and 1e-5 for other bases, cosine with 3 % warm-up, 2 epochs, 512 examples a
  step, 4,096 tokens. Its Plus models are trained further on public sets; nothing is said of how, so
  the same recipe stands for that stage.
- GLAN: Li et al., "Synthetic Data (Almost) from Scratch" (2024), section 3.1: 3e-6, cosine to 0,
  1,000 steps of warm-up, 3 epochs, 512 examples a step, loss on responses. Its length is not told.
- Instruct-SkillMix: Kaur et al. (2024), appendix: AdamW at 2e-5, 3 % warm-up, cosine to 0,
  15 epochs, 64 examples a step (128 in its configuration files), 1,024 tokens; the best checkpoint
  on held-out examples is kept. They asked a judge which is best; here the loss on the validation
  split says it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Literal

from pydantic import Field, model_validator

from gleanery.infra.config import Config

Preset = Literal["none", "mammoth2", "mammoth2-mistral", "mammoth2-plus", "glan", "skillmix"]

_MAMMOTH2: Mapping[str, Any] = {
    "learning_rate": 1e-5,
    "schedule": "cosine",
    "warmup": 0.03,
    "epochs": 2.0,
    "global_batch": 512,
    "max_length": 4096,
}
PRESETS: Mapping[str, Mapping[str, Any]] = MappingProxyType(
    {
        "none": {},
        "mammoth2": _MAMMOTH2,
        "mammoth2-mistral": {**_MAMMOTH2, "learning_rate": 5e-6},
        "mammoth2-plus": _MAMMOTH2,
        "glan": {
            "learning_rate": 3e-6,
            "schedule": "cosine",
            "warmup": 1000,
            "epochs": 3.0,
            "global_batch": 512,
            "loss": "responses",
        },
        "skillmix": {
            "learning_rate": 2e-5,
            "schedule": "cosine",
            "warmup": 0.03,
            "epochs": 15.0,
            "global_batch": 64,
            "max_length": 1024,
            "loss": "responses",
            "keep": "best",
        },
    }
)


class TrainingRecipe(Config):
    """All that decides the weights, beside the data and the model they start from.

    A preset fills in what a paper says; a value that is given here stands all the same.
    """

    preset: Preset = Field("none", description="A paper's recipe to start from.")
    learning_rate: float = Field(1e-5, gt=0, le=1, description="Highest learning rate.")
    schedule: Literal["cosine", "linear", "constant"] = Field(
        "cosine", description="How the rate goes on after the warm-up: to 0, or stays."
    )
    warmup: float = Field(
        0.03, ge=0, description="Warm-up: below 1 a share of all steps, else a number of steps."
    )
    epochs: float = Field(2.0, gt=0, le=1000, description="Passes over the training split.")
    max_steps: int = Field(0, ge=0, description="Stop after so many steps; 0 is never.")
    global_batch: int = Field(
        64, ge=1, le=1_000_000, description="Examples per step, over all devices and hosts."
    )
    max_length: int = Field(4096, ge=8, le=10_000_000, description="Longest example, in tokens.")
    packing: bool = Field(
        False,
        description="Put several examples into one sequence, each blind to the others. A step then "
        "has `global_batch` sequences.",
    )
    loss: Literal["responses", "all"] = Field(
        "responses",
        description="What is learnt: the assistant's last turn, or every token (LM loss).",
    )
    optimizer: str = Field(
        "adamw_torch", description="A name that transformers knows, such as adamw_torch_fused."
    )
    weight_decay: float = Field(0.0, ge=0, le=1, description="AdamW's weight decay.")
    max_grad_norm: float = Field(1.0, gt=0, description="Gradients are clipped to this norm.")
    neftune_alpha: float = Field(
        0.0, ge=0, description="Noise on embeddings (NEFTune, 2023); 0 is none."
    )
    keep: Literal["last", "best"] = Field(
        "last",
        description="Which weights are kept: the last, or those of the epoch with the least loss "
        "on the validation split.",
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Decides order, dropout and new weights.")

    @model_validator(mode="before")
    @classmethod
    def _start_from_the_preset(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("preset") in PRESETS:
            return {**PRESETS[values["preset"]], **values}
        return values


class Lora(Config):
    """Low-rank adapters (Hu et al., 2021) in place of all weights."""

    rank: int = Field(16, ge=1, le=4096, description="Rank of the adapters.")
    alpha: float = Field(32, gt=0, description="Their scale is alpha / rank.")
    dropout: float = Field(0.0, ge=0, lt=1, description="Dropout before them.")
    targets: tuple[str, ...] = Field(
        (), description="Names of layers that get one; none is all linear ones but the head."
    )


class Tuning(Config):
    """Which weights are trained."""

    method: Literal["full", "lora", "qlora"] = Field(
        "full",
        description="All weights, adapters, or adapters on a base in 4 bits (which needs a GPU and "
        "bitsandbytes).",
    )
    lora: Lora = Field(Lora(), description="The adapters of lora and qlora.")
