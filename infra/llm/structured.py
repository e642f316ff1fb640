"""The body of a request, with the response schema in the form that a server reads."""

from collections.abc import Mapping
from typing import Any

import orjson

from gleanery.infra.llm.config import StructuredOutput
from gleanery.infra.llm.protocol import Request


def request_body(request: Request, structured_output: StructuredOutput) -> bytes:
    """Return the JSON body that asks for this request: a talk, or a prompt to go on with."""
    sampling = request.sampling
    body: dict[str, Any] = {
        "model": request.model.name,
        **({"prompt": request.prompt} if request.prompt else {"messages": request.messages}),
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
        "max_tokens": sampling.max_tokens,
    }
    if sampling.stop:
        body["stop"] = sampling.stop
    if request.response_schema is not None:
        body.update(_schema_fields(request.response_schema, structured_output))
    return orjson.dumps(body)


def _schema_fields(
    schema: Mapping[str, Any], structured_output: StructuredOutput
) -> dict[str, dict[str, Any]]:
    """Return the fields that bind the answer to a schema.

    OpenAI: https://platform.openai.com/docs/guides/structured-outputs. vLLM since 0.12 (it
    removed `guided_json`): https://docs.vllm.ai/en/latest/features/structured_outputs/.
    """
    match structured_output:
        case "json_schema":
            named = {"name": "answer", "schema": schema, "strict": True}
            return {"response_format": {"type": "json_schema", "json_schema": named}}
        case "vllm":
            return {"structured_outputs": {"json": schema}}
        case "none":
            return {}
