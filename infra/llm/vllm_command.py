"""The command line and environment of one vLLM server: pure functions of its configuration."""

from collections.abc import Iterator, Mapping

import orjson
from pydantic import JsonValue

from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.infra.llm.vllm_config import VLLMConfig

# The fields of VLLMConfig that are engine arguments under the same name.
ENGINE_FIELDS = (
    "dtype",
    "quantization",
    "trust_remote_code",
    "max_model_len",
    "gpu_memory_utilization",
    "kv_cache_dtype",
    "max_num_seqs",
    "max_num_batched_tokens",
    "enable_prefix_caching",
    "enforce_eager",
    "tensor_parallel_size",
    "pipeline_parallel_size",
    "generation_config",
    "structured_outputs_config",
)


def server_command(
    config: VLLMConfig, model: ModelIdentity, port: int, gpus: tuple[str, ...]
) -> list[str]:
    """Return the argv of the model's server on this port and these GPUs (none: CPU)."""
    weights = config.weights or model.name
    is_folder = weights.startswith(("/", "."))  # it may be a container's, so we do not look
    arguments: dict[str, JsonValue] = {
        "served_model_name": model.name,
        "revision": None if is_folder else model.revision or None,
        "host": config.listen_host,
        "port": port,
        # One line per request would be most of the log.
        "disable_uvicorn_access_log": True,
        **{name: getattr(config, name) for name in ENGINE_FIELDS},
        **config.engine_args,
    }
    return [*fill_in(config.command, port, gpus), weights, *flags(arguments)]


def fill_in(command: tuple[str, ...], port: int, gpus: tuple[str, ...]) -> list[str]:
    """Return the command with {port} and {gpu} replaced; other braces stay as they are."""
    return [part.replace("{port}", str(port)).replace("{gpu}", ",".join(gpus)) for part in command]


def flags(arguments: Mapping[str, JsonValue]) -> Iterator[str]:
    """Yield engine arguments as vLLM's command line spells them; None is left out."""
    for name, value in arguments.items():
        dashed = name.replace("_", "-")
        match value:
            case None:
                continue
            case True:
                yield f"--{dashed}"
            case False:
                yield f"--no-{dashed}"
            case dict():
                yield from (f"--{dashed}", orjson.dumps(value).decode())
            case list():
                yield from (f"--{dashed}", *map(str, value))
            case _:
                # One word, so that a value may begin with a dash.
                yield f"--{dashed}={value}"


def server_environment(
    config: VLLMConfig, inherited: Mapping[str, str], gpus: tuple[str, ...]
) -> dict[str, str]:
    """Return the server's environment: the flow's, the configured one, and its own GPUs."""
    environment = {**inherited, **config.environment}
    if gpus:
        environment["CUDA_VISIBLE_DEVICES"] = ",".join(gpus)
    return environment
