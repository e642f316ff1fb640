"""What decides which model answers, and how it is reached."""

from typing import Literal

from pydantic import ConfigDict, Field, field_validator
from yarl import URL

from gleanery.infra.config import Config
from gleanery.infra.llm.protocol import ModelIdentity
from gleanery.infra.llm.vllm_config import VLLMConfig

StructuredOutput = Literal["json_schema", "vllm", "none"]


class EngineConfig(Config):
    """One model and the way to it. Only `model` and `revision` are part of a request key."""

    # An address with a password in it must not be repeated by the error that refuses it.
    model_config = ConfigDict(hide_input_in_errors=True)

    kind: Literal["server", "vllm", "recorded"] = Field(
        "server",
        description="server: endpoints someone runs; vllm: servers this run starts; "
        "recorded: only answers that were kept.",
    )
    model: str = Field("", description="Model name, as the server lists it.")
    revision: str = Field("", description="Version of the weights; part of every request key.")
    base_urls: tuple[str, ...] = Field(
        (),
        description="OpenAI-compatible addresses of equal replicas, such as http://host:8000/v1.",
    )
    api_key_env: str = Field(
        "", description="Environment variable that holds the API key; empty for none."
    )
    structured_output: StructuredOutput = Field(
        "json_schema",
        description="How a response schema is sent: OpenAI's response_format, vLLM's "
        "structured_outputs, or not at all.",
    )
    max_in_flight: int = Field(
        128, ge=1, le=65536, description="Most requests that one replica holds at a time."
    )
    initial_in_flight: int = Field(
        32, ge=1, le=65536, description="Requests a replica starts with; doubles until it objects."
    )
    connect_timeout_s: float = Field(10, gt=0, description="Seconds to open a connection.")
    request_timeout_s: float = Field(600, gt=0, description="Seconds for one try of a request.")
    deadline_s: float = Field(1800, gt=0, description="Seconds for a request over all its tries.")
    max_tries: int = Field(
        6, ge=1, le=100, description="Tries per request; being told to wait (429) is not counted."
    )
    backoff_base_s: float = Field(
        0.5, gt=0, description="Upper bound of the first wait between tries; doubles each time."
    )
    backoff_cap_s: float = Field(30, gt=0, description="Longest wait between tries.")
    outage_after_s: float = Field(
        120,
        gt=0,
        description="Seconds without any answer, while requests fail, until the endpoint counts "
        "as down and what remains fails at once.",
    )
    price_per_million_prompt_tokens: float = Field(0, ge=0, description="For estimate and budget.")
    price_per_million_completion_tokens: float = Field(
        0, ge=0, description="For estimate and budget."
    )
    recordings: str = Field("", description="Folder of kept answers for the recorded engine.")
    vllm: VLLMConfig = Field(VLLMConfig(), description="The servers of a vllm engine.")

    @field_validator("base_urls")
    @classmethod
    def _tidy_urls(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        for url in urls:
            parsed = URL(url)
            if parsed.scheme not in ("http", "https") or not parsed.host:
                raise ValueError("a base_url must look like http://host:port/v1")
            if parsed.user or parsed.password or parsed.query_string:
                raise ValueError(
                    "a base_url must not carry a password or a query: name the variable that "
                    "holds the key in api_key_env"
                )
        return tuple(dict.fromkeys(url.rstrip("/") for url in urls))  # a twin doubles limits

    @property
    def identity(self) -> ModelIdentity:
        """Return the part of this configuration that enters request keys."""
        return ModelIdentity(self.model, self.revision)
