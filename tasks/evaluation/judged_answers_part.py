"""Asking a model the questions of a judged suite, turn by turn: every answer is kept."""

from collections.abc import Callable, Sequence

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import (
    Completion,
    Failure,
    Message,
    ModelIdentity,
    Request,
    Sampling,
)
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.evaluation.answers_part import REFUSED
from gleanery.tasks.evaluation.judged_config import JudgedSuiteConfig
from gleanery.tasks.evaluation.judged_records import JudgedQuestion, SuiteAnswer, TurnAnswer
from gleanery.tasks.evaluation.stages import SUITE_ANSWERS
from gleanery.tasks.llm_part import OPEN_REASONS, LLMPart, RowOutcome
from gleanery.tasks.records import Loss

VERSION = 2  # refused turns are losses too
_NAMES = {"user": "User", "assistant": "Assistant", "system": "System"}
_NEXT_TURN = "\nUser:"


def suite_answer_parts(
    questions: Sequence[JudgedQuestion],
    config: JudgedSuiteConfig,
    engine: EngineConfig,
    as_chat: bool,
    items_per_part: int,
    prefix: str,
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
) -> list[LLMPart[JudgedQuestion, SuiteAnswer]]:
    """Return the work of asking a model all questions of a suite, slice by slice.

    Parts are named `<prefix><suite>.<slice>`. A question without an answer stays open, for a later
    run to ask again; the turns that have theirs are not asked twice.
    """
    parts = []
    for start in range(0, len(questions), items_per_part):
        rows = questions[start : start + items_per_part]
        name = f"{prefix}{config.name}.{start // items_per_part:04d}"
        parts.append(_part(name, rows, config, engine, as_chat, progress))
    return parts


def turn_request(
    question: JudgedQuestion,
    said: Sequence[str],
    model: ModelIdentity,
    sampling: Sampling,
    as_chat: bool,
    attempt: int = 0,
) -> Request:
    """Return what a model is asked after it has `said` its earlier turns.

    A model without a chat template goes on with the talk as a text.
    """
    talk = [Message(role=turn.role, content=turn.content) for turn in question.history]
    for number, turn in enumerate(question.turns[: len(said) + 1]):
        talk.append(Message(role="user", content=turn))
        if number < len(said):
            talk.append(Message(role="assistant", content=said[number]))
    if as_chat:
        return Request(model, tuple(talk), sampling, attempt=attempt)
    lines = [f"{_NAMES.get(turn['role'], 'User')}: {turn['content'].strip()}" for turn in talk]
    prompt = "\n\n".join(["A talk between a user and a helpful assistant.", *lines, "Assistant:"])
    sampling = sampling.model_copy(update={"stop": (_NEXT_TURN,)})
    return Request(model, (), sampling, attempt=attempt, prompt=prompt)


def _part(
    name: str,
    rows: Sequence[JudgedQuestion],
    config: JudgedSuiteConfig,
    engine: EngineConfig,
    as_chat: bool,
    progress: Callable[[str, int, int], None],
) -> LLMPart[JudgedQuestion, SuiteAnswer]:
    asked = [[one.id, [turn.model_dump() for turn in one.history], one.turns] for one in rows]
    samplings = [config.sampling(one.category).model_dump() for one in rows]

    def dialogue(row: JudgedQuestion, attempt: int) -> Dialogue[RowOutcome[SuiteAnswer]]:
        return _talk(row, engine.identity, config.sampling(row.category), as_chat, attempt)

    return LLMPart(
        plan=Plan(
            stage=SUITE_ANSWERS,
            version=VERSION,
            part=name,
            inputs=(Input(stage="questions", part=name, row_digest=digest(asked)),),
            decides={
                "as_chat": as_chat,
                "model": [engine.model, engine.revision],
                "questions": digest(asked),  # one that is asked otherwise keeps no earlier answer
                "sampling": digest(samplings),
            },
        ),
        load=lambda: rows,
        row_id=lambda row: row.id,
        row_type=SuiteAnswer,
        origin=lambda row: row.id,
        engines=(engine,),
        dialogue=dialogue,
        progress=lambda done, total: progress(name, done, total),
    )


def _talk(
    question: JudgedQuestion,
    model: ModelIdentity,
    sampling: Sampling,
    as_chat: bool,
    attempt: int,
) -> Dialogue[RowOutcome[SuiteAnswer]]:
    turns: list[TurnAnswer] = []
    losses: list[Loss] = []
    for _ in question.turns:
        said = [turn.text for turn in turns]
        request = turn_request(question, said, model, sampling, as_chat, attempt)
        results = yield {0: [request]}
        result = results[request.key]
        if isinstance(result, Failure):
            losses = [Loss(row_id=question.id, reason=result.reason.value, detail=result.detail)]
            if result.reason in OPEN_REASONS:
                return RowOutcome(losses=losses)
        turns.append(_turn(request, result))
        if losses:  # the talk ends; a row, since it counts, and a loss: a retry finds it there
            break
    answer = SuiteAnswer(
        id=question.id,
        suite=question.suite,
        category=question.category,
        as_chat=as_chat,
        model=model.name,
        turns=turns,
    )
    return RowOutcome([answer], losses)


def _turn(request: Request, result: Completion | Failure) -> TurnAnswer:
    if isinstance(result, Failure):
        return TurnAnswer(
            text="", finish_reason=REFUSED, completion_tokens=0, request_key=request.key
        )
    return TurnAnswer(
        text=without_thoughts(result.text),
        finish_reason=result.finish_reason,
        completion_tokens=result.completion_tokens,
        request_key=request.key,
    )


def without_thoughts(text: str) -> str:
    """Return what a model says after it has thought; nothing where it never came to that."""
    if "</think>" in text:
        return text.rpartition("</think>")[2].strip()
    return "" if text.lstrip().startswith("<think>") else text.strip()
