"""How fast a model is trained: tokens a second, and the share of the device's arithmetic (MFU).

Model FLOPs utilisation as in Chowdhery et al. ("PaLM", 2022, appendix B), attention left out: 6
operations for each token and trained weight; a frozen weight needs no gradient of its own, and 4.
"""

import re

# Dense bfloat16 operations a second, of the manufacturers' data sheets.
_PEAKS = (
    (r"\bB200\b", 2.25e15),
    (r"\bH200\b|\bH100\b(?!.*PCIe)|\bGH200\b", 989e12),
    (r"\bH100\b.*PCIe", 756e12),
    (r"\bA100\b", 312e12),
    (r"\bL40S\b", 362e12),
    (r"\bL4\b", 121e12),
    (r"\bA10G?\b", 125e12),
    (r"\bRTX 4090\b", 165e12),
    (r"\bMI300X\b", 1307e12),
)


def peak_flops(device: str) -> float | None:
    """Return the bfloat16 operations a second of a device by its name; `None` if unknown."""
    return next((peak for name, peak in _PEAKS if re.search(name, device)), None)


def flops_per_token(trained: int, frozen: int) -> float:
    """Return the operations that a token costs in training, forth and back."""
    return 6.0 * trained + 4.0 * frozen


def utilisation(tokens_per_second: float, per_token: float, device: str, devices: int) -> float:
    """Return the MFU, 0 to 1; 0 for a device that is not known."""
    peak = peak_flops(device)
    return tokens_per_second * per_token / (peak * devices) if peak else 0.0
