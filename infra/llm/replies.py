"""What a server's reply means: an answer, a problem, or a mistake that no retry mends."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from gleanery.infra.llm.backoff import parse_retry_after
from gleanery.infra.llm.protocol import Completion, EngineError, FailureReason, Request

DETAIL_CHARACTERS = 300

_REFUSED = frozenset({400, 413, 422})
_ADVICE = {
    401: "the server does not accept the API key: check the variable named in api_key_env",
    402: "the account has no credit left: check it with the provider",
    403: "the API key may not use this model: check the key's rights and the model's name",
    404: "no such address or model: check base_urls (most end in /v1) and model",
}
_TAG = re.compile(r"<(script|style|title)\b.*?</\1\s*>|<[^>]*>", re.DOTALL | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Problem:
    """Why one try brought no answer. `overload` asks for fewer requests, not only for patience.

    Where nothing was `sent`, the request cannot be at fault.
    """

    reason: FailureReason
    detail: str
    retry_after: float | None = None
    overload: bool = False
    sent: bool = True


class Reply(NamedTuple):
    """An HTTP reply, read to its end."""

    status: int
    headers: Mapping[str, str]
    body: bytes


def read_completion(body: bytes, request: Request) -> Completion | Problem:
    """Return the completion in the body of a reply with status 200, or what is wrong with it."""
    try:
        reply = _parse(body)
    except (ValueError, RecursionError):
        return _invalid(f"the reply is not JSON: {server_message(body)}")
    try:
        choice = reply["choices"][0]
        # A prompt's completion has its text where a talk's has a message.
        message = {"content": choice["text"]} if request.prompt else choice["message"]
        text, finish_reason = _read_choice(message, choice.get("finish_reason"))
        usage = reply.get("usage") or {}
        return Completion(
            key=request.key,
            text=text,
            finish_reason=finish_reason,
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
            model=str(reply.get("model") or request.model.name),
        )
    except (AttributeError, KeyError, IndexError, TypeError, ValueError):
        return _invalid(f"the reply has no choice with a text: {server_message(body)}")


def _parse(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        # The standard library also reads half a surrogate pair, which servers send that cut a
        # text in mid-character; asked again they would send it again.
        return json.loads(body)


def read_problem(reply: Reply) -> Problem:
    """Return what a reply with any other status means for its request.

    Raises `EngineError` for a status that every other request would meet as well.
    """
    status = reply.status
    detail = f"HTTP {status}: {server_message(reply.body)}"[:DETAIL_CHARACTERS]
    retry_after = parse_retry_after(reply.headers.get("Retry-After"))
    if status == 429:
        return Problem(FailureReason.RATE_LIMITED, detail, retry_after, overload=True)
    if status in _REFUSED:
        return Problem(FailureReason.REFUSED_REQUEST, detail)
    if status == 408:
        return Problem(FailureReason.TIMEOUT, detail, retry_after, overload=True)
    if status >= 500:
        return Problem(FailureReason.SERVER_ERROR, detail, retry_after, overload=status == 503)
    if status in (409, 425):  # "in conflict" and "too early": both ask for another try
        return Problem(FailureReason.SERVER_ERROR, detail, retry_after)
    raise EngineError(f"{detail}; {_advice(reply)}")


def server_message(body: bytes) -> str:
    """Return the message in an error reply, JSON or HTML, as short plain text."""
    try:
        error = orjson.loads(body)
    except orjson.JSONDecodeError:
        text = _TAG.sub(" ", body[:20_000].decode("utf-8", "replace"))
    else:
        text = _message_in(error)
    return " ".join(text.split())[:DETAIL_CHARACTERS]


def _advice(reply: Reply) -> str:
    if 300 <= reply.status < 400:
        return f"it redirects to {reply.headers.get('Location', 'nowhere')}: put that in base_urls"
    return _ADVICE.get(reply.status, "no reply of an OpenAI-compatible server: check base_urls")


def _message_in(error: Any) -> str:
    if isinstance(error, dict):
        for name in ("error", "message", "detail"):
            if error.get(name):
                return _message_in(error[name])
    return error if isinstance(error, str) else orjson.dumps(error).decode()


def _read_choice(message: dict[str, Any], finish_reason: object) -> tuple[str, str]:
    content = message.get("content")
    if isinstance(content, str):
        return content, str(finish_reason or "unknown")
    if content is not None:
        raise TypeError("content is not a text")
    # No text, and yet an answer that asking again would only pay for twice: the model refused,
    # or was cut before it came to the text (a reasoning model at its token limit).
    if message.get("refusal"):
        return str(message["refusal"]), "refusal"
    if finish_reason in ("length", "content_filter"):
        return "", str(finish_reason)
    raise ValueError("content is missing")


def _invalid(detail: str) -> Problem:
    return Problem(FailureReason.INVALID_RESPONSE, detail[:DETAIL_CHARACTERS])
