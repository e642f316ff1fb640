"""How fast a model is trained: tokens a second, and the share of the device's arithmetic (MFU).

Model FLOPs utilisation as in Chowdhery et al. ("PaLM", 2022, appendix B), attention left out: 6
operations for each token and trained weight; a frozen weight needs no gradient of its own, and 4.
"""

import re
from collections.abc import Iterable
from typing import Any

# Dense bfloat16 operations a second, of the manufacturers' data sheets. A slice of a card (MIG)
# tells the card's name and has a share of it.
_PEAKS = (
    (r"\bMIG\b", None),
    (r"\bB200\b", 2.25e15),
    (r"\bH[12]00 NVL\b", 835e12),
    (r"\bH100 PCIe\b", 756e12),
    (r"\bH200\b|\bH100\b|\bH800\b|\bGH200\b", 989e12),
    (r"\bA100\b|\bA800\b", 312e12),
    (r"\bL40S\b", 362e12),
    (r"\bL4\b", 121e12),
    (r"\bA10G\b", 70e12),
    (r"\bA10\b", 125e12),
    (r"\bRTX 4090\b", 165e12),
    (r"\bMI300X\b", 1307e12),
)


def peak_flops(device: str) -> float | None:
    """Return the bfloat16 operations a second of a device by its name; `None` if unknown."""
    return next((peak for name, peak in _PEAKS if re.search(name, device)), None)


def count_weights(parameters: Iterable[Any]) -> int:
    """Return the number of weights; those in 4 bits are packed, and of another number there."""
    return sum(
        p.numel() * (2 * p.element_size() if type(p).__name__ == "Params4bit" else 1)
        for p in parameters
    )


def flops_per_token(trained: int, frozen: int) -> float:
    """Return the operations that a token costs in training, forth and back."""
    return 6.0 * trained + 4.0 * frozen


def training_flops(model: Any) -> float:
    """Return the operations that a token costs in a model's training.

    A table of embeddings that is only looked up in costs none; one that is the head as well does.
    """
    table = model.get_input_embeddings().weight
    tied = model.get_output_embeddings().weight is table
    weights = [p for p in model.parameters() if tied or p is not table]
    return flops_per_token(
        count_weights(p for p in weights if p.requires_grad),
        count_weights(p for p in weights if not p.requires_grad),
    )


def utilisation(tokens_per_second: float, per_token: float, device: str, devices: int) -> float:
    """Return the MFU, 0 to 1; 0 for a device that is not known."""
    peak = peak_flops(device)
    return tokens_per_second * per_token / (peak * devices) if peak else 0.0
