"""The protocol between the stages and any LLM: requests in, completions or failures out."""

from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Protocol, TypedDict

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.infra.digests import digest


class Message(TypedDict):
    """One chat message."""

    role: str
    content: str


class Sampling(Config):
    """How a model draws its answer; part of the request key."""

    temperature: float = Field(0.0, ge=0, le=2, description="0 is greedy decoding.")
    top_p: float = Field(1.0, gt=0, le=1, description="Nucleus sampling mass.")
    max_tokens: int = Field(4096, ge=1, description="Longest answer, in tokens.")
    stop: tuple[str, ...] = Field((), description="Texts that end an answer.")


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model answers: its declared name and revision, never its address."""

    name: str
    revision: str = ""


@dataclass(frozen=True, slots=True)
class Request:
    """One question to a model. `key` names it: equal content gives an equal key.

    It is a talk (`messages`) or a plain text that the model goes on with (`prompt`): models
    without a chat template know only the latter. Raises `ValueError` for both and for neither.
    """

    model: ModelIdentity
    messages: tuple[Message, ...]
    sampling: Sampling
    response_schema: Mapping[str, Any] | None = None
    sample: int = 0
    attempt: int = 0
    prompt: str = ""
    key: str = field(init=False)

    def __post_init__(self) -> None:
        """Compute the request key: model, messages, sampling, schema, sample, attempt, prompt."""
        if bool(self.messages) == bool(self.prompt):
            raise ValueError("a request has either messages or a prompt")
        content: dict[str, Any] = {
            "model": [self.model.name, self.model.revision],
            "messages": self.messages,
            "sampling": self.sampling.model_dump(),
            "schema": self.response_schema,
            "sample": self.sample,
            "attempt": self.attempt,
        }
        if self.prompt:  # the keys of talks are older than prompts
            content["prompt"] = self.prompt
        object.__setattr__(self, "key", digest(content))


@dataclass(frozen=True, slots=True)
class Completion:
    """A model's answer as it was given; `finish_reason` is "stop" only when it ended by itself.

    Half a surrogate pair (servers that cut a text in mid-character send such) becomes U+FFFD: it
    is not Unicode, and no file or digest takes it.
    """

    key: str
    text: str
    finish_reason: str
    prompt_tokens: int
    completion_tokens: int
    model: str

    def __post_init__(self) -> None:
        """Mend the texts that came from a server."""
        for name in ("text", "finish_reason", "model"):
            text = getattr(self, name)
            if not text.isascii() and (mended := _as_unicode(text)) != text:
                object.__setattr__(self, name, mended)


def _as_unicode(text: str) -> str:
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


class FailureReason(StrEnum):
    """Why a request has no answer yet. All but `REFUSED_REQUEST` are worth another try."""

    RATE_LIMITED = "rate_limited"
    SERVER_ERROR = "server_error"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    INVALID_RESPONSE = "invalid_response"
    REFUSED_REQUEST = "refused_request"  # 400, 413, 422: this request will never be accepted
    OUTAGE = "endpoint_down"
    BUDGET = "budget_exhausted"


@dataclass(frozen=True, slots=True)
class Failure:
    """A request without an answer, and why."""

    key: str
    reason: FailureReason
    detail: str


class EngineError(RuntimeError):
    """An engine that cannot serve any request: wrong address, key, or model."""


class Engine(Protocol):
    """Anything that answers requests."""

    identity: ModelIdentity

    def complete(self, requests: Iterable[Request]) -> AsyncGenerator[Completion | Failure, None]:
        """Yield one completion or failure per request, as they finish, in any order.

        Requests are pulled from the iterable only as room becomes free, so it may be lazy and
        long. Closing the generator cancels what is in flight. Raises `EngineError` for what no
        retry can mend.
        """
        ...

    async def aclose(self) -> None:
        """Let go of connections and processes."""
        ...
