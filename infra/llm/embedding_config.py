"""What decides which model embeds texts, and how it is reached."""

from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator
from yarl import URL

from gleanery.infra.config import Config
from gleanery.infra.digests import digest
from gleanery.infra.llm.protocol import EngineError

Vectors = npt.NDArray[np.float32]


class EmbeddingConfig(Config):
    """An embedding model and the way to it; model, revision and dimensions decide the vectors."""

    kind: Literal["server", "local"] = Field(
        "server",
        description="server: an endpoint with `/embeddings`; local: a sentence-transformers model "
        "in this process.",
    )
    model: str = Field("", description="Model name, as the server lists it, or the local model's.")
    revision: str = Field(
        "", description="Version of the weights; part of what vectors are kept under."
    )
    base_url: str = Field("", description="OpenAI-compatible address, such as http://host:8000/v1.")
    api_key_env: str = Field(
        "", description="Environment variable that holds the API key; empty for none."
    )
    dimensions: int = Field(
        0,
        ge=0,
        le=65536,
        description="Numbers per vector, asked for and insisted on; 0: the model's.",
    )
    prefix: str = Field(
        "", description='What the model wants before every text, such as "query: ".'
    )
    max_characters: int = Field(
        8_000, ge=1, description="Longer texts are cut to this before they are embedded."
    )
    batch_texts: int = Field(64, ge=1, le=4096, description="Texts per request.")
    max_in_flight: int = Field(8, ge=1, le=1024, description="Most requests at a time.")
    connect_timeout_s: float = Field(10, gt=0, description="Seconds to open a connection.")
    request_timeout_s: float = Field(120, gt=0, description="Seconds for one try of a request.")
    deadline_s: float = Field(1800, gt=0, description="Seconds for a request over all its tries.")
    max_tries: int = Field(
        6, ge=1, le=100, description="Tries per request; being told to wait (429) is not counted."
    )
    backoff_base_s: float = Field(
        0.5, gt=0, description="Upper bound of the first wait between tries; doubles each time."
    )
    backoff_cap_s: float = Field(30, gt=0, description="Longest wait between tries.")
    device: str = Field(
        "", description="Where a local model runs, such as cuda:0; empty lets it choose."
    )

    @field_validator("base_url")
    @classmethod
    def _tidy_url(cls, url: str) -> str:
        parsed = URL(url)
        if url and (parsed.scheme not in ("http", "https") or not parsed.host):
            raise ValueError("base_url must look like http://host:port/v1")
        if parsed.user or parsed.password or parsed.query_string:
            raise ValueError(
                "base_url must not carry a password or a query: name the variable that holds the "
                "key in api_key_env"
            )
        return url.rstrip("/")

    @property
    def digest(self) -> str:
        """The name of what decides the vectors of a text."""
        return digest([self.kind, self.model, self.revision, self.dimensions])


class EmbeddingError(EngineError):
    """Texts that could not be embedded, or a model that cannot be used."""
