"""A model that is a function, for dialogues that are held without a server."""

from collections.abc import Callable
from typing import Any

import pytest

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, Failure, FailureReason, Request

Answerer = Callable[[Request], str | FailureReason | tuple[str, str]]


def _result(request: Request, answer: str | FailureReason | tuple[str, str]) -> Any:
    if isinstance(answer, FailureReason):
        return Failure(request.key, answer, "no answer")
    text, finish_reason = (answer, "stop") if isinstance(answer, str) else answer
    return Completion(request.key, text, finish_reason, 10, 10, request.model.name)


@pytest.fixture
def hold() -> Callable[[Dialogue[Any], Answerer], tuple[Any, list[list[Request]]]]:
    """Return a function that holds a dialogue; it returns the outcome and what each turn asked.

    An answer is a text, a text with its finish reason, or the reason of a failure.
    """

    def talk(dialogue: Dialogue[Any], answer: Answerer) -> tuple[Any, list[list[Request]]]:
        turns: list[list[Request]] = []
        try:
            asked = next(dialogue)
            while True:
                assert set(asked) == {0}
                turns.append(list(asked[0]))
                asked = dialogue.send({r.key: _result(r, answer(r)) for r in asked[0]})
        except StopIteration as ended:
            return ended.value, turns

    return talk
