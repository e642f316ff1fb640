"""A model's answer as a stage wants it: a finished text, or the loss that its row comes to."""

from gleanery.infra.llm.protocol import Completion, Failure
from gleanery.tasks.records import Loss


def finished_text(row_id: str, result: Completion | Failure) -> str | Loss:
    """Return the text of an answer that ended by itself, without what the model thought before.

    Otherwise the row's loss: the failure's own reason, or that of `unfinished`.
    """
    if isinstance(result, Failure):
        return Loss(row_id=row_id, reason=result.reason.value, detail=result.detail)
    if problem := unfinished(result):
        reason, detail = problem
        return Loss(row_id=row_id, reason=reason, detail=detail)
    return result.text.rpartition("</think>")[2]


def unfinished(completion: Completion) -> tuple[str, str] | None:
    """Return reason and detail if an answer did not end by itself; its text is never training data.

    "content_filter": the server withheld it; "truncated": it was cut off.
    """
    if completion.finish_reason == "stop":
        return None
    reason = "content_filter" if completion.finish_reason == "content_filter" else "truncated"
    tokens = completion.completion_tokens
    return reason, f"the answer ended by {completion.finish_reason!r} after {tokens} tokens"
