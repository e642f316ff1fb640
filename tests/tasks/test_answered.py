import pytest

from gleanery.infra.llm.protocol import Completion, Failure, FailureReason
from gleanery.tasks.answered import finished_text
from gleanery.tasks.records import Loss


def completion(text: str, finish_reason: str) -> Completion:
    return Completion(
        key="k",
        text=text,
        finish_reason=finish_reason,
        prompt_tokens=3,
        completion_tokens=7,
        model="m",
    )


def test_thoughts_before_the_answer_are_left_out() -> None:
    assert finished_text("row", completion("<think>9?</think>Nine.", "stop")) == "Nine."


@pytest.mark.parametrize(
    ("finish_reason", "reason"),
    [("length", "truncated"), ("content_filter", "content_filter"), ("unknown", "truncated")],
)
def test_an_answer_that_did_not_end_by_itself_is_a_loss(finish_reason: str, reason: str) -> None:
    loss = finished_text("row", completion("Ni", finish_reason))
    assert isinstance(loss, Loss)
    assert (loss.row_id, loss.reason) == ("row", reason)
    assert finish_reason in loss.detail
    assert "7 tokens" in loss.detail


def test_a_failure_keeps_its_own_reason() -> None:
    loss = finished_text("row", Failure("k", FailureReason.TIMEOUT, "after 5 s"))
    assert loss == Loss(row_id="row", reason="timeout", detail="after 5 s")
