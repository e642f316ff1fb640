"""What the papers report, for whoever wants to set their own figures beside it.

Yue et al., "MAmmoTH2: Scaling Instructions from the Web" (2024), Table 2, in percent. Their prompts
differ from model to model, so these are a bearing and no yardstick; GPQA is its diamond subset.
"""

from collections.abc import Mapping
from types import MappingProxyType

PUBLISHED: Mapping[str, Mapping[str, float]] = MappingProxyType(
    {
        "Mistral-7B": {
            "theoremqa": 19.2, "math": 11.2, "gsm8k": 36.2, "gpqa": 24.7,
            "mmlu_stem": 50.1, "bbh": 55.7, "arc_challenge": 74.2,
        },
        "MAmmoTH2-7B": {
            "theoremqa": 29.0, "math": 36.7, "gsm8k": 68.4, "gpqa": 32.4,
            "mmlu_stem": 62.4, "bbh": 58.6, "arc_challenge": 81.7,
        },
        "MAmmoTH2-7B-Plus": {
            "theoremqa": 29.2, "math": 45.0, "gsm8k": 84.7, "gpqa": 36.8,
            "mmlu_stem": 64.5, "bbh": 63.1, "arc_challenge": 83.0,
        },
    }
)  # fmt: skip
