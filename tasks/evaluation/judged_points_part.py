"""Giving points to a model's answers, turn by turn: every grade is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.judge_part import Judging, Reply, judge_name
from gleanery.tasks.evaluation.judge_points import (
    FINGERPRINT,
    LOWEST,
    POINTS_SCHEMA,
    points_prompt,
    read_points,
)
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_records import JudgedQuestion, PointVerdict, SuiteAnswer
from gleanery.tasks.evaluation.stages import POINT_VERDICTS

VERSION = 2  # what is not judged is a loss too
_EMPTY = Reply((LOWEST, "the answer is empty"), "no_answer", "", "")


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
    def content(self) -> list[Any]:
        """Return what the points of the turn depend on."""
        return [self.id, self.question.model_dump(), list(self.said), self.cut_off]

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


def grading(
    label: str, judge: EngineConfig, asking: JudgeAsking
) -> Judging[GradedTurn, tuple[int, str], PointVerdict]:
    """Return how the turns of the model called `label` are graded, each a row of its own."""
    return Judging(
        stage=POINT_VERDICTS,
        version=VERSION,
        shows="turns",
        judge=judge,
        asking=asking,
        decides={"prompt": FINGERPRINT},
        prompt=lambda turn: points_prompt(turn.question, turn.said),
        schema=POINTS_SCHEMA,
        read=read_points,
        unasked=lambda turn: None if turn.answer else _EMPTY,
        keep=lambda turn, reply: _verdict(turn, label, judge, reply),
        row_type=PointVerdict,
        origin=lambda row: f"{row.id}#{row.turn}",
    )


def _verdict(
    turn: GradedTurn, label: str, judge: EngineConfig, reply: Reply[tuple[int, str]]
) -> PointVerdict:
    points, reason = reply.said or (None, reply.detail)
    return PointVerdict(
        id=turn.question.id,
        suite=turn.question.suite,
        category=turn.question.category,
        label=label,
        judge=judge_name(judge),
        turn=turn.turn,
        turns=len(turn.question.turns),
        outcome=reply.outcome,
        points=points,
        reason=reason,
        answer=turn.answer,
        cut_off=turn.cut_off,
        request_key=reply.request_key,
    )
