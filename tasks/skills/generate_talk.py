"""One conversation with a model: every turn holds all that was said before it."""

from collections.abc import Mapping
from typing import Any

from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    Message,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.tasks.answered import finished_text
from gleanery.tasks.records import Call, Loss


class Talk:
    """What was said so far, and its calls. A server finds all but the last turn in its cache."""

    def __init__(self, row_id: str, model: ModelIdentity, sampling: Sampling, attempt: int) -> None:
        self.row_id = row_id
        self.calls: list[Call] = []
        self._model, self._sampling, self._attempt = model, sampling, attempt
        self._messages: list[Message] = []

    @property
    def shown(self) -> list[str]:
        """Every text that the model was shown before its last answer: prompts and own answers."""
        return [message["content"] for message in self._messages[:-1]]

    def ask(
        self, step: str, message: str, prompt: str, schema: Mapping[str, Any] | None = None
    ) -> Dialogue[str | Loss]:
        """Return the answer to one more message; `prompt` is the fingerprint of its template.

        A loss if there is none, if it was cut off ("truncated") or says nothing ("empty").
        """
        self._messages.append(Message(role="user", content=message))
        request = Request(
            model=self._model,
            messages=tuple(self._messages),
            sampling=self._sampling,
            response_schema=schema,
            attempt=self._attempt,
        )
        result = (yield {0: [request]})[request.key]
        answer = finished_text(self.row_id, result)
        if isinstance(answer, Loss):
            return answer.model_copy(update={"detail": f"{step}: {answer.detail}"})
        if not answer.strip():
            return Loss(row_id=self.row_id, reason="empty", detail=f"{step}: the answer is blank")
        self._messages.append(Message(role="assistant", content=answer))
        self.calls.append(called(step, result, prompt))
        return answer


def called(step: str, result: Completion | Failure, prompt: str) -> Call:
    """Return the record of a call that was answered."""
    model = result.model if isinstance(result, Completion) else ""
    return Call(step=step, model=model, prompt=prompt, request_key=result.key)
