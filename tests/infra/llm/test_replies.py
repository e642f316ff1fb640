"""What replies mean, for the shapes that real servers send."""

from typing import Any

import orjson
import pytest

from gleanery.infra.llm.protocol import Completion, FailureReason, ModelIdentity, Request, Sampling
from gleanery.infra.llm.replies import Problem, Reply, read_completion, read_problem, server_message

REQUEST = Request(ModelIdentity("m"), ({"role": "user", "content": "?"},), Sampling())


def read(message: dict[str, Any], finish_reason: str | None = "stop") -> Completion | Problem:
    choice = {"message": message, "finish_reason": finish_reason}
    return read_completion(orjson.dumps({"choices": [choice]}), REQUEST)


def test_missing_usage_and_model_are_zero_and_the_declared_name():
    completion = read({"content": "four"})
    assert completion == Completion(REQUEST.key, "four", "stop", 0, 0, "m")


@pytest.mark.parametrize(
    ("message", "finish_reason", "text", "read_as"),
    [
        ({"content": ""}, "stop", "", "stop"),
        ({"content": "cut of"}, "length", "cut of", "length"),
        ({"content": None, "reasoning_content": "so"}, "length", "", "length"),
        ({"content": None}, "content_filter", "", "content_filter"),
        ({"content": None, "refusal": "I cannot"}, "stop", "I cannot", "refusal"),
        ({"content": "x"}, None, "x", "unknown"),
    ],
)
def test_an_unfinished_or_refused_answer_is_a_completion_that_is_not_paid_for_twice(
    message, finish_reason, text, read_as
):
    completion = read(message, finish_reason)
    assert isinstance(completion, Completion)
    assert (completion.text, completion.finish_reason) == (text, read_as)


def test_a_prompts_completion_has_its_text_beside_the_finish_reason():
    prompt = Request(ModelIdentity("m"), (), Sampling(), prompt="1 + 1 =")
    body = orjson.dumps({"choices": [{"text": " 2", "finish_reason": "length"}]})
    assert read_completion(body, prompt) == Completion(prompt.key, " 2", "length", 0, 0, "m")
    assert isinstance(read_completion(body, REQUEST), Problem)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"ok"',
        b"{}",
        b'{"choices": null}',
        b'{"choices": [{}]}',
        b'{"choices": [{"message": null}]}',
        b'{"choices": [{"message": {"content": [{"type": "text"}]}, "finish_reason": "stop"}]}',
        b'{"choices": [{"message": {"content": "x"}}], "usage": {"prompt_tokens": "many"}}',
        b"\xff\xfe\x00",
        b'{"error": {"message": "overloaded"}}',
    ],
)
def test_any_other_body_is_an_invalid_response(body):
    problem = read_completion(body, REQUEST)
    assert isinstance(problem, Problem)
    assert problem.reason is FailureReason.INVALID_RESPONSE


@pytest.mark.parametrize(
    ("status", "reason", "overload"),
    [
        (408, FailureReason.TIMEOUT, True),
        (409, FailureReason.SERVER_ERROR, False),
        (429, FailureReason.RATE_LIMITED, True),
        (500, FailureReason.SERVER_ERROR, False),
        (503, FailureReason.SERVER_ERROR, True),
        (529, FailureReason.SERVER_ERROR, False),
    ],
)
def test_a_status_that_may_pass_is_a_problem_with_its_wait(status, reason, overload):
    problem = read_problem(Reply(status, {"Retry-After": "3"}, b""))
    assert (problem.reason, problem.overload, problem.retry_after) == (reason, overload, 3)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"error": {"message": "m", "code": 1}}', "m"),
        (b'{"error": "e"}', "e"),
        (b'{"object": "error", "message": "v"}', "v"),
        (b'{"detail": [{"msg": "field required"}]}', '[{"msg":"field required"}]'),
        (b"<html><style>b{}</style><h1>502</h1>\n<p>Bad  gateway", "502 Bad gateway"),
        (b"plain", "plain"),
        (b"", ""),
    ],
)
def test_the_servers_message_is_found_in_every_form(body, message):
    assert server_message(body) == message


@pytest.mark.parametrize(
    ("escaped", "text"), [(rb"cut \ud83d", "cut \ufffd"), (rb"whole \ud83d\ude00", "whole 😀")]
)
def test_text_cut_in_the_middle_of_a_character_is_an_answer(escaped: bytes, text: str):
    body = b'{"choices": [{"message": {"content": "%s"}, "finish_reason": "length"}]}' % escaped
    completion = read_completion(body, REQUEST)
    assert isinstance(completion, Completion)
    assert (completion.text, completion.finish_reason) == (text, "length")


def test_endless_nesting_is_an_invalid_reply():
    problem = read_completion(b"[" * 200_000, REQUEST)
    assert isinstance(problem, Problem)
    assert problem.reason is FailureReason.INVALID_RESPONSE
