"""Which GPUs each replica gets."""

import os
import shutil
import subprocess

from gleanery.infra.llm.protocol import EngineError


def visible_gpus() -> tuple[str, ...]:
    """Return the GPUs this process may use: CUDA_VISIBLE_DEVICES, else all; () without any."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return tuple(name for name in map(str.strip, chosen.split(",")) if name not in ("", "-1"))
    if not (nvidia_smi := shutil.which("nvidia-smi")):
        return ()
    listing = subprocess.run(
        [nvidia_smi, "--query-gpu=index", "--format=csv,noheader"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    # nvidia-smi is also installed on machines without a GPU or a driver; it then fails.
    return tuple(listing.stdout.split()) if listing.returncode == 0 else ()


def share_gpus(
    gpus: tuple[str, ...], replicas: int, gpus_per_replica: int
) -> list[tuple[str, ...]]:
    """Return the GPUs of each replica; empty tuples on CPU. `replicas` 0 uses all GPUs.

    Raises `EngineError` when there are too few for what was asked.
    """
    if not gpus:
        if gpus_per_replica > 1:
            raise EngineError(f"a replica needs {gpus_per_replica} GPUs and none is visible")
        return [()] * (replicas or 1)
    groups = [
        gpus[start : start + gpus_per_replica]
        for start in range(0, len(gpus) - gpus_per_replica + 1, gpus_per_replica)
    ]
    if len(groups) < max(1, replicas):
        raise EngineError(
            f"{max(1, replicas)} replicas of {gpus_per_replica} GPUs need more than the visible "
            f"{', '.join(gpus)}: lower `replicas` or tensor_parallel_size, or set `gpus`"
        )
    return groups[: replicas or None]
