"""Comparing a model's answers with a reference's, in both orders: every verdict is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, get_args

from gleanery.infra.llm.config import EngineConfig
from gleanery.tasks.evaluation.judge_pairs import (
    pair_fingerprint,
    pair_prompt,
    pair_schema,
    read_verdict,
)
from gleanery.tasks.evaluation.judge_part import Judging, Reply, judge_name
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_records import (
    JudgedQuestion,
    Order,
    PairVerdict,
    SuiteAnswer,
)
from gleanery.tasks.evaluation.judged_suites import Worth
from gleanery.tasks.evaluation.stages import PAIR_VERDICTS

VERSION = 2  # what is not judged is a loss too
_MIRRORED = {"A>>B": "B>>A", "A>B": "B>A", "A=B": "A=B", "B>A": "A>B", "B>>A": "A>>B"}


@dataclass(frozen=True, slots=True)
class Contest:
    """Who is compared with whom, by whom, and what a verdict is worth."""

    label: str
    reference: str
    worth: Worth
    judge: EngineConfig
    asking: JudgeAsking

    @property
    def scale(self) -> list[str]:
        """Return the verdicts that a judge may give, the best for A first."""
        return list(self.worth)


@dataclass(frozen=True, slots=True)
class Pair:
    """Two answers to one question, in one order."""

    question: JudgedQuestion
    order: Order
    answer: str
    reference_answer: str
    cut_off: bool
    reference_cut_off: bool

    @property
    def id(self) -> str:
        """Return what names the question in this order."""
        return f"{self.question.id}#{self.order}"

    @property
    def content(self) -> list[Any]:
        """Return what a verdict on the pair depends on."""
        question = self.question.model_dump()
        return [self.id, question, self.answer, self.reference_answer, self.cut_off]


def pairs_of(
    questions: Sequence[JudgedQuestion],
    answers: Mapping[str, SuiteAnswer],
    references: Mapping[str, SuiteAnswer] | None,
) -> list[Pair]:
    """Return what there is to compare, each in both orders.

    `answers` and `references` are a model's, by question; without the latter the baselines of the
    questions are compared with. A question that one of the two still owes an answer to is left for
    a later run.
    """
    pairs = []
    for question in questions:
        answer = answers.get(question.id)
        other = None if references is None else references.get(question.id)
        if answer is None or (references is not None and other is None):
            continue
        text, cut_off = _last(answer)
        reference_text, reference_cut_off = _last(other) if other else (question.baseline, False)
        pairs += [
            Pair(question, order, text, reference_text.strip(), cut_off, reference_cut_off)
            for order in get_args(Order)
        ]
    return pairs


def comparing(contest: Contest) -> Judging[Pair, tuple[str, str], PairVerdict]:
    """Return how pairs are judged; each order of each question is a row of its own."""
    return Judging(
        stage=PAIR_VERDICTS,
        version=VERSION,
        shows="pairs",
        judge=contest.judge,
        asking=contest.asking,
        decides={
            "prompt": pair_fingerprint(contest.scale),
            "reference": contest.reference,
            "worth": {verdict: list(worth) for verdict, worth in contest.worth.items()},
        },
        prompt=lambda pair: _prompt(pair, contest),
        schema=pair_schema(contest.scale),
        read=lambda reply: read_verdict(reply, contest.scale),
        unasked=lambda pair: _unasked(pair, contest),
        keep=lambda pair, reply: _verdict(pair, contest, reply),
        row_type=PairVerdict,
        origin=lambda row: f"{row.id}#{row.order}",
    )


def _prompt(pair: Pair, contest: Contest) -> str:
    shown = [pair.answer, pair.reference_answer]
    answer_a, answer_b = shown if pair.order == "model_first" else reversed(shown)
    return pair_prompt(pair.question, answer_a, answer_b, contest.scale)


def _unasked(pair: Pair, contest: Contest) -> Reply[tuple[str, str]] | None:
    """Return that an empty answer loses, or ties with another; None where neither is empty."""
    if pair.answer and pair.reference_answer:
        return None
    for_model = contest.scale[-1] if pair.reference_answer else contest.scale[0]
    if not pair.answer and not pair.reference_answer:
        for_model = "A=B"
    said = for_model if pair.order == "model_first" else _MIRRORED[for_model]
    return Reply((said, ""), "no_answer", "an answer is empty", "")


def _verdict(pair: Pair, contest: Contest, reply: Reply[tuple[str, str]]) -> PairVerdict:
    verdict, reason = reply.said or ("", reply.detail)
    preference: float | None = None
    weight = 0.0
    if verdict:
        for_model = verdict if pair.order == "model_first" else _MIRRORED[verdict]
        preference, weight = contest.worth[for_model]
    return PairVerdict(
        id=pair.question.id,
        suite=pair.question.suite,
        category=pair.question.category,
        label=contest.label,
        reference=contest.reference,
        judge=judge_name(contest.judge),
        order=pair.order,
        outcome=reply.outcome,
        verdict=verdict,
        preference=preference,
        weight=weight,
        reason=reason or reply.detail,
        answer=pair.answer,
        reference_answer=pair.reference_answer,
        cut_off=pair.cut_off,
        reference_cut_off=pair.reference_cut_off,
        difficulty=pair.question.difficulty,
        request_key=reply.request_key,
    )


def _last(answer: SuiteAnswer) -> tuple[str, bool]:
    turn = answer.turns[-1]
    return turn.text, turn.finish_reason == "length"
