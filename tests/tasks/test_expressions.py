"""Computer algebra on what web pages hold: time, memory and nonsense have their limits."""

import os
import signal
import time

import pytest

from gleanery.tasks.comparing import Comparer
from gleanery.tasks.expressions import same_expression
from gleanery.tasks.scoring.agreement_config import AgreementConfig

BOMB = "(9^{9})^{(9^{9})}"  # a number of 300 million digits
NONSENSE = ["\\frac{", "}}}{{{", "\\" * 50, "x^", "\\int", "\x00", "\\begin{matrix}", "=" * 20, "∑"]


@pytest.mark.parametrize("text", NONSENSE)
def test_what_is_no_expression_is_not_comparable(text: str) -> None:
    assert same_expression(text, "x + 1") is not True
    assert same_expression(text, text + "1") is not True


@pytest.mark.parametrize("tower", ["9^{9^{9^{9}}}", "9^9^9", "2^{100000000}", "123456!", "9!!!"])
def test_towers_and_huge_factorials_are_refused_before_they_are_built(tower: str) -> None:
    started = time.process_time()
    assert same_expression(tower, "1") is None
    assert time.process_time() - started < 5  # the first one may load the algebra


def test_numbers_that_no_memory_holds_are_not_comparable() -> None:
    with Comparer(AgreementConfig(comparison_mb=512).compute) as comparer:
        for bomb in (BOMB, "9^{9}!", "\\binom{99999999}{4999999}"):
            assert comparer.same(bomb, "\\sqrt{7}") is None
        assert comparer.same("\\sqrt{8}", "2\\sqrt{2}") is True


def fatal_for_sevens(one: str, other: str) -> bool | None:
    if "7" in one + other:
        os.kill(os.getpid(), signal.SIGKILL)
    if "8" in one + other:
        time.sleep(60)
    if "9" in one + other:
        raise MemoryError
    return True


def test_a_comparison_that_kills_its_process_is_given_up_and_the_next_one_goes_on() -> None:
    with Comparer(AgreementConfig(comparison_s=6).compute, fatal_for_sevens) as comparer:
        assert comparer.same("\\sqrt{2}", "x") is True
        for fatal in ("\\sqrt{7}", "\\sqrt{8}", "\\sqrt{9}"):
            assert comparer.same(fatal, "x") is None
        assert comparer.given_up == 3
        assert comparer.same("\\sqrt{3}", "x") is True


def test_the_same_comparison_is_made_once(monkeypatch: pytest.MonkeyPatch) -> None:
    with Comparer(AgreementConfig().compute) as comparer:
        assert comparer.same("(x+1)^2", "x^2+2x+1") is True
        monkeypatch.setattr(comparer, "_by_algebra", lambda one, other: pytest.fail("asked again"))
        assert comparer.same("x^2+2x+1", "(x+1)^2") is True
