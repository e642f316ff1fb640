"""A model may return anything; no check may take long over it."""

import time
from collections.abc import Callable

import pytest

from gleanery.tasks import answer_checks
from gleanery.tasks.refinement.refine import same_but_layout
from gleanery.tasks.refinement.same_answer import changed_answer
from gleanery.tasks.refinement.same_question import changed_question

UNITS = (
    '\n| |\t|9|$|{|}|-|`|"|“|> |[ |1,|1 |1.|1/|(1 |$1 |10^|x^{2}|\\frac{|\\boxed{|note to |(1999 '
    "|fig 1 |in km |don't |i cannot |i do not |here is the |the answer is |answer is A. |a=b |a) "
)
LENGTH = 16_000  # characters, four times what an answer of 4,096 tokens mostly has


@pytest.mark.parametrize(
    "check",
    [
        answer_checks.empty,
        answer_checks.refusal,
        answer_checks.meta_preamble,
        answer_checks.meta_comment,
        answer_checks.small_talk,
        lambda text: answer_checks.echo(text, f"{text} more words here"),
        lambda text: changed_question(text, f"{text} more", text, 0.6),
        lambda text: changed_answer(text, f"{text} more"),
        lambda text: same_but_layout(text, f"{text} more"),
    ],
)
def test_repetitive_text_is_checked_in_no_time(check: Callable[[str], object]) -> None:
    for unit in UNITS.split("|"):
        text = (unit or "|") * (LENGTH // max(len(unit), 1))
        started = time.process_time()
        check(text)
        # Far more than it takes, far less than what grows with the square: a process that holds
        # much else may collect its garbage meanwhile.
        assert time.process_time() - started < 4, repr(unit)
