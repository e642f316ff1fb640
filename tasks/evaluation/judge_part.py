"""Judging as work in parts: each row is shown to a judge, and what comes of it is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from pydantic import BaseModel

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Completion, Failure, Message, Request
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.answered import finished_text
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_records import JudgeOutcome
from gleanery.tasks.llm_part import OPEN_REASONS, LLMPart, RowOutcome
from gleanery.tasks.records import Loss


class Shown(Protocol):
    """What a judge is shown at one go: its name, and all that a verdict on it depends on."""

    @property
    def id(self) -> str:
        """Return what names it."""

    @property
    def content(self) -> list[Any]:
        """Return what it is made of, as far as a verdict depends on it."""


T = TypeVar("T", bound=Shown)
S = TypeVar("S")
V = TypeVar("V", bound=BaseModel)
_OUTCOMES: Mapping[str, JudgeOutcome] = {
    "truncated": "truncated",
    "content_filter": "content_filter",
    "refused_request": "refused_request",
}
_NO_VERDICT = (*_OUTCOMES.values(), "unparseable", "declined")
_ASKED_AGAIN = ("truncated", "unparseable", "declined")


@dataclass(frozen=True, slots=True)
class Reply(Generic[S]):
    """What a judge came to: what was read, or None with the outcome and why."""

    said: S | None
    outcome: JudgeOutcome
    detail: str
    request_key: str


@dataclass(frozen=True, slots=True)
class Judging(Generic[T, S, V]):
    """How one kind of thing (`shows`) is judged: a prompt for each, whose reply is read and kept.

    `unasked` returns what goes without asking, as an answer that is empty; `origin` names what a
    kept row was made of; `decides` is all that verdicts depend on besides judge and rows.
    """

    stage: str
    version: int
    shows: str
    judge: EngineConfig
    asking: JudgeAsking
    decides: Mapping[str, Any]
    prompt: Callable[[T], str]
    schema: dict[str, Any]
    read: Callable[[str], S]
    unasked: Callable[[T], Reply[S] | None]
    keep: Callable[[T, Reply[S]], V]
    row_type: type[V]
    origin: Callable[[V], str]


def judge_part(
    name: str,
    judging: Judging[T, S, V],
    rows: Sequence[T],
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
) -> LLMPart[T, V]:
    """Return the work of judging these rows, each on its own."""
    judge, shown = judging.judge, digest([row.content for row in rows])
    return LLMPart(
        plan=Plan(
            stage=judging.stage,
            version=judging.version,
            part=name,
            inputs=(Input(stage=judging.shows, part=name, row_digest=shown),),
            decides={
                "asking": judging.asking.model_dump(mode="json"),
                "judge": [judge.model, judge.revision],
                judging.shows: shown,  # other answers keep no earlier verdict
                **judging.decides,
            },
        ),
        load=lambda: rows,
        row_id=lambda row: row.id,
        row_type=judging.row_type,
        origin=judging.origin,
        engines=(judge,),
        dialogue=lambda row, attempt: _judge(row, judging, attempt),
        progress=lambda done, total: progress(name, done, total),
    )


def judge_name(judge: EngineConfig) -> str:
    """Return what a judge is called in rows and tables."""
    return f"{judge.model}@{judge.revision}" if judge.revision else judge.model


def _judge(row: T, judging: Judging[T, S, V], attempt: int) -> Dialogue[RowOutcome[V]]:
    """Return what a row came to; a judge that cannot be reached leaves it open.

    It is asked again, as often as it may be, where it declines or its reply cannot be read.
    """
    reply, tries = judging.unasked(row), judging.asking.tries
    number = attempt * tries
    while reply is None or (reply.outcome in _ASKED_AGAIN and number < (attempt + 1) * tries):
        request = _request(row, judging, number)
        results = yield {0: [request]}
        result = results[request.key]
        if isinstance(result, Failure) and result.reason in OPEN_REASONS:
            loss = Loss(row_id=row.id, reason=result.reason.value, detail=result.detail)
            return RowOutcome(losses=[loss])
        reply = _read(row.id, result, judging.read, request.key)
        number += 1
    losses = []
    if reply.outcome in _NO_VERDICT:  # counted as a row, and a loss: a retry finds it there
        losses = [Loss(row_id=row.id, reason=reply.outcome, detail=reply.detail)]
    return RowOutcome([judging.keep(row, reply)], losses)


def _read(
    row_id: str, result: Completion | Failure, read: Callable[[str], S], request_key: str
) -> Reply[S]:
    if isinstance(result, Completion) and result.finish_reason == "refusal":
        return Reply(None, "declined", result.text, request_key)
    text = finished_text(row_id, result)
    if isinstance(text, Loss):
        return Reply(None, _OUTCOMES[text.reason], text.detail, request_key)
    try:
        return Reply(read(text), "judged", "", request_key)
    except ValueError as error:
        return Reply(None, "unparseable", str(error), request_key)


def _request(row: T, judging: Judging[T, S, V], attempt: int) -> Request:
    return Request(
        model=judging.judge.identity,
        messages=(Message(role="user", content=judging.prompt(row)),),
        sampling=judging.asking.sampling_of(attempt),
        response_schema=judging.schema,
        attempt=attempt,
    )
