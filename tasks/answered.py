"""A model's answer as a stage wants it: a finished text, or the loss that its row comes to."""

from gleanery.infra.llm.protocol import Completion, Failure
from gleanery.tasks.records import Loss


def finished_text(row_id: str, result: Completion | Failure) -> str | Loss:
    """Return the text of an answer that ended by itself, without what the model thought before.

    Otherwise the row's loss: the failure's own reason, or "truncated" for an answer that was cut
    off (whose text is never training data).
    """
    if isinstance(result, Failure):
        return Loss(row_id=row_id, reason=result.reason.value, detail=result.detail)
    if result.finish_reason != "stop":
        detail = f"ended by {result.finish_reason!r} after {result.completion_tokens} tokens"
        return Loss(row_id=row_id, reason="truncated", detail=detail)
    return result.text.rpartition("</think>")[2]
