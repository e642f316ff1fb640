"""One part of an LLM stage: carry over what stands, ask for the rest, parse, commit, compact.

Every stage that asks a model runs through here; a stage says only how the dialogue of one row goes:
what it asks, and what the answers make of it.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from pydantic import BaseModel

from gleanery.infra.budget import Budget
from gleanery.infra.incremental import Retry, carry_over, join, standing_receipt
from gleanery.infra.llm.asking import Price
from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.dialogues import Conversation, Dialogue
from gleanery.infra.llm.part_answers import answer_part, compact_journal
from gleanery.infra.llm.protocol import FailureReason
from gleanery.infra.llm.room import EngineRoom
from gleanery.infra.losses import Loss
from gleanery.infra.parts import Outcome, Parts
from gleanery.infra.receipts import Plan, Receipt

I = TypeVar("I")  # noqa: E741 - an input row
R = TypeVar("R", bound=BaseModel)


# A request without an answer is open to another try, unless no server will ever accept it.
OPEN_REASONS = frozenset(FailureReason) - {FailureReason.REFUSED_REQUEST}


@dataclass(frozen=True, slots=True)
class RowOutcome(Generic[R]):
    """What one input row came to. Its losses carry the input row's id in `row_id`.

    A loss whose reason is one of `OPEN_REASONS` has failed; any other is rejected.
    """

    rows: Sequence[R] = ()
    losses: Sequence[Loss] = ()


@dataclass(frozen=True, slots=True)
class LLMRun:
    """What all parts of a run share; limits and budget are one count."""

    parts: Parts
    room: EngineRoom
    budget: Budget
    backfill: bool = False
    retry: Retry | None = None


@dataclass(frozen=True, slots=True)
class LLMPart(Generic[I, R]):
    """A part to do. `dialogue` gives one row's talk with the engines, for its attempt number.

    `load` reads the input rows, and is only called if there is work; `origin` names the input
    row that an output row came from. A part of which a server refuses everything is an
    `EngineError`, but where `all_may_be_refused`.
    """

    plan: Plan
    load: Callable[[], Sequence[I]]
    row_id: Callable[[I], str]
    row_type: type[R]
    origin: Callable[[R], str]
    engines: Sequence[EngineConfig]
    dialogue: Callable[[I, int], Dialogue[RowOutcome[R]]]
    progress: Callable[[int, int], None] = field(default=lambda done, total: None)
    all_may_be_refused: bool = False


def run_llm_part(run: LLMRun, part: LLMPart[I, R]) -> tuple[Receipt, bool]:
    """Return the part's receipt, and whether it stood already so that nothing was asked."""
    started = time.monotonic()
    plan = part.plan
    newest = run.parts.newest(plan.stage, plan.part)
    standing = _standing(run, plan, newest)
    if standing:
        return standing, True
    rows = part.load()
    carried = carry_over(
        run.parts, plan, newest, run.backfill, run.retry, part.row_type, part.origin
    )
    todo = [row for row in rows if part.row_id(row) not in carried.settled_ids]
    done = _ask_and_parse(run, part, todo, carried.attempts)
    outcome = join([part.row_id(row) for row in rows], carried, done, part.origin)
    receipt = run.parts.commit(plan, outcome, part.row_type, started, newest)
    if receipt.closed and receipt.writer.startswith(run.parts.writer):
        compact_journal(run.parts, receipt)
    return receipt, False


def standing_llm_part(run: LLMRun, part: LLMPart[I, R]) -> Receipt | None:
    """Return the receipt of a part that needs no work, or `None` if there is some."""
    return _standing(run, part.plan, run.parts.newest(part.plan.stage, part.plan.part))


def _standing(run: LLMRun, plan: Plan, newest: Receipt | None) -> Receipt | None:
    standing = standing_receipt(run.parts, plan, newest, run.backfill, run.retry)
    if standing:
        compact_journal(run.parts, standing)  # what a killed run left as it was
    return standing


def _ask_and_parse(
    run: LLMRun, part: LLMPart[I, R], rows: Sequence[I], attempts: Mapping[str, int]
) -> Outcome[R]:
    conversation = Conversation(
        [part.dialogue(row, attempts.get(part.row_id(row), 0)) for row in rows],
        part.progress,
        part.all_may_be_refused,
    )
    engines = [(run.room.run(run.room.engine(config)), price_of(config)) for config in part.engines]
    outcomes, usage = run.room.run(
        answer_part(run.parts, part.plan.stage, part.plan.part, engines, conversation, run.budget)
    )
    losses = [loss for outcome in outcomes for loss in outcome.losses]
    return Outcome(
        rows=[row for outcome in outcomes for row in outcome.rows],
        rejected=[loss for loss in losses if loss.reason not in OPEN_REASONS],
        failed=[loss for loss in losses if loss.reason in OPEN_REASONS],
        rows_in=len(rows),
        usage=usage,
    )


def price_of(config: EngineConfig) -> Price:
    """Return what an engine's tokens cost."""
    return Price(config.price_per_million_prompt_tokens, config.price_per_million_completion_tokens)
