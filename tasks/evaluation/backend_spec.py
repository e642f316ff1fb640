"""What the process of an lm-eval backend is told, and where it is asked."""

from pathlib import Path
from typing import Any, Literal

from pydantic import JsonValue

from gleanery.infra.config import Config
from gleanery.infra.digests import digest

BackendName = Literal["hf", "vllm"]
ANSWERED, REFUSED = "answered", "refused"

_ONLY_HOW_IT_RUNS = {
    "batch_size",
    "data_parallel_size",
    "device",
    "enforce_eager",
    "gpu_memory_utilization",
    "max_batch_size",
    "max_cpu_memory",
    "max_memory_per_gpu",
    "max_num_seqs",
    "offload_folder",
    "parallelize",
    "tensor_parallel_size",
}


class BackendSpec(Config):
    """A backend by lm-eval's name for it, with the arguments that it takes there."""

    backend: BackendName
    args: dict[str, JsonValue]
    folder: str = ""

    @property
    def work(self) -> Path:
        """The folder in which it is asked and answers."""
        return Path(self.folder)


def deciding(backend: BackendName, args: dict[str, Any]) -> str:
    """Return what names, beside the weights, what a backend's answers depend on.

    A batch or a device does not count: they only say how it runs.
    """
    named = {name: value for name, value in args.items() if name not in _ONLY_HOW_IT_RUNS}
    return f"{backend}-{digest(named)[:12]}" if named else backend


def asked_file(folder: Path, batch: int) -> Path:
    """Return where the questions of a batch are, as a list of JSON objects."""
    return folder / f"asked-{batch:06d}.json"
