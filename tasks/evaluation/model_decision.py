"""Is a newly tuned model to take the place of the one before? Decided by two tests.

It has to be better over the items of all suites together, and in no suite may it be worse by more
than a bound. The first is the exact one-sided test on the items that only one of the two has right
(McNemar 1947): one-sided, for a candidate that is worse is refused however sure that is. The second
has to show that the loss stays within the bound; few items cannot show it, and then nothing moves.

Every candidate is another chance to be wrong. So the n-th one that is measured against the same
incumbent gets alpha / (n (n + 1)): a half, a sixth, a twelfth of it. All of them together spend
alpha at most, and that any of them takes the incumbent's place without being better has at most
that chance, however many nights it takes (Bonferroni, with a share for each of endlessly many
tests). An incumbent that got there by luck on these items makes its successor's test only harder.
"""

import datetime
import uuid
from collections.abc import Iterable, Sequence

from pydantic import Field

from gleanery.infra.config import Config
from gleanery.tasks.evaluation.records import ScoredItem
from gleanery.tasks.evaluation.statistics_paired import better
from gleanery.tasks.evaluation.statistics_regression import no_regression
from gleanery.tasks.model_records import Decision, SuiteDecision


class NotAllAnswered(RuntimeError):
    """Items without an answer: nothing is decided before they have one."""


class PromotionRule(Config):
    """What a candidate has to show before it becomes the latest model."""

    alpha: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Chance that, of all candidates that are measured against an incumbent, any "
        "takes its place without being better.",
    )
    regression_bound: float = Field(
        0.02,
        gt=0,
        lt=1,
        description="How much accuracy a candidate may lose in any one suite; 0.02 is two points.",
    )
    regression_alpha: float = Field(
        0.05,
        gt=0,
        lt=1,
        description="Chance that a candidate that loses more than that in a suite gets through.",
    )

    def alpha_of(self, test: int) -> float:
        """Return what the n-th candidate against one incumbent has of alpha, `test` from 1."""
        return self.alpha / (test * (test + 1))


def decide(
    rule: PromotionRule,
    candidate: str,
    incumbent: str,
    of_incumbent: Sequence[ScoredItem],
    of_candidate: Sequence[ScoredItem],
    test: int,
    release: str = "",
) -> Decision:
    """Return whether a candidate takes an incumbent's place, by their scores on the same items.

    `test` counts, from 1, the candidates that are measured against this incumbent. Raises
    `ValueError` unless both were scored on the same items.
    """
    marks = [
        {(item.benchmark, item.id): item.correct for item in items}
        for items in (of_incumbent, of_candidate)
    ]
    before, now = marks
    if before.keys() != now.keys() or not now:
        raise ValueError(
            f"{len(before)} and {len(now)} items, not the same ones: two models are compared on "
            "the same items"
        )
    suites = [_suite(rule, suite, before, now) for suite in dict.fromkeys(key[0] for key in now)]
    won, lost = sum(suite.won for suite in suites), sum(suite.lost for suite in suites)
    p_value, alpha = better(won, lost), rule.alpha_of(test)
    worse = [suite.suite for suite in suites if not suite.holds]
    return _decision(
        rule,
        candidate,
        incumbent,
        release,
        promoted=p_value <= alpha and not worse,
        why=_why(rule, won, lost, p_value, alpha, worse),
        suites=suites,
        items=len(now),
        won=won,
        lost=lost,
        p_value=p_value,
        test=test,
        alpha=alpha,
    )


def first_of_all(rule: PromotionRule, candidate: str, release: str = "") -> Decision:
    """Return the decision about a model that has nothing before it: no base that could answer."""
    return _decision(
        rule,
        candidate,
        "",
        release,
        promoted=True,
        why="the first model, from random weights: there is none to compare it with",
        suites=[],
        items=0,
        won=0,
        lost=0,
        p_value=1.0,
        test=0,
        alpha=0.0,
    )


def _decision(
    rule: PromotionRule, candidate: str, incumbent: str, release: str, **figures: object
) -> Decision:
    return Decision.model_validate(
        {
            "candidate": candidate,
            "incumbent": incumbent,
            "release": release,
            "compared": bool(figures["items"]),
            "alpha_in_all": rule.alpha,
            "regression_bound": rule.regression_bound,
            "regression_alpha": rule.regression_alpha,
            "created": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
            "writer": uuid.uuid4().hex,
            **figures,
        }
    )


Marks = dict[tuple[str, str], int]


def _suite(rule: PromotionRule, suite: str, before: Marks, now: Marks) -> SuiteDecision:
    keys = [key for key in now if key[0] == suite]
    won = sum(now[key] > before[key] for key in keys)
    lost = sum(now[key] < before[key] for key in keys)
    shown = no_regression(won, lost, len(keys), rule.regression_bound, rule.regression_alpha)
    return SuiteDecision(
        suite=suite,
        items=len(keys),
        incumbent_correct=sum(before[key] for key in keys),
        candidate_correct=sum(now[key] for key in keys),
        won=won,
        lost=lost,
        regression_p=shown.p_value,
        holds=shown.shown,
    )


def _why(
    rule: PromotionRule, won: int, lost: int, p_value: float, alpha: float, worse: Iterable[str]
) -> str:
    """Return in one sentence what decided."""
    test = f"{won} items won, {lost} lost, p = {p_value:.3g} at alpha {alpha:.3g}"
    if p_value > alpha:
        return f"not shown to be better: {test}"
    if names := ", ".join(worse):
        return (
            f"better over all suites ({test}), but a loss of more than "
            f"{100 * rule.regression_bound:g} points is not ruled out in {names}"
        )
    return f"better: {test}, and no suite loses more than {100 * rule.regression_bound:g} points"
