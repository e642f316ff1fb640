"""What a judge replied, as an object with its verdict; how it is asked until that can be read."""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from gleanery.infra.llm.dialogues import Asked, Results
from gleanery.infra.llm.protocol import Request
from gleanery.tasks.answered import finished_text
from gleanery.tasks.evaluation.judged_records import JudgeOutcome
from gleanery.tasks.json_answers import read_json_answers
from gleanery.tasks.llm_part import OPEN_REASONS
from gleanery.tasks.records import Loss

T = TypeVar("T")
_LONGEST = 1500  # characters of a reason that is kept: not every server holds a model to a bound
_OUTCOMES: Mapping[str, JudgeOutcome] = {
    "unparseable": "unparseable",
    "truncated": "truncated",
    "content_filter": "content_filter",
    "refused_request": "refused_request",
}


@dataclass(frozen=True, slots=True)
class Reply(Generic[T]):
    """What a judge came to: what was read, or None with the outcome and why."""

    said: T | None
    outcome: JudgeOutcome
    detail: str
    request_key: str


def ask_until_read(
    row_id: str, request: Callable[[int], Request], read: Callable[[str], T], first: int, tries: int
) -> Generator[Asked, Results, Reply[T] | Loss]:
    """Return what a judge said, asked `tries` times at most until its reply can be read.

    `request` is given the attempt's number, beginning with `first`; `read` raises `ValueError` for
    what it cannot read. A request without an answer ends in a loss that leaves the row open.
    """
    reply: Reply[T] | None = None
    for number in range(first, first + tries):
        asked = request(number)
        results = yield {0: [asked]}
        text = finished_text(row_id, results[asked.key])
        if isinstance(text, Loss):
            if text.reason in OPEN_REASONS:
                return text
            reply = Reply(None, _OUTCOMES[text.reason], text.detail, asked.key)
            if reply.outcome != "truncated":
                return reply  # asking again changes nothing
            continue
        try:
            return Reply(read(text), "judged", "", asked.key)
        except ValueError as error:
            reply = Reply(None, "unparseable", str(error), asked.key)
    assert reply, "a judge is asked at least once"
    return reply


def reply_with(reply: str, key: str, read: Callable[[object], T]) -> Mapping[str, Any]:
    """Return the object in a reply that has this key; the last one where they agree on it.

    Raises `ValueError` where there is none, or where `read` makes different things of them.
    """
    found = [value for value in read_json_answers(reply) if isinstance(value, dict)]
    with_key = [value for value in found if key in value]
    if not with_key:
        raise ValueError(f"there is no {key!r} in it")
    if len({str(read(value[key])) for value in with_key}) > 1:
        raise ValueError(f"it gives two values of {key!r} that differ")
    return with_key[-1]


def text_in(value: Mapping[str, Any], name: str) -> str:
    """Return a text of a reply on one line, cut where it is endless. Raises `ValueError`."""
    text = value.get(name, "")
    if not isinstance(text, str):
        raise ValueError(f"{name} is no text: {str(text)[:50]!r}")
    return " ".join(text.split())[:_LONGEST]
