"""Asking a model the items of a benchmark, in parts: every prompt and answer is kept."""

import functools
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from gleanery.infra.digests import digest
from gleanery.infra.incremental import Retry
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    FailureReason,
    Message,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.receipts import Input, Plan, Receipt
from gleanery.tasks.evaluation.no_result import all_refused
from gleanery.tasks.evaluation.records import AnsweredItem, AskedItem
from gleanery.tasks.evaluation.stages import ANSWERS
from gleanery.tasks.llm_part import OPEN_REASONS, LLMPart, LLMRun, RowOutcome, run_llm_part
from gleanery.tasks.records import Loss

VERSION = 2
REFUSED = "refused"
"""The finish reason of an item that the server never takes: mostly one that is too long."""


def answer_parts(
    asked: Sequence[AskedItem],
    engine: EngineConfig,
    as_chat: bool,
    items_per_part: int,
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
    prefix: str = "",
) -> list[LLMPart[AskedItem, AnsweredItem]]:
    """Return the work of asking a model all items of one benchmark, slice by slice.

    Parts are named `<prefix><benchmark>.<slice>`; models that share a store need prefixes of
    their own. An item without an answer stays open, for a later run to ask again. `progress` is
    told a part, and the items of the benchmark that are done and in all.
    """
    parts = []
    for start in range(0, len(asked), items_per_part):
        rows = asked[start : start + items_per_part]
        name = f"{prefix}{rows[0].benchmark}.{start // items_per_part:04d}"
        tell = functools.partial(_tell, progress, name, start, len(asked))
        parts.append(_part(name, rows, engine, as_chat, tell))
    return parts


def _tell(
    progress: Callable[[str, int, int], None], name: str, before: int, total: int, done: int, _: int
) -> None:
    progress(name, before + done, total)


def ask_benchmark(run: LLMRun, parts: Sequence[LLMPart[AskedItem, AnsweredItem]]) -> list[Receipt]:
    """Return the receipts of all answers to a benchmark.

    Where every prompt is refused nothing was measured: what an earlier run was refused is then
    asked again.
    """
    asked = [ask_part(run, part) for part in parts]
    if all_refused([receipt for receipt, _ in asked]):
        again = replace(run, retry=Retry(FailureReason.REFUSED_REQUEST.value))
        asked = [
            ask_part(again, part) if stood else (receipt, stood)
            for part, (receipt, stood) in zip(parts, asked, strict=True)
        ]
    return [receipt for receipt, _ in asked]


def ask_part(run: LLMRun, part: LLMPart[Any, Any]) -> tuple[Receipt, bool]:
    """Return the receipt of a part's answers, and whether it stood already.

    Answers of another model or to other prompts never stand in for those asked for, whatever
    the run says of going back: two models would be compared that are one.
    """
    return run_llm_part(replace(run, backfill=True), part)


def answer_request(
    item: AskedItem, model: ModelIdentity, as_chat: bool, attempt: int = 0
) -> Request:
    """Return what a model is asked: greedily, in one turn or as a text to go on with.

    Only the latter needs texts to stop at: a talk ends by itself.
    """
    if as_chat:
        turn = Message(role="user", content=item.prompt)
        return Request(model, (turn,), Sampling(max_tokens=item.max_tokens), attempt=attempt)
    sampling = Sampling(max_tokens=item.max_tokens, stop=tuple(item.stop))
    return Request(model, (), sampling, attempt=attempt, prompt=item.prompt)


def _part(
    name: str,
    rows: Sequence[AskedItem],
    engine: EngineConfig,
    as_chat: bool,
    progress: Callable[[int, int], None],
) -> LLMPart[AskedItem, AnsweredItem]:
    prompts = digest([row.model_dump() for row in rows])
    return LLMPart(
        plan=Plan(
            stage=ANSWERS,
            version=VERSION,
            part=name,
            inputs=(Input(stage="prompts", part=name, row_digest=prompts),),
            decides={
                "as_chat": as_chat,
                "model": [engine.model, engine.revision],
                "prompts": prompts,  # an item that is asked otherwise keeps no earlier answer
            },
        ),
        load=lambda: rows,
        row_id=lambda row: row.id,
        row_type=AnsweredItem,
        origin=lambda row: row.id,
        engines=(engine,),
        dialogue=lambda row, attempt: _ask(row, engine.identity, as_chat, attempt),
        progress=progress,
        all_may_be_refused=True,  # a slice of long items may be: `score_items` sees all of them
    )


def _ask(
    item: AskedItem, model: ModelIdentity, as_chat: bool, attempt: int
) -> Dialogue[RowOutcome[AnsweredItem]]:
    request = answer_request(item, model, as_chat, attempt)
    results = yield {0: [request]}
    result = results[request.key]
    losses = []
    if isinstance(result, Failure):
        losses = [Loss(row_id=item.id, reason=result.reason.value, detail=result.detail)]
        if result.reason in OPEN_REASONS:
            return RowOutcome(losses=losses)
    # A refused prompt counts as wrong, so it is a row, and a loss too: a retry finds it there.
    return RowOutcome([_answered(item, as_chat, request, result)], losses)


def _answered(
    item: AskedItem, as_chat: bool, request: Request, result: Completion | Failure
) -> AnsweredItem:
    completion = result if isinstance(result, Completion) else None
    return AnsweredItem(
        id=item.id,
        benchmark=item.benchmark,
        subject=item.subject,
        prompt=item.prompt,
        as_chat=as_chat,
        answer=completion.text if completion else "",
        finish_reason=completion.finish_reason if completion else REFUSED,
        completion_tokens=completion.completion_tokens if completion else 0,
        model=request.model.name,
        request_key=request.key,
        detail=result.detail if isinstance(result, Failure) else "",
    )
