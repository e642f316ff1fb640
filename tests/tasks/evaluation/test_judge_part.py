"""A judge that is asked until it can be read: whatever it says, the row says what came of it."""

import json
from collections.abc import Sequence

import pytest

from gleanery.infra.llm.config import EngineConfig
from gleanery.infra.llm.protocol import Completion, Failure, FailureReason, Request
from gleanery.tasks.evaluation.judge_part import judge_part
from gleanery.tasks.evaluation.judged_config import JudgeAsking
from gleanery.tasks.evaluation.judged_figures import judged_figures
from gleanery.tasks.evaluation.judged_pairs_part import Contest, Pair, comparing
from gleanery.tasks.evaluation.judged_records import JudgedQuestion, Order, PairVerdict
from gleanery.tasks.evaluation.judged_suites import BETTER_OR_TIE
from gleanery.tasks.llm_part import RowOutcome

Reply = tuple[str, str] | FailureReason
FIRST = json.dumps({"needs": "x", "answer_a": "x", "answer_b": "x", "verdict": "A>B"})
READ: Reply = (FIRST, "stop")
PROSE: Reply = ("I would rather not say which one is better.", "stop")
DECLINED: Reply = ("I'm sorry, I can't help with that.", "refusal")
CUT: Reply = (FIRST[:40], "length")
WITHHELD: Reply = ("", "content_filter")


def judge(
    replies: Sequence[Reply], order: Order = "model_first", attempt: int = 0
) -> tuple[RowOutcome[PairVerdict], list[Request]]:
    """Return what a pair came to with these replies, and what was asked for them."""
    asked = JudgedQuestion(id="7", suite="alpaca_eval", category="", turns=["?"])
    pair = Pair(asked, order, "mine", "yours", cut_off=False, reference_cut_off=False)
    contest = Contest("tuned", "file", BETTER_OR_TIE, EngineConfig(model="judge"), JudgeAsking())
    dialogue = judge_part("name", comparing(contest), [pair]).dialogue(pair, attempt)
    requests: list[Request] = []
    try:
        turn = next(dialogue)
        for reply in replies:
            ((request,),) = turn.values()
            requests.append(request)
            turn = dialogue.send({request.key: _result(request, reply)})
    except StopIteration as stop:
        return stop.value, requests
    raise AssertionError(f"it asks more often than {len(replies)} times")


def _result(request: Request, reply: Reply) -> Completion | Failure:
    if isinstance(reply, FailureReason):
        return Failure(request.key, reply, "scripted")
    text, finish_reason = reply
    return Completion(request.key, text, finish_reason, 9, 9, "judge")


@pytest.mark.parametrize(
    ("replies", "outcome", "reason"),
    [
        ([PROSE, PROSE], "unparseable", "no JSON"),
        ([DECLINED, DECLINED], "declined", "I'm sorry, I can't help with that."),
        ([CUT, CUT], "truncated", "'length'"),
        ([PROSE, DECLINED], "declined", "I'm sorry"),
        ([WITHHELD], "content_filter", "'content_filter'"),
        ([FailureReason.REFUSED_REQUEST], "refused_request", "scripted"),
        ([PROSE, WITHHELD], "content_filter", "'content_filter'"),
    ],
)
def test_what_a_judge_does_not_say_is_a_row_that_says_why(
    replies: Sequence[Reply], outcome: str, reason: str
) -> None:
    made, requests = judge(replies)
    assert len(requests) == len(replies)
    assert [(loss.row_id, loss.reason) for loss in made.losses] == [("7#model_first", outcome)]
    (row,) = made.rows
    assert (row.outcome, row.verdict, row.preference, row.weight) == (outcome, "", None, 0)
    assert reason in row.reason
    assert row.request_key == requests[-1].key


@pytest.mark.parametrize("before", [PROSE, DECLINED, CUT])
def test_a_judge_that_says_it_the_second_time_is_read(before: Reply) -> None:
    made, (first, second) = judge([before, READ])
    assert [(row.outcome, row.preference) for row in made.rows] == [("judged", 1)]
    assert not made.losses
    assert (first.attempt, second.attempt) == (0, 1)
    assert first.sampling.temperature == 0 < second.sampling.temperature


def test_a_judge_that_is_down_leaves_the_row_open_and_is_asked_otherwise_on_a_retry() -> None:
    made, _ = judge([PROSE, FailureReason.SERVER_ERROR])
    assert not made.rows
    assert [(loss.row_id, loss.reason) for loss in made.losses] == [
        ("7#model_first", FailureReason.SERVER_ERROR.value)
    ]
    _, requests = judge([PROSE, READ], attempt=1)
    assert [request.attempt for request in requests] == [2, 3]


def test_a_question_that_is_judged_in_one_order_only_is_left_out_and_counted() -> None:
    rows = [*judge([READ])[0].rows, *judge([DECLINED, DECLINED], "reference_first")[0].rows]
    rates, _, (none,) = judged_figures(rows, [], "tuned")
    assert not rates
    assert (none.questions, none.counts.verdicts, none.counts.declined) == (1, 1, 1)
    whole = [row.model_copy(update={"id": "8"}) for row in judge([READ])[0].rows]
    whole += [one.model_copy(update={"order": "reference_first", "preference": 0}) for one in whole]
    ((rate,), _, _) = judged_figures([*rows, *whole], [], "tuned")
    assert (rate.items, rate.left_out, rate.counts.declined) == (1, 1, 1)
    assert (rate.rate.estimate, rate.if_lost, rate.if_won) == (0.5, 0.25, 0.75)
