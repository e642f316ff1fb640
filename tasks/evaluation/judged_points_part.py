"""Giving points to a model's answers, turn by turn: every grade is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Message, Request
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.evaluation.judge_points import (
    FINGERPRINT,
    LOWEST,
    POINTS_SCHEMA,
    points_prompt,
    read_points,
)
from gleanery.tasks.evaluation.judge_replies import Reply, ask_until_read
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_pairs_part import judge_name
from gleanery.tasks.evaluation.judged_records import JudgedQuestion, PointVerdict, SuiteAnswer
from gleanery.tasks.evaluation.stages import POINT_VERDICTS
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.records import Loss

VERSION = 1


@dataclass(frozen=True, slots=True)
class Grading:
    """Whose answers get points, and from whom."""

    label: str
    judge: EngineConfig
    asking: JudgeAsking


@dataclass(frozen=True, slots=True)
class GradedTurn:
    """What a model said up to one turn, whose number counts from 1; the last text is graded."""

    question: JudgedQuestion
    turn: int
    said: tuple[str, ...]
    cut_off: bool

    @property
    def id(self) -> str:
        """Return what names the question in this turn."""
        return f"{self.question.id}#{self.turn}"

    @property
    def answer(self) -> str:
        """Return what is graded: nothing where the talk had ended before."""
        return self.said[self.turn - 1] if len(self.said) >= self.turn else ""


def turns_of(
    questions: Sequence[JudgedQuestion], answers: Mapping[str, SuiteAnswer]
) -> list[GradedTurn]:
    """Return what there is to grade; a question that is still open is left for a later run."""
    return [
        GradedTurn(
            question,
            turn,
            tuple(one.text for one in answers[question.id].turns[:turn]),
            any(
                one.finish_reason == "length" for one in answers[question.id].turns[turn - 1 : turn]
            ),
        )
        for question in questions
        if question.id in answers
        for turn in range(1, len(question.turns) + 1)
    ]


def points_part(
    name: str,
    grading: Grading,
    turns: Sequence[GradedTurn],
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
) -> LLMPart[GradedTurn, PointVerdict]:
    """Return the work of grading these turns, each a row of its own."""
    judge = grading.judge
    shown = digest([[t.id, t.question.model_dump(), list(t.said), t.cut_off] for t in turns])
    return LLMPart(
        plan=Plan(
            stage=POINT_VERDICTS,
            version=VERSION,
            part=name,
            inputs=(Input(stage="turns", part=name, row_digest=shown),),
            decides={
                "asking": grading.asking.model_dump(mode="json"),
                "judge": [judge.model, judge.revision],
                "prompt": FINGERPRINT,
                "turns": shown,  # other answers keep no earlier points
            },
        ),
        load=lambda: turns,
        row_id=lambda turn: turn.id,
        row_type=PointVerdict,
        origin=lambda row: f"{row.id}#{row.turn}",
        engines=(judge,),
        dialogue=lambda turn, attempt: grade_turn(turn, grading, attempt),
        progress=lambda done, total: progress(name, done, total),
    )


def grade_turn(
    turn: GradedTurn, grading: Grading, attempt: int = 0
) -> Dialogue[RowOutcome[PointVerdict]]:
    """Return the points of a turn; a judge that cannot be reached leaves the row open."""
    if not turn.answer:
        unasked = Reply((LOWEST, "the answer is empty"), "no_answer", "", "")
        return RowOutcome(rows=[_verdict(turn, grading, unasked)])
    reply = yield from ask_until_read(
        turn.id,
        lambda number: points_request(turn, grading, number),
        read_points,
        attempt * grading.asking.tries,
        grading.asking.tries,
    )
    if isinstance(reply, Loss):
        return RowOutcome(losses=[reply])
    return RowOutcome(rows=[_verdict(turn, grading, reply)])


def points_request(turn: GradedTurn, grading: Grading, attempt: int) -> Request:
    """Return what a judge is asked in this attempt, 0 being the first."""
    content = points_prompt(turn.question, turn.said)
    return Request(
        model=grading.judge.identity,
        messages=(Message(role="user", content=content),),
        sampling=grading.asking.sampling_of(attempt),
        response_schema=POINTS_SCHEMA,
        attempt=attempt,
    )


def _verdict(turn: GradedTurn, grading: Grading, reply: Reply[tuple[int, str]]) -> PointVerdict:
    points, reason = reply.said or (None, reply.detail)
    return PointVerdict(
        id=turn.question.id,
        suite=turn.question.suite,
        category=turn.question.category,
        label=grading.label,
        judge=judge_name(grading.judge),
        turn=turn.turn,
        turns=len(turn.question.turns),
        outcome=reply.outcome,
        points=points,
        reason=reason,
        answer=turn.answer,
        cut_off=turn.cut_off,
        request_key=reply.request_key,
    )
