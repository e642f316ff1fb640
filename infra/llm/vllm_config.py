"""How a flow runs vLLM: the command, the GPUs, the patience, and the engine arguments."""

from typing import Annotated, Literal, Self

from pydantic import Field, JsonValue, field_validator, model_validator

from gleanery.infra.config import Config
from gleanery.infra.secret_names import refuse_secrets

Argument = Annotated[str, Field(min_length=1)]
# What the servers need for themselves: our own flags would clash with these.
OWN_ARGUMENTS = frozenset(
    {"model", "served_model_name", "revision", "host", "port", "api_server_count", "uds"}
)


class VLLMConfig(Config):
    """How vLLM servers are started, watched and stopped; None leaves vLLM's own default."""

    weights: str = Field(
        "",
        description="Hub id of the model, or its folder (/… or ./…); empty takes the engine's "
        "model name. The engine's revision selects the version on the hub.",
    )

    command: tuple[Argument, ...] = Field(
        (".venv-vllm/bin/vllm", "serve"),
        min_length=1,
        description="What starts one server; the model and the engine arguments follow. It may run "
        "a container: {port} and {gpu} stand for the replica's port and GPUs.",
    )
    cleanup_command: tuple[Argument, ...] = Field(
        (),
        description="Run after a server is gone, with the same {port} and {gpu}. For containers, "
        "whose processes are not our children: docker rm --force NAME-{port}.",
    )
    listen_host: str = Field(
        "127.0.0.1",
        description="Address that a server binds. Inside a container that publishes its port it "
        "must be 0.0.0.0; publish it to 127.0.0.1 only.",
    )
    environment: dict[str, str] = Field(
        {"VLLM_NO_USAGE_STATS": "1"},
        description="Variables added to the servers' environment, which is otherwise the flow's. "
        "No secrets: a hub token is inherited from the flow's own environment.",
    )

    replicas: int = Field(
        0, ge=0, le=256, description="Servers to start; 0 is one per group of GPUs, or one on CPU."
    )
    gpus: tuple[Argument, ...] = Field(
        (), description="Indices or UUIDs of the GPUs to use; empty uses all that are visible."
    )
    first_port: int = Field(
        18000, ge=1024, le=65535, description="Lowest port to use; below 32768 none is ephemeral."
    )
    last_port: int = Field(19999, ge=1024, le=65535, description="Highest port to use.")

    startup_timeout_s: float = Field(
        1800, gt=0, le=86400, description="Longest wait for a healthy server, download included."
    )
    unresponsive_after_s: float = Field(
        120, gt=0, le=3600, description="A server whose health check fails this long is restarted."
    )
    restart_limit: int = Field(
        10, ge=0, le=1000, description="Restarts in a row of one replica before it is given up."
    )
    restart_backoff_s: float = Field(
        2, ge=0, le=600, description="Wait before a restart; doubles with each in a row."
    )
    steady_after_s: float = Field(
        120, gt=0, description="A replica healthy for this long has its restarts forgotten."
    )
    stop_grace_s: float = Field(
        10, ge=0, le=600, description="Time a server has to end by itself before it is killed."
    )

    dtype: Literal["auto", "bfloat16", "float16", "float32"] = Field(
        "auto", description="Type of weights and activations."
    )
    quantization: str | None = Field(None, description="Quantization method, e.g. fp8 or awq.")
    trust_remote_code: bool = Field(
        False, description="Run the code that the model's repository brings along."
    )
    max_model_len: int | None = Field(
        None, ge=1, description="Longest prompt and answer together, in tokens."
    )
    gpu_memory_utilization: float | None = Field(
        None, gt=0, le=1, description="Share of a GPU's memory that a server may take."
    )
    kv_cache_dtype: str | None = Field(
        None, description="Type of the KV cache; fp8 holds twice as much."
    )
    max_num_seqs: int | None = Field(None, ge=1, description="Most sequences in one step.")
    max_num_batched_tokens: int | None = Field(
        None, ge=1, description="Most tokens in one step; more raises throughput and latency."
    )
    enable_prefix_caching: bool = Field(
        True, description="Compute a prefix that prompts share only once."
    )
    enforce_eager: bool = Field(
        False, description="Skip compilation and CUDA graphs: starts faster, runs slower."
    )
    tensor_parallel_size: int = Field(
        1, ge=1, le=64, description="GPUs over which each layer is split; 1 if the model fits."
    )
    pipeline_parallel_size: int = Field(
        1, ge=1, le=64, description="GPU groups over which the layers are divided."
    )
    generation_config: str = Field(
        "vllm",
        description="Where sampling defaults come from: vllm (so that a request's own sampling "
        "decides), auto (the model's file), or a folder.",
    )
    structured_outputs_config: dict[str, JsonValue] = Field(
        {"backend": "xgrammar", "disable_any_whitespace": True},
        description="How JSON answers are enforced. Free whitespace lets weak models emit "
        "nothing else until the token limit.",
    )
    engine_args: dict[str, JsonValue] = Field(
        {},
        description="Any other engine argument by its Python name, e.g. max_lora_rank: 16. True "
        "and False become --name and --no-name, lists several values, mappings JSON.",
    )

    @field_validator("environment", "engine_args")
    @classmethod
    def _no_secrets(cls, values: dict[str, JsonValue]) -> dict[str, JsonValue]:
        refuse_secrets(values, "every server")
        return values

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        taken = (OWN_ARGUMENTS | set(type(self).model_fields)) & set(self.engine_args)
        if taken:
            raise ValueError(
                f"engine_args sets {', '.join(sorted(taken))}: use the field of that name, or "
                "leave it to the flow"
            )
        if self.first_port > self.last_port:
            raise ValueError(f"first_port {self.first_port} is above last_port {self.last_port}")
        if self.gpus and len(self.gpus) % self.gpus_per_replica:
            raise ValueError(
                f"{len(self.gpus)} GPUs do not divide into groups of {self.gpus_per_replica} "
                "(tensor_parallel_size x pipeline_parallel_size)"
            )
        return self

    @property
    def gpus_per_replica(self) -> int:
        """GPUs that one server spans."""
        return self.tensor_parallel_size * self.pipeline_parallel_size
