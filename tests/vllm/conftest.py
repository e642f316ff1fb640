"""A real vLLM, without a GPU, serving a tiny model that the session builds."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gleanery.infra.llm.vllm_config import VLLMConfig

sys.path.insert(0, str(Path(__file__).parent))  # for hand_made_taxonomy

REPOSITORY = Path(__file__).parents[2]
VLLM = REPOSITORY / ".venv-vllm" / "bin" / "vllm"

SMALL = {
    "VLLM_CPU_KVCACHE_SPACE": "1",
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "OMP_NUM_THREADS": "1",  # more threads make a tiny model slower
}


@pytest.fixture(scope="session")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a chat model with random weights."""
    if not VLLM.exists():
        message = f"{VLLM} is missing: `make test-vllm` makes its environment"
        if os.environ.get("CI"):
            pytest.fail(message)
        pytest.skip(message)
    folder = tmp_path_factory.mktemp("model") / "tiny"
    script = Path(__file__).parent / "build_tiny_model.py"
    subprocess.run([VLLM.parent / "python", script, folder], check=True)
    return folder


@pytest.fixture(scope="session")
def small_vllm(tiny_model: Path) -> Callable[..., VLLMConfig]:
    """Return a function that makes the configuration of one small server."""

    def configure(*, multiprocessing: bool = False, max_model_len: int = 2048) -> VLLMConfig:
        return VLLMConfig(
            command=(str(VLLM), "serve"),
            weights=str(tiny_model),
            environment={**SMALL, "VLLM_ENABLE_V1_MULTIPROCESSING": str(int(multiprocessing))},
            replicas=1,
            startup_timeout_s=180,
            restart_backoff_s=0.1,
            stop_grace_s=3,
            enforce_eager=True,
            max_model_len=max_model_len,
            max_num_seqs=32,
        )

    return configure
