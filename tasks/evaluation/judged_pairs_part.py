"""Comparing a model's answers with a reference's, in both orders: every verdict is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import get_args

from gleanery.infra.digests import digest
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Dialogue
from gleanery.infra.llm.protocol import Message, Request
from gleanery.infra.receipts import Input, Plan
from gleanery.tasks.evaluation.judge_pairs import (
    pair_fingerprint,
    pair_prompt,
    pair_schema,
    read_verdict,
)
from gleanery.tasks.evaluation.judge_replies import Reply, ask_until_read
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_records import (
    JudgedQuestion,
    Order,
    PairVerdict,
    SuiteAnswer,
)
from gleanery.tasks.evaluation.judged_suites import Worth
from gleanery.tasks.evaluation.stages import PAIR_VERDICTS
from gleanery.tasks.llm_part import LLMPart, RowOutcome
from gleanery.tasks.records import Loss

VERSION = 1
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


def pairs_part(
    name: str,
    contest: Contest,
    pairs: Sequence[Pair],
    progress: Callable[[str, int, int], None] = lambda part, done, total: None,
) -> LLMPart[Pair, PairVerdict]:
    """Return the work of judging these pairs; each order of each question is a row of its own."""
    judge = contest.judge
    shown = digest(
        [[p.id, p.question.model_dump(), p.answer, p.reference_answer, p.cut_off] for p in pairs]
    )
    return LLMPart(
        plan=Plan(
            stage=PAIR_VERDICTS,
            version=VERSION,
            part=name,
            inputs=(Input(stage="pairs", part=name, row_digest=shown),),
            decides={
                "asking": contest.asking.model_dump(mode="json"),
                "judge": [judge.model, judge.revision],
                "pairs": shown,  # other answers keep no earlier verdict
                "prompt": pair_fingerprint(contest.scale),
                "reference": contest.reference,
                "worth": {verdict: list(worth) for verdict, worth in contest.worth.items()},
            },
        ),
        load=lambda: pairs,
        row_id=lambda pair: pair.id,
        row_type=PairVerdict,
        origin=lambda row: f"{row.id}#{row.order}",
        engines=(judge,),
        dialogue=lambda pair, attempt: judge_pair(pair, contest, attempt),
        progress=lambda done, total: progress(name, done, total),
    )


def judge_pair(pair: Pair, contest: Contest, attempt: int = 0) -> Dialogue[RowOutcome[PairVerdict]]:
    """Return the verdict on a pair; a judge that cannot be reached leaves the row open."""
    if not pair.answer or not pair.reference_answer:
        return RowOutcome(rows=[_unasked(pair, contest)])
    first = attempt * contest.asking.tries
    reply = yield from ask_until_read(
        pair.id,
        lambda number: pair_request(pair, contest, number),
        lambda text: read_verdict(text, contest.scale),
        first,
        contest.asking.tries,
    )
    if isinstance(reply, Loss):
        return RowOutcome(losses=[reply])
    return RowOutcome(rows=[_verdict(pair, contest, reply)])


def pair_request(pair: Pair, contest: Contest, attempt: int) -> Request:
    """Return what a judge is asked in this attempt, 0 being the first."""
    shown = [pair.answer, pair.reference_answer]
    answer_a, answer_b = shown if pair.order == "model_first" else reversed(shown)
    content = pair_prompt(pair.question, answer_a, answer_b, contest.scale)
    return Request(
        model=contest.judge.identity,
        messages=(Message(role="user", content=content),),
        sampling=contest.asking.sampling_of(attempt),
        response_schema=pair_schema(contest.scale),
        attempt=attempt,
    )


def judge_name(judge: EngineConfig) -> str:
    """Return what a judge is called in rows and tables."""
    return f"{judge.model}@{judge.revision}" if judge.revision else judge.model


def _unasked(pair: Pair, contest: Contest) -> PairVerdict:
    """Return the verdict on a pair of which an answer is empty."""
    best, tie, worst = contest.scale[0], "A=B", contest.scale[-1]
    for_model = tie if not pair.answer and not pair.reference_answer else ""
    for_model = for_model or (worst if not pair.answer else best)
    said = for_model if pair.order == "model_first" else _MIRRORED[for_model]
    reply = Reply((said, ""), "no_answer", "an answer is empty", "")
    return _verdict(pair, contest, reply)


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
